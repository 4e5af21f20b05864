"""Numbers that failed for good again and again, and what they cost."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Subquery, distinct, func, select

from server.store.batches import BatchFilter, conditions_of
from server.store.plans import Connection
from server.store.record_tables import BATCHES, MESSAGES
from server.store.schema import BLOCKED_NUMBERS

TIMES = 2
"""In so many batches a number failed for good before it counts as dead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadRow:
    """One number: in how many batches it failed, when last and with which code, and what was charged."""

    sealed: str
    batch: str
    times: int
    last_at: datetime
    code: int | None
    points: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadSums:
    """All of them: how many, what was charged for them, and since when messages are kept at all."""

    numbers: int
    points: Decimal
    since: datetime | None


def _dead(whose: BatchFilter, codes: Collection[int]) -> Subquery:
    """Each such number that nobody blocked, and that nothing has reached since."""
    message, batch = MESSAGES.c, BATCHES.c
    failed = (
        select(
            message.number,
            func.count(distinct(message.batch)).label("times"),
            func.max(batch.sent_at, type_=batch.sent_at.type).label("last_at"),
            func.coalesce(func.sum(message.points), Decimal(0), type_=message.points.type).label("points"),
        )
        .join(BATCHES, batch.id == message.batch)
        .where(
            message.state == "failed_permanent",
            message.code.in_(sorted(codes)),
            # Of whoever is forgotten nobody can leave out the number.
            message.sealed != "",
            *conditions_of(whose),
        )
        .group_by(message.number)
        .having(func.count(distinct(message.batch)) >= TIMES)
        .subquery()
    )
    other, later = MESSAGES.alias(), BATCHES.alias()
    arrived = (
        select(other.c.number)
        .join(later, later.c.id == other.c.batch)
        .where(
            other.c.number == failed.c.number,
            other.c.state == "delivered",
            later.c.sent_at > failed.c.last_at,
        )
        .exists()
    )
    blocked = (
        select(BLOCKED_NUMBERS.c.number)
        # Whole hashes that begin with this half: a range, which the index finds. They are hexadecimal.
        .where(BLOCKED_NUMBERS.c.number.between(failed.c.number, failed.c.number.concat("g")))
        .exists()
    )
    return select(failed).where(~arrived, ~blocked).subquery()


def dead_numbers(
    conn: Connection, whose: BatchFilter, codes: Collection[int], *, page: int, page_size: int
) -> list[DeadRow]:
    """A page of them, those that failed most often first."""
    dead = _dead(whose, codes).c
    query = (
        select(dead.number, dead.times, dead.last_at, dead.points)
        .order_by(dead.times.desc(), dead.last_at.desc(), dead.number)
        .limit(page_size)
        .offset((page - 1) * page_size)
    )
    rows = conn.execute(query).all()
    newest = _newest(conn, whose, [row.number for row in rows], codes)
    return [
        DeadRow(**newest[number], times=times, last_at=last_at, points=points)
        for number, times, last_at, points in rows
    ]


def _newest(
    conn: Connection, whose: BatchFilter, numbers: Sequence[str], codes: Collection[int]
) -> dict[str, dict[str, Any]]:
    """Each number's last failure: sealed for which batch, and its code."""
    message = MESSAGES.c
    query = (
        select(message.number, message.sealed, message.batch, message.code)
        .join(BATCHES, BATCHES.c.id == message.batch)
        .where(message.number.in_(numbers), message.code.in_(sorted(codes)), *conditions_of(whose))
        .order_by(BATCHES.c.sent_at)
    )
    # In the order of time: the last of a number stays.
    return {
        number: {"sealed": sealed, "batch": batch, "code": code}
        for number, sealed, batch, code in conn.execute(query)
    }


def dead_hashes(conn: Connection, whose: BatchFilter, codes: Collection[int]) -> set[str]:
    """What finds each of them in the records."""
    return set(conn.scalars(select(_dead(whose, codes).c.number)))


def dead_sums(conn: Connection, whose: BatchFilter, codes: Collection[int]) -> DeadSums:
    """All of them together."""
    dead = _dead(whose, codes).c
    points = func.coalesce(func.sum(dead.points), Decimal(0), type_=MESSAGES.c.points.type)
    numbers, charged = conn.execute(select(func.count(), points).select_from(dead.number.table)).one()
    first = func.min(BATCHES.c.sent_at, type_=BATCHES.c.sent_at.type)
    since = conn.scalar(select(first).where(BATCHES.c.reduced_at.is_(None), *conditions_of(whose)))
    return DeadSums(numbers=numbers, points=charged, since=since)
