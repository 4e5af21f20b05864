"""The outcome of a dispatched action: as a value, as a text for the outbox, and written into the ledger."""

import hmac
import json
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from server.ledger.campaign_ends import end_no_longer
from server.ledger.notes import Note, ending_note
from server.store import ledger
from server.store.actions import Action, State
from server.store.campaign_chunks import leave_out
from server.store.keys import keyed
from server.store.lookup import other_send_of
from server.store.plans import Connection
from server.store.superseding import supersede

Ended = Literal[State.SUCCEEDED, State.FAILED, State.UNKNOWN]


ANOTHERS_BATCH = "the vendor answered with the batch of an earlier send"
_KEPT_ANSWER = 8 * 1024
"""Characters of the vendor's answer that the outbox keeps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How a dispatched action ended."""

    state: Ended
    outcome: str
    """JSON text of the masked result or of the problem."""
    vendor_answer: str = ""
    batch_id: str = ""
    points_final: Decimal | None = None
    gives_back: tuple[str, Decimal, int] | None = None
    """An erased booking: its batch, the points that came back, and the messages that were erased."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """An outcome that the ledger does not have yet."""

    action_id: str
    owner: str
    ending: Ending

    def of(self, action: Action) -> Action:
        """The action as it stands with this outcome."""
        if action.state is not State.DISPATCHING:
            return action
        ending = self.ending
        return replace(
            action,
            state=ending.state,
            outcome=ending.outcome,
            vendor_answer=ending.vendor_answer,
            batch_id=ending.batch_id,
            points_final=ending.points_final,
        )


def sealed(known: Known, key: bytes) -> bytes:
    """The outcome as a line that only a holder of the audit's key can write."""
    ending = known.ending
    back = ending.gives_back
    values = {
        "action_id": known.action_id,
        "owner": known.owner,
        "state": str(ending.state),
        "outcome": ending.outcome,
        "vendor_answer": ending.vendor_answer[:_KEPT_ANSWER],
        "batch_id": ending.batch_id,
        "points_final": None if ending.points_final is None else str(ending.points_final),
        "gives_back": None if back is None else [back[0], str(back[1]), back[2]],
    }
    # As ASCII: half a character of a vendor's answer is no reason to lose the outcome.
    text = json.dumps(values)
    return f"{_mac(text, key)} {text}".encode()


def opened(content: bytes, key: bytes) -> Known | None:
    """The outcome of such a line; None when it is torn, forged or another key's."""
    mac, _, text = content.decode("utf-8", "replace").partition(" ")
    if not hmac.compare_digest(mac.encode(), _mac(text, key).encode()):
        return None

    values: dict[str, Any] = json.loads(text)
    points, back = values["points_final"], values["gives_back"]
    state: Any = State(values["state"])
    return Known(
        action_id=values["action_id"],
        owner=values["owner"],
        ending=Ending(
            state=state,
            outcome=values["outcome"],
            vendor_answer=values["vendor_answer"],
            batch_id=values["batch_id"],
            points_final=None if points is None else Decimal(points),
            gives_back=None if back is None else (back[0], Decimal(back[1]), back[2]),
        ),
    )


def _belonging(conn: Connection, known: Known) -> Ending:
    """The outcome, unless its batch is an earlier send's: then the receipt is not this one's."""
    ending = known.ending
    if ending.state is not State.SUCCEEDED or not ending.batch_id:
        return ending
    if not other_send_of(conn, ending.batch_id, known.action_id):
        return ending
    reason = json.dumps({"reason": ANOTHERS_BATCH})
    return Ending(state=State.UNKNOWN, outcome=reason, vendor_answer=ending.vendor_answer)


def write_down(
    conn: Connection, known: Known, now: datetime, key: bytes
) -> tuple[Action | None, *tuple[Note | None, ...]]:
    """Dispatching → its end, by its owner, or from unknown when the lease had run out meanwhile.

    The action as it stands then, and the audit's lines; None where it had its end already.

    The batch is looked for here, with what the outbox held written before: no look at the store lies
    between the POST and its record.
    """
    ending = _belonging(conn, known)
    done = ledger.finish(
        conn,
        known.action_id,
        owner=known.owner,
        state=ending.state,
        outcome=ending.outcome,
        vendor_answer=ending.vendor_answer,
        batch_id=ending.batch_id,
        points_final=ending.points_final,
        now=now,
    )
    if done is None:
        return None, None
    if ending.state is State.SUCCEEDED:
        supersede(conn, done)
        if done.campaign and (unsent := json.loads(done.outcome).get("unsent")):
            # With the outcome itself: a process that dies after it must not have them count as sent.
            leave_out(conn, done.campaign, done.id, unsent)
    if ending.gives_back is not None:
        batch_id, points, messages = ending.gives_back
        ledger.give_back(conn, erase_id=done.id, batch_id=batch_id, points=points, messages=messages)
    return done, ending_note(done), end_no_longer(conn, key, done)


def _mac(text: str, key: bytes) -> str:
    return keyed(key, "outbox", text)
