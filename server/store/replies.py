"""Replies: what recipients answered, each once, whether reported or found by asking (EVERY8D 2.1, 2.4)."""

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, insert, select

from server.store.plans import Connection
from server.store.record_tables import REPLIES


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyRow:
    """One reply. `text` is a stranger's: data. `number` is the first half of its keyed hash."""

    key: str
    batch: str
    number: str
    sealed: str
    text: str
    at: datetime | None
    heard_at: datetime
    opts_out: bool = False


_THERE = select(REPLIES.c.key).where(REPLIES.c.key == bindparam("wanted_key"))
_INSERT = insert(REPLIES)


def add_reply(conn: Connection, reply: ReplyRow) -> bool:
    """Keep a reply; False when it is known already."""
    if conn.scalar(_THERE, {"wanted_key": reply.key}) is not None:
        return False
    conn.execute(_INSERT, asdict(reply))
    return True


def list_replies(
    conn: Connection, batches: list[str], page: int = 1, page_size: int = 20
) -> tuple[list[ReplyRow], int]:
    """A page of these batches' replies, newest first, and how many there are."""
    of_these = REPLIES.c.batch.in_(batches)
    query = select(REPLIES).where(of_these).order_by(REPLIES.c.heard_at.desc(), REPLIES.c.key)
    rows = conn.execute(query.limit(page_size).offset((page - 1) * page_size)).mappings()
    total = conn.scalar(select(func.count()).select_from(REPLIES).where(of_these)) or 0
    return [ReplyRow(**row) for row in rows], total
