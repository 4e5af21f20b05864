"""What the records hold of one number: messages with their batches, replies, whether it is blocked."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select

from server.store.batches import BatchFilter, conditions_of
from server.store.plans import Connection
from server.store.record_tables import BATCHES, MESSAGES, REPLIES
from server.store.schema import ACTIONS, BLOCKED_NUMBERS


def messages_to(
    conn: Connection, number: str, whose: BatchFilter, page: int, page_size: int
) -> tuple[list[Mapping[str, Any]], int]:
    """A page of a number's messages, newest first, with batch and approval; and how many there are.

    `number` is the first half of its keyed hash.
    """
    conditions = [MESSAGES.c.number == number, *conditions_of(whose)]
    joined = MESSAGES.join(BATCHES, BATCHES.c.id == MESSAGES.c.batch)
    with_action = joined.outerjoin(ACTIONS, ACTIONS.c.id == BATCHES.c.id)
    query = (
        select(
            BATCHES.c.batch_id,
            BATCHES.c.sent_at,
            BATCHES.c.send_at,
            BATCHES.c.words,
            BATCHES.c.principal,
            BATCHES.c.state.label("batch_state"),
            MESSAGES.c.state,
            MESSAGES.c.code,
            MESSAGES.c.received_at,
            func.coalesce(ACTIONS.c.channel, "").label("channel"),
        )
        .select_from(with_action)
        .where(*conditions)
        .order_by(BATCHES.c.sent_at.desc(), BATCHES.c.id, MESSAGES.c.nth)
        .limit(page_size)
        .offset((page - 1) * page_size)
    )
    total = conn.scalar(select(func.count()).select_from(joined).where(*conditions)) or 0
    return conn.execute(query).mappings().all(), total


def replies_from(conn: Connection, number: str, whose: BatchFilter, limit: int) -> list[Mapping[str, Any]]:
    """The number's newest replies to these batches."""
    query = (
        select(REPLIES.c.text, REPLIES.c.at, REPLIES.c.heard_at, REPLIES.c.opts_out)
        .select_from(REPLIES.join(BATCHES, BATCHES.c.id == REPLIES.c.batch))
        .where(REPLIES.c.number == number, *conditions_of(whose))
        .order_by(REPLIES.c.heard_at.desc(), REPLIES.c.key)
        .limit(limit)
    )
    return conn.execute(query).mappings().all()


def blocking_of(conn: Connection, whole_hash: str) -> Mapping[str, Any] | None:
    """Since when and why the number is blocked; None when it is not. Takes the whole keyed hash."""
    query = select(BLOCKED_NUMBERS.c.note, BLOCKED_NUMBERS.c.added_at)
    return conn.execute(query.where(BLOCKED_NUMBERS.c.number == whole_hash)).mappings().one_or_none()
