"""Reports that fit nothing we sent: counted, and the newest of them kept, since anybody can call a URL."""

from datetime import datetime

from sqlalchemy import bindparam, delete, func, insert, select, update

from server.store.plans import Connection
from server.store.record_tables import CALLBACK_COUNTS, QUARANTINE

MOST_KEPT = 1_000

_THERE = select(QUARANTINE.c.key).where(QUARANTINE.c.key == bindparam("wanted_key"))
_INSERT = insert(QUARANTINE)
_OLDEST = select(QUARANTINE.c.key).order_by(QUARANTINE.c.at, QUARANTINE.c.key).limit(1)
_COUNT_UP = (
    update(CALLBACK_COUNTS)
    .where(CALLBACK_COUNTS.c.day == bindparam("of_day"), CALLBACK_COUNTS.c.what == bindparam("of_what"))
    .values(count=CALLBACK_COUNTS.c.count + 1)
)
_COUNT_FIRST = insert(CALLBACK_COUNTS)


def set_aside(conn: Connection, key: str, batch_id: str, why: str, now: datetime) -> None:
    """Keep a report that fits nothing; the oldest gives way when there are many."""
    if conn.scalar(_THERE, {"wanted_key": key}) is not None:
        return
    if (conn.scalar(select(func.count()).select_from(QUARANTINE)) or 0) >= MOST_KEPT:
        oldest = conn.scalar(_OLDEST)
        conn.execute(delete(QUARANTINE).where(QUARANTINE.c.key == oldest))
    conn.execute(_INSERT, {"key": key, "batch_id": batch_id, "why": why, "at": now})


def take_back(conn: Connection, batch_id: str) -> None:
    """Let go of a batch's reports: the batch is known now."""
    conn.execute(delete(QUARANTINE).where(QUARANTINE.c.batch_id == batch_id))


def count_callback(conn: Connection, day: str, what: str) -> None:
    """One more of this kind on this day."""
    if not conn.execute(_COUNT_UP, {"of_day": day, "of_what": what}).rowcount:
        conn.execute(_COUNT_FIRST, {"day": day, "what": what, "count": 1})
