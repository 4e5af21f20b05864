"""Batches that were sent elsewhere: what they cost, which send of ours they may be, and how they give way."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

from sqlalchemy import bindparam, case, delete, func, select

from server.store.actions import new_id
from server.store.batches import ELSEWHERE, UNKNOWN, Batch, batch_by_vendor_id, batch_of
from server.store.ledger import get
from server.store.plans import Connection
from server.store.record_tables import BATCHES, MESSAGES, REPLIES

_NEAR = timedelta(hours=1)
_OF_BATCH = bindparam("of_batch", type_=MESSAGES.c.batch.type)
_PRICE = case((MESSAGES.c.state == "cancelled", Decimal(0)), else_=MESSAGES.c.points)
_CHARGED = select(func.sum(_PRICE, type_=MESSAGES.c.points.type), func.count(), func.count(_PRICE)).where(
    MESSAGES.c.batch == _OF_BATCH
)
_DROPS = (
    delete(MESSAGES).where(MESSAGES.c.batch == _OF_BATCH),
    delete(REPLIES).where(REPLIES.c.batch == _OF_BATCH),
    delete(BATCHES).where(BATCHES.c.id == _OF_BATCH),
)


def charged(conn: Connection, id_: str) -> Decimal | None:
    """What the vendor said that it charged for a batch; None until it said so of every message."""
    points, messages, priced = conn.execute(_CHARGED, {"of_batch": id_}).one()
    return points if messages and priced == messages else None


def free_id(conn: Connection, fresh: Callable[[], str] = new_id) -> str:
    """An id for it, of an action's form, that neither an action nor a batch has."""
    while True:
        id_ = fresh()
        if get(conn, id_) is None and batch_of(conn, id_) is None:
            return id_


def perhaps_ours(conn: Connection, batch: Batch) -> list[str]:
    """Its owner's sends of unknown outcome to as many at about that time: it may be one of them."""
    query = select(BATCHES.c.id).where(
        BATCHES.c.state == UNKNOWN,
        BATCHES.c.principal == batch.principal,
        BATCHES.c.recipients == batch.recipients,
        BATCHES.c.sent_at.between(batch.sent_at - _NEAR, batch.sent_at + _NEAR),
    )
    return list(conn.scalars(query.order_by(BATCHES.c.sent_at)))


def give_way(conn: Connection, batch_id: str) -> None:
    """A batch that was imported turns out to be a send of ours: what the vendor tells of it is asked anew."""
    batch = batch_by_vendor_id(conn, batch_id)
    if batch is not None and batch.tool == ELSEWHERE:
        for drop in _DROPS:
            conn.execute(drop, {"of_batch": batch.id})
