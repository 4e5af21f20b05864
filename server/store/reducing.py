"""Batches whose messages are old become counts: by code, by time to arrival, of replies; of nobody."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import and_, bindparam, case, delete, func, insert, or_, select, text

from server.store.batches import ERASED, UNKNOWN, batch_of, count_again, set_batch
from server.store.plans import Connection
from server.store.record_tables import BATCHES, MESSAGES, REDUCED_CODES, REDUCED_DELAYS, REPLIES
from server.store.time_functions import SecondsBetween

_BEFORE = bindparam("before", type_=BATCHES.c.sent_at.type)
_OLD = and_(
    BATCHES.c.reduced_at.is_(None),
    # Of an unknown outcome the numbers are needed to find out.
    BATCHES.c.state != UNKNOWN,
    BATCHES.c.sent_at < _BEFORE,
    or_(BATCHES.c.send_at.is_(None), BATCHES.c.send_at < _BEFORE),
)
_SOME_OLD = select(BATCHES.c.id).where(_OLD).order_by(BATCHES.c.sent_at).limit(bindparam("at_most"))
_OLD_IDS = select(BATCHES.c.id).where(_OLD)
_OF_BATCH = bindparam("of_batch", type_=MESSAGES.c.batch.type)
_MESSAGE = MESSAGES.c
MESSAGE_STATE = case(
    (and_(BATCHES.c.state == ERASED, _MESSAGE.state.in_(("", "scheduled", "pending"))), "cancelled"),
    else_=_MESSAGE.state,
)
"""A message of an erased booking is cancelled, before the vendor was asked for it too."""
_COUNT = func.count()
BY_CODE = (
    _MESSAGE.code,
    MESSAGE_STATE.label("stands"),
    _COUNT,
    func.coalesce(func.sum(_MESSAGE.points), Decimal(0), type_=_MESSAGE.points.type),
    _COUNT - func.count(_MESSAGE.points),
)
"""What messages of one code are summed up to: the columns of REDUCED_CODES; grouped by code and `stands`."""
BY_DELAY = (SecondsBetween(_MESSAGE.received_at, _MESSAGE.sent_at).label("seconds"), _COUNT)
"""The same of those that took as long to arrive: the columns of REDUCED_DELAYS; grouped by `seconds`."""
WITH_DELAY = and_(
    _MESSAGE.state == "delivered", _MESSAGE.received_at.is_not(None), _MESSAGE.sent_at.is_not(None)
)
"""A message of which that is known."""
_CODES = (
    select(_MESSAGE.batch, *BY_CODE)
    .join(BATCHES, BATCHES.c.id == _MESSAGE.batch)
    .where(_MESSAGE.batch == _OF_BATCH)
    .group_by(_MESSAGE.batch, _MESSAGE.code, text("stands"))
)
_DELAYS = (
    select(_MESSAGE.batch, *BY_DELAY)
    .where(_MESSAGE.batch == _OF_BATCH, WITH_DELAY)
    .group_by(_MESSAGE.batch, text("seconds"))
)
_KEEP = (
    insert(REDUCED_CODES).from_select([*REDUCED_CODES.c.keys()], _CODES),
    insert(REDUCED_DELAYS).from_select([*REDUCED_DELAYS.c.keys()], _DELAYS),
)
_DROP_MESSAGES = delete(MESSAGES).where(_MESSAGE.batch == _OF_BATCH)
_DROP_REPLIES = delete(REPLIES).where(REPLIES.c.batch == _OF_BATCH)


class Reduced(NamedTuple):
    """Messages and replies that became counts."""

    messages: int
    replies: int


def old_batches(conn: Connection, before: datetime, limit: int) -> Sequence[str]:
    """Batches that went out before this time, and whose messages are still kept; oldest first."""
    return conn.scalars(_SOME_OLD, {"before": before, "at_most": limit}).all()


def count_old(conn: Connection, before: datetime) -> tuple[int, Reduced]:
    """How many such batches there are, and what is in them."""
    at = {"before": before}
    batches = conn.scalar(select(func.count()).select_from(BATCHES).where(_OLD), at) or 0
    messages, replies = (
        conn.scalar(select(func.count()).select_from(table).where(table.c.batch.in_(_OLD_IDS)), at) or 0
        for table in (MESSAGES, REPLIES)
    )
    return batches, Reduced(messages, replies)


def reduce_batch(conn: Connection, id_: str, now: datetime) -> Reduced | None:
    """Keep of a batch what can be counted; None where another process did that before."""
    batch = batch_of(conn, id_)
    if batch is None or batch.reduced_at is not None:
        return None
    count_again(conn, id_)
    this = {"of_batch": id_}
    for keep in _KEEP:
        conn.execute(keep, this)
    messages, replies = (conn.execute(drop, this).rowcount for drop in (_DROP_MESSAGES, _DROP_REPLIES))
    set_batch(conn, id_, reduced_at=now, next_at=None)
    return Reduced(messages, replies)
