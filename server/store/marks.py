"""Marks: what differs as soon as something that is shown of a batch, the inbox or the morning has changed."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import func, select

from server.store import brief
from server.store.batches import COUNTS, BatchFilter, conditions_of
from server.store.opt_outs import proposed
from server.store.plans import Connection
from server.store.record_tables import BATCHES
from tools.taipei import as_taipei, midnight

_NAMES = ("state", "recipients", "points", "points_returned", "replies", "heard_at", "asked_at", "reduced_at")
_SHOWN = tuple(BATCHES.c[name] for name in (*_NAMES, *COUNTS))

_MONTH = timedelta(days=30)
_MOST_PAUSED = 3

Mark = tuple[object, ...]


def batch_mark(conn: Connection, wanted: BatchFilter) -> Mark | None:
    """The mark of the one batch of this filter; None where there is none."""
    row = conn.execute(select(*_SHOWN).where(*conditions_of(wanted)).limit(1)).one_or_none()
    return None if row is None else tuple(row)


def inbox_mark(conn: Connection, wanted: BatchFilter) -> Mark:
    """The mark of the replies to these batches, and of who waits to be blocked."""
    query = select(func.count(), func.sum(BATCHES.c.replies)).where(*conditions_of(wanted))
    return (*conn.execute(query.where(BATCHES.c.replies > 0)).one(), proposed(conn, wanted, 1)[1])


def brief_mark(conn: Connection, mine: BatchFilter, now: datetime) -> Mark:
    """The mark of a morning: its day, what went out and became of it, and what waits."""
    since = midnight(as_taipei(now).date() - timedelta(days=1))
    return (
        since,
        brief.went(conn, replace(mine, since=since)),
        brief.waiting(conn, mine.principal, now),
        proposed(conn, mine, 1)[1],
        tuple(brief.paused_launches(conn, now - _MONTH, _MOST_PAUSED)),
        tuple(brief.standing_campaigns(conn, mine.principal, _MOST_PAUSED)),
    )


def newest_ids(conn: Connection, wanted: BatchFilter, prefix: str, at_most: int) -> Sequence[str]:
    """The vendor's ids of the newest batches that begin so, in capitals or not."""
    begins = func.lower(BATCHES.c.batch_id).startswith(prefix.lower(), autoescape=True)
    query = select(BATCHES.c.batch_id).where(*conditions_of(wanted), BATCHES.c.batch_id != "", begins)
    return conn.scalars(query.order_by(BATCHES.c.sent_at.desc(), BATCHES.c.id).limit(at_most)).all()
