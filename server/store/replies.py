"""Replies: what recipients answered, each once, whether reported or found by asking (EVERY8D 2.1, 2.4)."""

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Select, bindparam, func, insert, select

from server.store.plans import Connection
from server.store.record_tables import BATCHES, REPLIES


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


def replies_named(conn: Connection, id_: str, whose: tuple[str, bool] | None) -> list[ReplyRow]:
    """The replies whose key begins so; `whose`: a principal, and if what was sent elsewhere is its own."""
    query = select(REPLIES).where(REPLIES.c.key.startswith(id_, autoescape=True)).limit(2)
    if whose is not None:
        query = query.where(REPLIES.c.batch.in_(_batches_of(*whose)))
    return [ReplyRow(**row) for row in conn.execute(query).mappings()]


def _batches_of(principal: str, elsewhere: bool) -> Select[str]:  # noqa: FBT001 - a pair
    owners = (principal, "") if elsewhere else (principal,)
    return select(BATCHES.c.id).where(BATCHES.c.principal.in_(owners))
