"""Numbers that are never texted: the assistant can add to them, since that only protects."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from tools.blocking_desk import Blocked
from tools.counting import many
from tools.desk_operation import Desk, DeskOperation
from tools.every8d.paging import pages_of
from tools.operation import PagedParams, Params, Result, Risk
from tools.sentence import sentence
from tools.values import IDENTIFIER, Minute, MobileArgument, MobileNumber, OutsideText, Table

_ALL = "all"
ReplyId = Annotated[str, Field(min_length=8, max_length=64), IDENTIFIER]


class BlockNumberParams(Params):
    """Whom to block: exactly one of the three ways."""

    mobiles: Annotated[
        list[MobileArgument] | None, Field(max_length=500, description="Numbers; absent: none.")
    ] = None
    opt_outs_of: Annotated[
        str, Field(max_length=64, description="Who opted out and waits: a batch's id, or `all`.")
    ] = ""
    senders_of: Annotated[
        list[ReplyId] | None,
        Field(max_length=50, description="reply_ids of get_reply_summary; absent: none."),
    ] = None
    why: Annotated[str, Field(max_length=80, description="Kept beside them.")] = ""

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if sum(map(bool, (self.mobiles, self.opt_outs_of.strip(), self.senders_of))) != 1:
            raise ValueError(sentence("give exactly one of mobiles, opt_outs_of and senders_of."))
        return self


class BlockResult(Result):
    """How many are blocked now."""

    conclusion: str
    blocked: int
    already: int


async def _block(params: BlockNumberParams, desk: Desk) -> BlockResult:
    done = await _blocked(params, desk)
    return BlockResult(conclusion=_conclusion(done), blocked=done.fresh, already=done.already)


async def _blocked(params: BlockNumberParams, desk: Desk) -> Blocked:
    if params.mobiles:
        return await desk.blocking.block(list(dict.fromkeys(params.mobiles)), params.why)
    if params.senders_of:
        return await desk.blocking.block_senders(list(dict.fromkeys(params.senders_of)))
    of = params.opt_outs_of.strip()
    return await desk.blocking.block_opt_outs("" if of.casefold() == _ALL else of)


def _conclusion(done: Blocked) -> str:
    if not done.fresh + done.already:
        return "Nobody was blocked: nobody who opted out waits."
    before = f" Blocked before: {done.already}." if done.already else ""
    blocked = many(done.fresh, "more number gets", "more numbers get")
    return (
        f"{blocked} no text from now on, whoever approves it.{before} "
        "Only a person unblocks: `campaign-ops-mcp block remove`."
    )


BLOCK_NUMBER = DeskOperation(
    name="block_number",
    title="Block numbers",
    description=(
        "Block numbers (blacklist) of customers who want no more messages from us. 封鎖、擋掉號碼，加入"
        "黑名單：客人退訂、不想再收到，不要再發。"
    ),
    toolset="desk",
    vendor=None,
    section=sentence("ours: the records"),
    risk=Risk.CHANGE,
    params=BlockNumberParams,
    result=BlockResult,
    run=_block,
)


class ListBlockedParams(PagedParams):
    """A page."""


class BlockedNumber(Result):
    """A blocked number in a row."""

    mobile: MobileNumber
    why: OutsideText
    since: Minute


class BlockedResult(Result):
    """One page of blocked numbers, newest first."""

    total: int
    page: int
    pages: int
    numbers: Annotated[list[BlockedNumber], Table()]


async def _list(params: ListBlockedParams, desk: Desk) -> BlockedResult:
    found, total = await desk.blocking.page(params.page, params.page_size)
    return BlockedResult(
        total=total,
        page=params.page,
        pages=pages_of(total, params.page_size),
        numbers=[BlockedNumber(mobile=each.masked, why=each.why, since=each.since) for each in found],
    )


LIST_BLOCKED = DeskOperation(
    name="list_blocked",
    title="Blocked numbers",
    description=("Show who is on our block list: why, since when. 封鎖名單、黑名單：我們擋了哪些號碼。"),
    toolset="desk",
    vendor=None,
    section=sentence("ours: the records"),
    risk=Risk.READ,
    params=ListBlockedParams,
    result=BlockedResult,
    run=_list,
)
