"""A month's points for the desk, from the ledger and the records."""

import json
from dataclasses import asdict
from datetime import date
from decimal import Decimal, InvalidOperation

from server.store import statement
from server.store.plans import Connection
from server.store.statement import DayPoints, Span
from tools.insight_desk import Difference, PointsOfDay, Statement


def statement_of(conn: Connection, span: Span, differences: int, *, elsewhere: bool) -> Statement:
    """The points of a time; `elsewhere`: with what was charged for batches that others sent."""
    found, total = statement.differing(conn, span, differences)
    return Statement(
        days=[_day(each) for each in statement.by_day(conn, span)],
        differences=[Difference(**asdict(each)) for each in found],
        differing=total,
        elsewhere=statement.charged_elsewhere(conn, span) if elsewhere else Decimal(0),
        # The points left are the whole account's: beside one principal's sends they would tell the others'.
        credit=_credit(statement.receipts(conn, span)) if span.principal is None else None,
    )


def _day(each: DayPoints) -> PointsOfDay:
    return PointsOfDay(
        day=date.fromisoformat(each.day),
        sender=each.principal,
        sends=each.sends,
        points=each.points,
        returned=each.returned,
        open=each.open,
        told=each.told,
        charged=each.charged,
    )


def _credit(receipts: list[str]) -> tuple[Decimal, Decimal] | None:
    """The points before the first send and after the last one, by their receipts."""
    try:
        first, last = (json.loads(each, parse_float=Decimal) for each in receipts)
        return Decimal(first["credit"]) + Decimal(first["points"]), Decimal(last["credit"])
    except (ValueError, KeyError, TypeError, InvalidOperation):
        return None
