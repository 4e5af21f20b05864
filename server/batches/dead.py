"""Numbers that no text reaches, opened for the desk."""

from collections.abc import Collection
from datetime import datetime

from server.batches.numbers import NumberSeal
from server.store.batches import BatchFilter
from server.store.dead_numbers import DeadRow, dead_numbers, dead_sums
from server.store.plans import Connection
from tools.insight_desk import DeadNumber, DeadNumbers


def dead_page(  # noqa: PLR0913 - a page of a list
    conn: Connection,
    whose: BatchFilter,
    codes: Collection[int],
    seal: NumberSeal,
    now: datetime,
    *,
    page: int,
    page_size: int,
) -> DeadNumbers:
    """A page of them, and what all of them cost since messages are kept."""
    sums = dead_sums(conn, whose, codes)
    rows = dead_numbers(conn, whose, codes, page=page, page_size=page_size)
    return DeadNumbers(
        page=[_opened(row, seal) for row in rows],
        total=sums.numbers,
        points=sums.points,
        days=1 if sums.since is None else max(1, (now - sums.since).days),
    )


def _opened(row: DeadRow, seal: NumberSeal) -> DeadNumber:
    who = seal.who(row.sealed, row.batch)
    return DeadNumber(
        mobile="" if who is None else who.mobile,
        times=row.times,
        last_at=row.last_at,
        code=row.code,
        points=row.points,
    )
