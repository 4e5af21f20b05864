"""The memory of what was texted to whom: the same effect is known by whatever call it comes again.

A message is remembered from the claim of its send until 24 hours after it goes out, and while the outcome of
its send is unknown. Forgotten is what certainly was not sent, and a booking that was erased whole.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from operator import attrgetter
from typing import Any

from sqlalchemy import FromClause, Select, bindparam, delete, func, or_, select

from server.store.actions import REPLAY_WINDOW, Action, CallKey, State
from server.store.columns import moment_of, moment_text
from server.store.covered import CoveredSets
from server.store.members import members
from server.store.packed_texts import NO_CAMPAIGN, packed_of, parts_with_messages
from server.store.plans import Connection
from server.store.rows import AT
from server.store.schema import ACTIONS, SENT_TEXTS

SENT = CoveredSets(SENT_TEXTS)
_FACTS = (
    *(ACTIONS.c[name] for name in ("id", "principal", "tool", "request_id", "account", "state")),
    *(ACTIONS.c[name] for name in ("created_at", "dispatched_at", "retry_of", "live_key")),
)
_COLUMNS = (SENT_TEXTS.c.message, SENT_TEXTS.c.send_at, *_FACTS)
_SENDER = select(*_FACTS).where(ACTIONS.c.id == bindparam("of_action"))


def _remembered(which: FromClause) -> Select[tuple[Any, ...]]:
    joined = which.join(ACTIONS, ACTIONS.c.id == SENT_TEXTS.c.action_id)
    open_end = or_(SENT_TEXTS.c.until > AT, ACTIONS.c.state == State.UNKNOWN)
    return select(*_COLUMNS).select_from(joined).where(open_end).order_by(ACTIONS.c.sequence)


SENT_ONE = _remembered(SENT_TEXTS).where(SENT_TEXTS.c.message == bindparam("wanted"))
_WANTED = members("those")
_SOME = _remembered(SENT_TEXTS.join(_WANTED, _WANTED.c.value == SENT_TEXTS.c.message))
_COUNT = select(func.count()).select_from(SENT_TEXTS).where(SENT_TEXTS.c.action_id == bindparam("of_action"))
_UNKNOWN = select(ACTIONS.c.id).where(ACTIONS.c.state == State.UNKNOWN)
_FORGET_OLD = SENT.deleting(
    delete(SENT_TEXTS).where(SENT_TEXTS.c.until < AT, SENT_TEXTS.c.action_id.not_in(_UNKNOWN))
)
_FORGETS_EACH = timedelta(minutes=1)
_FORGOTTEN_AT = "when what is over was forgotten"
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Texted:
    """One message of a send: the keyed hash of whom and what, and the time that it is booked for."""

    message: str
    send_at: datetime | None


@dataclass(slots=True, kw_only=True)
class Repeated:
    """An earlier send, and which of the messages that were asked for it sent or may have sent."""

    action_id: str
    principal: str
    tool: str
    request_id: str
    account: str
    state: State
    created_at: datetime
    dispatched_at: datetime
    retry_of: str
    answers: bool
    """Whether the same call still finds it: a booking that was erased is remembered in part, and not done."""
    messages: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])


def remember(conn: Connection, action_id: str, texts: Iterable[Texted], now: datetime) -> None:
    """Keep each message of a send that is claimed; once a minute, what is over is forgotten with it."""
    rows = {
        (text.message, moment_or_empty(text)): {
            "message": text.message,
            "action_id": action_id,
            "send_at": moment_or_empty(text),
            "until": _until(now, text.send_at),
        }
        for text in texts
    }
    if rows:
        if abs(now - conn.info.get(_FORGOTTEN_AT, _NEVER)) >= _FORGETS_EACH:
            SENT.delete(conn, _FORGET_OLD, {"at_moment": now})
            conn.info[_FORGOTTEN_AT] = now
        SENT.insert(conn, action_id, list(rows.values()))


def repeated(
    conn: Connection, texts: Iterable[Texted], now: datetime, *, retry_of: str = ""
) -> list[Repeated]:
    """The sends that had one of these messages, oldest first: `sends_with`."""
    return sends_with(conn, [text.message for text in texts], now, retry_of=retry_of)


def sends_with(
    conn: Connection,
    wanted: Iterable[str],
    now: datetime,
    *,
    retry_of: str = "",
    of_campaign: str = NO_CAMPAIGN,
) -> list[Repeated]:
    """The sends that had one of these messages, by their keyed hashes, oldest first.

    A safe retry repeats its first send on purpose: neither that one nor its other retries count. Nor is a
    part of a campaign held against the packed parts of the same campaign: its plan has each number once.
    """
    messages = list(dict.fromkeys(wanted))
    found: dict[str, Repeated] = {}
    for row in (*_rows(conn, messages, now), *_packed_rows(conn, messages, now, of_campaign)):
        message, send_at, action_id, principal, tool, request_id, account, state, *rest = row
        created_at, dispatched_at, first, live_key = rest
        if retry_of and retry_of in (action_id, first):
            continue
        send = found.setdefault(
            action_id,
            Repeated(
                action_id=action_id,
                principal=principal,
                tool=tool,
                request_id=request_id,
                account=account,
                state=State(state),
                created_at=created_at,
                dispatched_at=dispatched_at,
                retry_of=first,
                answers=live_key is not None,
            ),
        )
        send.messages.add((message, send_at))
    return sorted(found.values(), key=attrgetter("created_at"))


def same_send(
    conn: Connection, sends: Iterable[Repeated], texts: Sequence[Texted], key: CallKey, now: datetime
) -> str | None:
    """The id of the send of this very call that did the same: the same messages at the same times, no more.

    Whatever else its arguments say (the order, the validity, a space at the end) makes no difference to
    anybody's phone.
    """
    asked = {(text.message, moment_or_empty(text)) for text in texts}
    for send in sends:
        same_call = (send.principal, send.tool, send.request_id, send.account) == (
            key.principal,
            key.tool,
            key.request_id,
            key.account,
        )
        recent = send.state is not State.SUCCEEDED or send.created_at > now - REPLAY_WINDOW
        if not (same_call and recent and send.answers and send.messages == asked):
            continue
        if _count_of(conn, send.action_id) == len(asked):
            return send.action_id
    return None


def _count_of(conn: Connection, action_id: str) -> int:
    packed = packed_of(conn, action_id)
    if packed is not None:
        return sum(len({*those}) for those in packed.messages.values())
    return conn.scalar(_COUNT, {"of_action": action_id}) or 0


def forget(conn: Connection, action_id: str) -> None:
    """Certainly nobody has, or will get, the texts of this send."""
    SENT.delete_of(conn, action_id)


def unseen(sends: Iterable[Repeated], action: Action) -> list[Repeated]:
    """Those that the question of this action does not tell of."""
    told = action.repeats.split(",")
    return [send for send in sends if send.action_id not in told]


def _packed_rows(
    conn: Connection, messages: Sequence[str], now: datetime, but_campaign: str
) -> Iterator[tuple[Any, ...]]:
    """What `_rows` would find of the parts of campaigns that are packed."""
    wanted = frozenset(messages)
    for part in parts_with_messages(conn, wanted, but_campaign):
        had = [(each, at) for at, those in part.messages.items() for each in wanted.intersection(those)]
        if not had:
            continue
        sender = conn.execute(_SENDER, {"of_action": part.action_id}).one()
        for message, at in had:
            if _until(part.at, moment_or_none(at)) > now or sender.state == State.UNKNOWN:
                yield message, at, *sender


def _until(now: datetime, send_at: datetime | None) -> datetime:
    """How long a message is remembered."""
    return max(now, send_at or now) + REPLAY_WINDOW


def _rows(conn: Connection, messages: list[str], now: datetime) -> list[tuple[Any, ...]]:
    if len(messages) == 1:
        # By far the most frequent, and quicker than a list.
        return [tuple(row) for row in conn.execute(SENT_ONE, {"wanted": messages[0], "at_moment": now})]
    return [tuple(row) for row in conn.execute(_SOME, {"those": messages, "at_moment": now})]


def moment_or_empty(text: Texted) -> str:
    """The time that a message was booked for, as the store writes it; '' is at once."""
    return "" if text.send_at is None else moment_text(text.send_at)


def moment_or_none(written: str) -> datetime | None:
    """The time that `moment_or_empty` wrote."""
    return moment_of(written) if written else None
