"""What was done and what waits: the ledger, newest first. The vendor keeps no list of batches; we do."""

from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import Field

from tools.desk_operation import Desk, DeskOperation
from tools.entries import (
    ActionDetail,
    ActionId,
    ActionsFound,
    ActionState,
    ActionSummary,
    ActionSums,
    ActionsWanted,
)
from tools.every8d.paging import pages_of
from tools.operation import PagedParams, Params, Result, Risk
from tools.problems import InvalidArgumentError, Problem, RefusedError
from tools.sentence import sentence
from tools.taipei import whole_days
from tools.values import (
    IDENTIFIER,
    UNTOLD_LENGTH,
    DayArgument,
    MobileArgument,
    SinceArgument,
    Table,
    UntilArgument,
)


def _only(description: str) -> Any:
    return Field(max_length=64, description=description, json_schema_extra=UNTOLD_LENGTH)


class ListActionsParams(PagedParams):
    """Which actions to list."""

    tool: Annotated[str, IDENTIFIER, _only("Of a tool.")] = ""
    state: Annotated[ActionState | None, Field(description="absent: any.")] = None
    day: Annotated[DayArgument | None, Field(description="absent: any.")] = None
    since: Annotated[SinceArgument | None, Field(description="Day or time; absent: any.")] = None
    until: Annotated[UntilArgument | None, Field(description="absent: any.")] = None
    batch_id: Annotated[str, IDENTIFIER, _only("Of a batch.")] = ""
    words: Annotated[str, Field(max_length=40, description="In text or subject.")] = ""
    mobile: Annotated[MobileArgument | None, Field(description="To a number; absent: any.")] = None


class ActionsResult(Result):
    """One page of actions, newest first. `total` is at least so many when it is large."""

    total: int
    page: int
    pages: int
    actions: Annotated[list[ActionSummary], Table()]
    sums: dict[str, ActionSums]
    """What the sends cost: of the list where it is a filtered one, else of today and of this month."""
    note: str | None = None


class GetActionParams(Params):
    """Which action to show."""

    action_id: ActionId


async def _list(params: ListActionsParams, desk: Desk) -> ActionsResult:
    since, until = params.since, params.until
    if params.day is not None:
        if since is not None or until is not None:
            raise InvalidArgumentError("day", "given beside since or until.", "Give either.")
        since, until = whole_days(params.day)
    found = await desk.actions(
        ActionsWanted(
            tool=params.tool,
            state=params.state,
            batch_id=params.batch_id,
            mobile=params.mobile,
            words=params.words.strip(),
            since=since,
            until=until,
            page=params.page,
            page_size=params.page_size,
        )
    )
    return ActionsResult(
        total=found.total,
        page=params.page,
        pages=pages_of(found.total, params.page_size),
        actions=[*found.rows],
        sums={name: sums for name, sums in found.sums.items() if sums is not None},
        note=" ".join(_notes(found)) or None,
    )


def _notes(found: ActionsFound) -> Iterator[str]:
    if found.searched is not None:
        yield (
            f"Only the newest {found.searched:,} actions were looked through; "
            "older ones are found with until."
        )
    too_many = [name for name, sums in found.sums.items() if sums is None]
    if too_many:
        yield f"Too many to add up: {', '.join(too_many)}. get_points_statement has a month."


async def _get(params: GetActionParams, desk: Desk) -> ActionDetail:
    found = await desk.action(params.action_id)
    if found is None:
        raise no_such_action()
    return found


def no_such_action() -> RefusedError:
    """There is no action of this id."""
    return RefusedError(
        Problem(
            code="not_found",
            message="There is no such action.",
            next="Use list_actions to find the id.",
        )
    )


LIST_ACTIONS = DeskOperation(
    name="list_actions",
    title="List actions",
    description=(
        "List what was done (log of everything we sent, deleted or stopped; yesterday, last week), "
        "newest first: who did or approved it, what is waiting for approval, points spent, batch ids. "
        "發送紀錄、動作歷史：上週、昨天、剛剛做了哪些事、發了什麼，刪除任務、停止的是誰，執行了沒，等待"
        "核准、審核。"
    ),
    toolset="desk",
    vendor=None,
    section=sentence("ours: the ledger"),
    risk=Risk.READ,
    params=ListActionsParams,
    result=ActionsResult,
    run=_list,
)
GET_ACTION = DeskOperation(
    name="get_action",
    title="Show an action",
    description=(
        "Show the details of an action: what exactly somebody saw and approved, how it ended, what to "
        "do next. 單筆動作的詳細內容：到底核准了什麼、操作結果。"
    ),
    toolset="desk",
    vendor=None,
    section=sentence("ours: the ledger"),
    risk=Risk.READ,
    params=GetActionParams,
    result=ActionDetail,
    run=_get,
)
