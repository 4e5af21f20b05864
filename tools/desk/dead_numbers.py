"""Numbers that no text reaches any more, and what they cost."""

from decimal import Decimal
from typing import Annotated

from tools.counting import many
from tools.desk_operation import Desk, DeskOperation
from tools.every8d.codes import DEAD_NUMBER, read_status
from tools.every8d.paging import pages_of
from tools.insight_desk import DeadNumber, DeadNumbers
from tools.operation import PagedParams, Result, Risk
from tools.sentence import sentence
from tools.values import Minute, MobileNumber, Points, Table

_YEAR = 365
_FEW_DAYS = 30


class ListDeadNumbersParams(PagedParams):
    """The list takes a page alone."""


class DeadNumberRow(Result):
    """One number: in how many batches it failed, when last and why, and what was charged for these."""

    mobile: MobileNumber
    batches: int
    last_at: Minute
    code: int | None
    meaning: str
    points: Points


class DeadNumbersResult(Result):
    """One page of numbers, those that failed most often first."""

    conclusion: str
    total: int
    page: int
    pages: int
    numbers: Annotated[list[DeadNumberRow], Table(key="code", told=("meaning",))]


async def _list(params: ListDeadNumbersParams, desk: Desk) -> DeadNumbersResult:
    found = await desk.insight.dead_numbers(DEAD_NUMBER, params.page, params.page_size)
    return DeadNumbersResult(
        conclusion=_conclusion(found),
        total=found.total,
        page=params.page,
        pages=pages_of(found.total, params.page_size),
        numbers=[_row(each) for each in found.page],
    )


def _row(each: DeadNumber) -> DeadNumberRow:
    return DeadNumberRow(
        mobile=each.mobile,
        batches=each.times,
        last_at=each.last_at,
        code=each.code,
        meaning=read_status(each.code).meaning,
        points=each.points,
    )


def _conclusion(found: DeadNumbers) -> str:
    if not found.total:
        return "No number failed for good in two batches, without a text that arrived since."
    year = (found.points * _YEAR / found.days).quantize(Decimal(1))
    rough = " (rough: so few days)" if found.days < _FEW_DAYS else ""
    return (
        f"{many(found.total, 'number')} failed for good in two or more batches, not blocked. The vendor "
        f"charged {found.points} for that in what is kept ({many(found.days, 'day')}): left out, about "
        f"{year} a year are saved at this pace{rough}."
    )


LIST_DEAD_NUMBERS = DeskOperation(
    name="list_dead_numbers",
    title="Dead numbers",
    description=(
        "List dead phone numbers that failed for good twice, never arrive. 空號、無效號碼清單：哪些門號"
        "發不到。"
    ),
    toolset="desk",
    vendor=None,
    section=sentence("ours: the records"),
    risk=Risk.READ,
    params=ListDeadNumbersParams,
    result=DeadNumbersResult,
    run=_list,
)
