"""A month's points: what our ledger has of each send, beside what the vendor said that it charged."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Subquery, and_, case, func, select, text, type_coerce, union_all

from server.store.actions import COUNTED, State
from server.store.batches import ELSEWHERE
from server.store.columns import Points
from server.store.plans import Connection
from server.store.record_tables import BATCHES, MESSAGES, REDUCED_CODES
from server.store.schema import ACTIONS
from server.store.time_functions import TaipeiDay


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """The sends of a time, of one principal or of all (None)."""

    first: datetime
    end: datetime
    principal: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DayPoints:
    """A principal's sends of a day. `told` is the ledger's part of which the vendor said all prices."""

    day: str
    principal: str
    sends: int
    points: Decimal
    """By the ledger: final, or reserved where the end is open; less what erased bookings gave back."""
    returned: Decimal
    open: Decimal
    """Of these, reserved by sends whose outcome is open."""
    told: Decimal
    charged: Decimal
    """What the vendor charged for that part."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Differing:
    """A send for which the vendor charged something else than our ledger has."""

    action_id: str
    batch_id: str
    points: Decimal
    returned: Decimal
    charged: Decimal


_ACTION = ACTIONS.c
NET_POINTS = func.coalesce(_ACTION.points_final, _ACTION.points) - _ACTION.points_returned
"""What a send costs by the ledger: final, or reserved where the end is open; less what came back."""
_OPEN_STATES = (State.DISPATCHING, State.UNKNOWN)


def sends_of(span: Span) -> list[ColumnElement[bool]]:
    """What an action must be, to be one of them."""
    whose = [] if span.principal is None else [_ACTION.principal == span.principal]
    return [
        _ACTION.risk == "spend",
        _ACTION.vendor == "every8d",
        _ACTION.recipients > 0,
        _ACTION.state.in_(sorted(COUNTED)),
        _ACTION.dispatched_at >= span.first,
        _ACTION.dispatched_at < span.end,
        *whose,
    ]


def _charged(span: Span) -> Subquery:
    """What the vendor charged for each batch, and whether it said so of every message."""
    message, counted = MESSAGES.c, REDUCED_CODES.c
    kept, charges = message.state != "cancelled", counted.state != "cancelled"
    messages = (
        select(
            message.batch,
            func.coalesce(func.sum(case((kept, message.points))), 0).label("charged"),
            func.count().label("messages"),
            func.sum(case((and_(kept, message.points.is_(None)), 1), else_=0)).label("unpriced"),
        )
        .join(ACTIONS, _ACTION.id == message.batch)
        .where(*sends_of(span))
        .group_by(message.batch)
    )
    reduced = (
        select(
            counted.batch,
            func.coalesce(func.sum(case((charges, counted.points))), 0),
            func.sum(counted.count),
            func.sum(case((charges, counted.unpriced), else_=0)),
        )
        .join(ACTIONS, _ACTION.id == counted.batch)
        .where(*sends_of(span))
        .group_by(counted.batch)
    )
    return union_all(messages, reduced).subquery()


def _each(span: Span) -> Subquery:
    charged = _charged(span)
    return (
        select(
            _ACTION.id,
            _ACTION.batch_id,
            _ACTION.principal,
            _ACTION.state,
            TaipeiDay(_ACTION.dispatched_at).label("on_day"),
            NET_POINTS.label("points"),
            _ACTION.points_returned.label("returned"),
            charged.c.charged,
            and_(charged.c.unpriced == 0, charged.c.messages >= _ACTION.recipients).label("told"),
        )
        .join(charged, charged.c.batch == _ACTION.id, isouter=True)
        .where(*sends_of(span))
        .subquery()
    )


def sum_of_points(column: ColumnElement[Any]) -> ColumnElement[Decimal]:
    """The sum of points; 0 of none."""
    return func.coalesce(func.sum(column, type_=Points()), Decimal(0), type_=Points())


def by_day(conn: Connection, span: Span) -> list[DayPoints]:
    """The points of each day in Asia/Taipei and principal; the day is that of the dispatch."""
    each = _each(span).c
    query = (
        select(
            each.on_day.label("day"),
            each.principal,
            func.count().label("sends"),
            sum_of_points(each.points).label("points"),
            sum_of_points(each.returned).label("returned"),
            sum_of_points(case((each.state.in_(_OPEN_STATES), each.points))).label("open"),
            sum_of_points(case((each.told, each.points))).label("told"),
            sum_of_points(case((each.told, each.charged))).label("charged"),
        )
        .group_by(each.on_day, each.principal)
        .order_by(text("day"), each.principal)
    )
    return [DayPoints(**row) for row in conn.execute(query).mappings()]


def differing(conn: Connection, span: Span, limit: int) -> tuple[list[Differing], int]:
    """The sends for which the vendor charged something else, the largest difference first; and how many."""
    each = _each(span).c
    differs = and_(each.told, each.charged != each.points)
    query = (
        select(
            each.id.label("action_id"),
            each.batch_id,
            type_coerce(each.points, Points()).label("points"),
            type_coerce(each.returned, Points()).label("returned"),
            type_coerce(each.charged, Points()).label("charged"),
        )
        .where(differs)
        .order_by(func.abs(each.charged - each.points).desc(), each.id)
        .limit(limit)
    )
    total = conn.scalar(select(func.count()).where(differs)) or 0
    return [Differing(**row) for row in conn.execute(query).mappings()], total


def charged_elsewhere(conn: Connection, span: Span) -> Decimal:
    """What the vendor charged for batches that were sent without this server, as far as they are known."""
    batch = BATCHES.c
    points = (
        conn.scalar(
            select(sum_of_points(table.c.points))
            .join(BATCHES, batch.id == table.c.batch)
            .where(batch.tool == ELSEWHERE, batch.sent_at >= span.first, batch.sent_at < span.end)
        )
        for table in (MESSAGES, REDUCED_CODES)
    )
    return sum(points, start=Decimal(0))


def receipts(conn: Connection, span: Span) -> list[str]:
    """What the first and the last send of the time were answered: JSON, with the points left after it."""
    found: list[str] = []
    for order in (_ACTION.dispatched_at.asc(), _ACTION.dispatched_at.desc()):
        query = select(_ACTION.outcome).where(
            *sends_of(span), _ACTION.state == State.SUCCEEDED, _ACTION.outcome.contains('"credit"')
        )
        outcome = conn.scalar(query.order_by(order).limit(1))
        if outcome:
            found.append(outcome)
    return found
