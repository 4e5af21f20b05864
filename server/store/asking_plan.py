"""When a batch is asked for: by a plan that ends by itself, shared by all processes through the store."""

from datetime import datetime, timedelta

from sqlalchemy import bindparam, func, select, update

from server.store.batches import Batch
from server.store.plans import Connection
from server.store.record_tables import BATCHES

PLAN = tuple(
    timedelta(minutes=minutes) for minutes in (1, 3, 10, 30, 120, 6 * 60, 12 * 60, 24 * 60, 48 * 60, 72 * 60)
)
"""How long after it went out a batch is asked for; a message's validity is 24 hours at the most."""

_DUE = (
    select(BATCHES)
    .where(BATCHES.c.next_at <= bindparam("due_at", type_=BATCHES.c.next_at.type))
    .order_by(BATCHES.c.next_at, BATCHES.c.id)
    .limit(1)
)
_TAKE = (
    update(BATCHES)
    .where(
        BATCHES.c.id == bindparam("of_batch"),
        BATCHES.c.asks == bindparam("asked_before"),
        BATCHES.c.next_at.is_not(None),
    )
    .values(asks=BATCHES.c.asks + 1, next_at=bindparam("ask_next"))
)
_OPEN = select(func.count(), func.min(BATCHES.c.next_at)).where(BATCHES.c.next_at.is_not(None))


def went_out(sent_at: datetime, send_at: datetime | None) -> datetime:
    """When a batch goes out: when it was sent, or for when it was booked."""
    return max(sent_at, send_at or sent_at)


def next_ask(out_at: datetime, asks: int, now: datetime) -> datetime | None:
    """When to ask next after so many times; None when the plan has come to its end.

    What was missed while nothing ran is not made up for: the next time is one that lies ahead.
    """
    later = (out_at + after for after in PLAN[asks:])
    return next((moment for moment in later if moment > now), None)


def take_due(conn: Connection, now: datetime) -> Batch | None:
    """The batch that has waited longest for being asked for, taken by this caller alone."""
    row = conn.execute(_DUE, {"due_at": now}).mappings().one_or_none()
    if row is None:
        return None
    batch = Batch(**row)
    following = next_ask(went_out(batch.sent_at, batch.send_at), batch.asks + 1, now)
    conn.execute(_TAKE, {"of_batch": batch.id, "asked_before": batch.asks, "ask_next": following})
    return batch


def any_due(conn: Connection, now: datetime) -> bool:
    """Whether a batch is to be asked for."""
    return bool(conn.execute(_DUE, {"due_at": now}).all())


def open_plan(conn: Connection) -> tuple[int, datetime | None]:
    """How many batches are still to be asked for, and when the first of them is."""
    batches, next_at = conn.execute(_OPEN).one()
    return batches, next_at
