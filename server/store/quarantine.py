"""Reports that fit nothing we sent: counted, and the newest of them kept, since anybody can call a URL."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, delete, func, insert, select, update

from server.store.plans import Connection
from server.store.record_tables import CALLBACK_COUNTS, QUARANTINE

MOST_KEPT = 1_000

_THERE = select(QUARANTINE.c.key).where(QUARANTINE.c.key.in_(bindparam("those", expanding=True)))
_INSERT = insert(QUARANTINE)
_MANY = select(func.count()).select_from(QUARANTINE)
_OLDEST = select(QUARANTINE.c.key).order_by(QUARANTINE.c.at, QUARANTINE.c.key).limit(bindparam("too_many"))
_GIVE_WAY = delete(QUARANTINE).where(QUARANTINE.c.key.in_(bindparam("those", expanding=True)))
_TAKE_BACK = delete(QUARANTINE).where(QUARANTINE.c.batch_id == bindparam("of_batch"))
_COUNT_UP = (
    update(CALLBACK_COUNTS)
    .where(CALLBACK_COUNTS.c.day == bindparam("of_day"), CALLBACK_COUNTS.c.what == bindparam("of_what"))
    .values(count=CALLBACK_COUNTS.c.count + bindparam("more"))
)
_COUNT_FIRST = insert(CALLBACK_COUNTS)


def set_aside(conn: Connection, reports: Sequence[tuple[str, str, str]], now: datetime) -> None:
    """Keep reports that fit nothing (key, batch and why); the oldest give way when there are many."""
    if not reports:
        return
    there = set(conn.scalars(_THERE, {"those": [key for key, _, _ in reports]}))
    fresh = [each for each in reports if each[0] not in there]
    if fresh:
        conn.execute(_INSERT, [{"key": key, "batch_id": of, "why": why, "at": now} for key, of, why in fresh])
        too_many = (conn.scalar(_MANY) or 0) - MOST_KEPT
        if too_many > 0:
            conn.execute(_GIVE_WAY, {"those": list(conn.scalars(_OLDEST, {"too_many": too_many}))})


def take_back(conn: Connection, batch_id: str) -> None:
    """Let go of a batch's reports: the batch is known now."""
    conn.execute(_TAKE_BACK, {"of_batch": batch_id})


def count_callbacks(conn: Connection, day: str, what: str, more: int) -> None:
    """So many more of this kind on this day."""
    if more and not conn.execute(_COUNT_UP, {"of_day": day, "of_what": what, "more": more}).rowcount:
        conn.execute(_COUNT_FIRST, {"day": day, "what": what, "count": more})
