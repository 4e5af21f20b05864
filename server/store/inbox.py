"""The replies of a choice of batches, looked at together."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from server.store.batches import BatchFilter, conditions_of, ids_of
from server.store.plans import Connection
from server.store.record_tables import BATCHES, REPLIES
from server.store.replies import ReplyRow


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxTotals:
    """Counts over the chosen batches."""

    replies: int
    numbers: int
    opted_out: int
    """Numbers of whom any reply opts out."""
    never_asked: int
    asked_at: datetime | None


def inbox_totals(conn: Connection, wanted: BatchFilter) -> InboxTotals:
    """Counts of the chosen batches' replies."""
    here = REPLIES.c.batch.in_(ids_of(wanted))
    numbers = func.count(REPLIES.c.number.distinct())
    replies, people = conn.execute(select(func.count(), numbers).where(here)).one()
    of_reduced = select(func.sum(BATCHES.c.replies)).where(
        *conditions_of(wanted), BATCHES.c.reduced_at.is_not(None)
    )
    opted_out = conn.scalar(select(numbers).where(here, REPLIES.c.opts_out.is_(True))) or 0
    askable = [*conditions_of(wanted), BATCHES.c.kind == "sms", BATCHES.c.batch_id != ""]
    never = select(func.count()).select_from(BATCHES).where(*askable, BATCHES.c.replies_asked_at.is_(None))
    asked_at = conn.scalar(select(func.max(BATCHES.c.replies_asked_at)).where(*askable))
    return InboxTotals(
        replies=replies + int(conn.scalar(of_reduced) or 0),
        numbers=people,
        opted_out=opted_out,
        never_asked=conn.scalar(never) or 0,
        asked_at=asked_at,
    )


def latest_replies(conn: Connection, wanted: BatchFilter, limit: int) -> list[ReplyRow]:
    """The newest of them."""
    newest = func.coalesce(REPLIES.c.at, REPLIES.c.heard_at).desc()
    here = REPLIES.c.batch.in_(ids_of(wanted))
    query = select(REPLIES).where(here, REPLIES.c.text != "").order_by(newest, REPLIES.c.key)
    return [ReplyRow(**row) for row in conn.execute(query.limit(limit)).mappings()]


def said(conn: Connection, wanted: BatchFilter) -> Iterator[tuple[str, bool, int]]:
    """Each different text, whether it opts out, and how often it came; who is forgotten said nothing."""
    here = REPLIES.c.batch.in_(ids_of(wanted))
    query = select(REPLIES.c.text, REPLIES.c.opts_out, func.count()).where(here, REPLIES.c.text != "")
    rows = conn.execute(query.group_by(REPLIES.c.text, REPLIES.c.opts_out).order_by(REPLIES.c.text))
    yield from ((text, opts_out, count) for text, opts_out, count in rows)
