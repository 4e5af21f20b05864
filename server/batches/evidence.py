"""What one number was sent, put together for a complaint: the facts, and the lines that prove them."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from server.batches.memory import Memory
from server.batches.numbers import NumberSeal
from server.batches.skipped import was_skipped
from server.ledger.notes import Note
from server.ledger.reducing import TERMINAL
from server.store import audit, ledger
from server.store.actions import Action
from server.store.batches import Batch
from server.store.evidence import lines_about, messages_of, opt_out_of, replies_to, reports_on, sends_to
from server.store.head_file import Head
from server.store.keys import HALF
from server.store.lookup import first_of
from server.store.messages import BY_ASKING, BY_CALLBACK, NOTHING, MessageRow
from server.store.number_history import blocking_of
from server.store.plans import Connection
from tools.action_id import reference_of
from tools.every8d.codes import read_status
from tools.every8d.sent import sent_messages
from tools.every8d.without_people import preview_without_people
from tools.operation import Preview
from tools.taipei import iso, whole_days

_SOURCES = {NOTHING: "nothing heard", BY_CALLBACK: "the vendor's report", BY_ASKING: "the vendor, asked"}
_HOW = (
    "Each line stands here as `campaign-ops-mcp audit export` writes it. Its mac is HMAC-SHA256, with the "
    "audit's key, of before, its sequence and its entry, with a colon between; before is the mac of the line "
    "before it. The head is the newest line's when this was written."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Whose evidence is wanted (E.164), for which days in Asia/Taipei, both of them included."""

    mobile: str
    first: date
    last: date


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    """What the evidence is read with."""

    asked: Asked
    seal: NumberSeal
    shown: Callable[[Preview], str]


async def evidence(
    memory: Memory, asked: Asked, *, by: str, expected: Head | None, shown: Callable[[Preview], str]
) -> dict[str, Any]:
    """The file's content; that it was made is in the audit. `shown` renders the question of a preview."""
    await memory.catch_up()
    keeper = memory.keeper
    key, (whole,) = await keeper.key(), await keeper.whole_hashes([asked.mobile])
    made = Note(what="evidence", by=by, channel=TERMINAL, outcome=f"{whole} {asked.first} {asked.last}")
    await keeper.record(made)
    reading = _Reading(asked=asked, seal=await keeper.seal(), shown=shown)

    def work(conn: Connection) -> dict[str, Any]:
        chain = audit.verify(conn, key, expected)
        facts, actions = _facts(conn, reading, whole)
        lines = [{"before": each.before, "line": each.line} for each in lines_about(conn, actions, whole)]
        return facts | {
            "audit": {
                "how_to_check": _HOW,
                "head": {"sequence": chain.head.sequence, "mac": chain.head.mac},
                "intact": chain.ok,
                "entries": chain.entries,
                "lines": lines,
            }
        }

    said = {
        "number": asked.mobile,
        "from": str(asked.first),
        "to": str(asked.last),
        "made_at": iso(keeper.clock()),
        "made_by": by,
    }
    return said | await keeper.read(work)


def _facts(conn: Connection, reading: _Reading, whole: str) -> tuple[dict[str, Any], list[str]]:
    """What is known; and the actions that it is about."""
    asked, half = reading.asked, whole[:HALF]
    since, end = whole_days(asked.first, asked.last)
    messages = messages_of(conn, half, since, end)
    batches = {batch.id: batch for batch, _ in messages}
    # Whose messages were reduced, or forgotten, is still known to the caps.
    others = [
        each for each in sends_to(conn, whole, str(asked.first), str(asked.last)) if each not in batches
    ]
    sends = {each: found for each in (*batches, *others) if (found := ledger.get(conn, each)) is not None}
    replies = replies_to(conn, half, batches)
    blocked, wish = blocking_of(conn, whole), opt_out_of(conn, whole)
    facts = {
        "messages": [_message(conn, batch, row, sends.get(batch.id), reading) for batch, row in messages],
        "sends_without_details": [_send(conn, sends[each], reading) for each in others if each in sends],
        "reports": [
            _row(each) for each in reports_on(conn, whole, [each.batch_id for each in batches.values()])
        ],
        "replies": [_row({**each, "batch": batches[each["batch"]].batch_id}) for each in replies],
        "blocked": blocked and _row(blocked),
        "opted_out": wish and _row(wish),
    }
    retried = [each.retry_of for each in sends.values() if each.retry_of]
    return facts, [*sends, *retried]


def _message(
    conn: Connection, batch: Batch, row: MessageRow, action: Action | None, reading: _Reading
) -> dict[str, Any]:
    who = reading.seal.who(row.sealed, batch.id)
    return {
        "batch_id": batch.batch_id,
        "sent_at": iso(batch.sent_at),
        "booked_for": _moment(batch.send_at),
        "name": "" if who is None else who.name,
        "batch_state": batch.state,
        "delivery": {
            "code": row.code,
            "meaning": "" if row.code is None else read_status(row.code).meaning,
            "state": row.state or "pending",
            "source": _SOURCES[row.heard],
            "heard_at": _moment(row.heard_at),
            "sent_at": _moment(row.sent_at),
            "received_at": _moment(row.received_at),
            "points": None if row.points is None else str(row.points),
        },
        **(_send(conn, action, reading) if action else {"action_id": None, "sent_elsewhere": True}),
    }


def _send(conn: Connection, action: Action, reading: _Reading) -> dict[str, Any]:
    """A send with its texts to this number and its approval; nobody else is in it."""
    source = first_of(conn, action)
    texts, subject = _texts(source, reading.asked.mobile)
    preview = preview_without_people(action.tool, json.loads(action.preview))
    return {
        "action_id": action.id,
        "tool": action.tool,
        "retry_of": action.retry_of or None,
        "texts": texts,
        "subject": subject,
        "state": str(action.state),
        "dispatched_at": _moment(action.dispatched_at),
        "skipped_by_vendor": was_skipped(action, reading.asked.mobile),
        "approval": {
            "asked_for_by": action.principal,
            "asked_for_at": iso(action.created_at),
            "decided_by": action.decided_by,
            "decided_at": _moment(action.decided_at),
            "way": action.channel,
            "rule": action.rule or None,
            "shown": reading.shown(Preview.model_validate(preview)),
            "typed_proof": action.proof or None,
        },
    }


def _texts(source: Action, mobile: str) -> tuple[list[str], str]:
    """What the number got, and the sender's own note; of a send whose people are gone, its common text."""
    arguments: dict[str, Any] = json.loads(source.arguments)
    sent = sent_messages(source.tool, arguments, reference_of(source.id))
    own = [] if sent is None else [each.text for each in sent.messages if each.mobile == mobile]
    common = arguments.get("text") or arguments.get("template") or ""
    return own or [common], str(arguments.get("subject") or "")


def _row(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: iso(value) if isinstance(value, datetime) else value for name, value in row.items()}


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else iso(moment)
