"""What the batches of a time cost together."""

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import func, select

from server.store.batches import FAILED, BatchFilter, conditions_of
from server.store.plans import Connection
from server.store.record_tables import BATCHES
from server.store.statement import sum_of_points

_COLUMN = BATCHES.c


@dataclass(frozen=True, slots=True, kw_only=True)
class DaySums:
    """Batches that went out, or may have. `points` are less what came back, `returned`."""

    batches: int
    recipients: int
    points: Decimal
    returned: Decimal


def day_sums(conn: Connection, wanted: BatchFilter) -> DaySums:
    """These batches together, without those of which it turned out that nothing was sent."""
    batches, recipients, points, back = conn.execute(
        select(
            func.count(),
            func.coalesce(func.sum(_COLUMN.recipients), 0),
            sum_of_points(_COLUMN.points),
            sum_of_points(_COLUMN.points_returned),
        ).where(_COLUMN.state != FAILED, *conditions_of(wanted))
    ).one()
    return DaySums(batches=batches, recipients=int(recipients), points=points - back, returned=back)
