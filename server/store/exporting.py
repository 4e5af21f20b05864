"""Messages and replies of batches, part by part: a file of them is longer than what anybody holds at once."""

from collections.abc import Sequence
from dataclasses import fields

from sqlalchemy import and_, or_, select

from server.store.batches import Batch, BatchFilter, conditions_of
from server.store.messages import MessageRow
from server.store.plans import Connection
from server.store.record_tables import BATCHES, MESSAGES, REPLIES
from server.store.reducing import MESSAGE_STATE
from server.store.replies import ReplyRow

PART = 500
"""Rows that are read at once."""


def every_batch(conn: Connection, wanted: BatchFilter) -> list[Batch]:
    """All of these batches, oldest first."""
    query = select(BATCHES).where(*conditions_of(wanted)).order_by(BATCHES.c.sent_at, BATCHES.c.id)
    return [Batch(**row) for row in conn.execute(query).mappings()]


def messages_after(conn: Connection, batch: str, last: MessageRow | None) -> Sequence[MessageRow]:
    """A batch's messages that follow this one, by their keys; from the first where there is none."""
    number, nth = MESSAGES.c.number, MESSAGES.c.nth
    columns = [MESSAGES.c[each.name] for each in fields(MessageRow) if each.name != "state"]
    joined = MESSAGES.join(BATCHES, BATCHES.c.id == MESSAGES.c.batch)
    query = select(*columns, MESSAGE_STATE.label("state")).select_from(joined)
    query = query.where(MESSAGES.c.batch == batch)
    if last is not None:
        query = query.where(or_(number > last.number, and_(number == last.number, nth > last.nth)))
    rows = conn.execute(query.order_by(number, nth).limit(PART)).mappings()
    return [MessageRow(**row) for row in rows]


def replies_after(conn: Connection, batch: str, last: ReplyRow | None) -> Sequence[ReplyRow]:
    """A batch's replies that were heard after this one; from the first where there is none."""
    heard_at, key = REPLIES.c.heard_at, REPLIES.c.key
    query = select(REPLIES).where(REPLIES.c.batch == batch)
    if last is not None:
        later = or_(heard_at > last.heard_at, and_(heard_at == last.heard_at, key > last.key))
        query = query.where(later)
    rows = conn.execute(query.order_by(heard_at, key).limit(PART)).mappings()
    return [ReplyRow(**row) for row in rows]
