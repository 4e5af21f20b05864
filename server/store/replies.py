"""Replies: what recipients answered, each once, whether reported or found by asking (EVERY8D 2.1, 2.4)."""

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import bindparam, insert, select

from server.store.batches import BatchFilter, ids_of
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
_KEY_LENGTH = 64


def add_reply(conn: Connection, reply: ReplyRow) -> bool:
    """Keep a reply; False when it is known already."""
    if conn.scalar(_THERE, {"wanted_key": reply.key}) is not None:
        return False
    conn.execute(_INSERT, asdict(reply))
    return True


def replies_named(conn: Connection, id_: str, whose: BatchFilter) -> list[ReplyRow]:
    """The replies to these batches whose key begins so; two where there are more."""
    begins = id_.lower()
    # A range is found by the index, and a beginning is not: keys are hexadecimal, all of one length.
    within = REPLIES.c.key.between(begins.ljust(_KEY_LENGTH, "0"), begins.ljust(_KEY_LENGTH, "f"))
    named = REPLIES.c.key.startswith(begins, autoescape=True)
    to_these = ids_of(whose).where(BATCHES.c.id == REPLIES.c.batch).exists()
    query = select(REPLIES).where(within, named, to_these).limit(2)
    return [ReplyRow(**row) for row in conn.execute(query).mappings()]
