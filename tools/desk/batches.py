"""What was sent: the batches that the vendor cannot list."""

from typing import Annotated

from pydantic import Field

from tools.batch_desk import BatchState, BatchSummary
from tools.desk_operation import Desk, DeskOperation
from tools.every8d.paging import pages_of
from tools.operation import PagedParams, Result, Risk
from tools.sentence import sentence
from tools.values import DayArgument, MobileArgument, Table


class ListBatchesParams(PagedParams):
    """Which batches to list."""

    day: Annotated[DayArgument | None, Field(description="Of a day; absent: any.")] = None
    state: Annotated[BatchState | None, Field(description="absent: any.")] = None
    words: Annotated[str, Field(max_length=40, description="Text's beginning or subject.")] = ""
    mobile: Annotated[MobileArgument | None, Field(description="To a number; absent: any.")] = None


class BatchesResult(Result):
    """One page of batches, newest first."""

    total: int
    page: int
    pages: int
    batches: Annotated[list[BatchSummary], Table()]


async def _list(params: ListBatchesParams, desk: Desk) -> BatchesResult:
    found, total = await desk.batches.page(
        day=params.day,
        state=params.state or "",
        words=params.words,
        mobile=params.mobile,
        page=params.page,
        page_size=params.page_size,
    )
    pages = pages_of(total, params.page_size)
    return BatchesResult(total=total, page=params.page, pages=pages, batches=[*found])


LIST_BATCHES = DeskOperation(
    name="list_batches",
    title="List batches",
    description=("Show the last batches we sent: text, delivered, replies. 本週有哪幾批，發了哪些批次。"),
    toolset="desk",
    vendor=None,
    section=sentence("ours: the records"),
    risk=Risk.READ,
    params=ListBatchesParams,
    result=BatchesResult,
    run=_list,
)
