"""What was done and what waits: the ledger, newest first. The vendor keeps no list of batches; we do."""

from typing import Annotated

from pydantic import Field

from tools.desk_operation import Desk, DeskOperation
from tools.entries import ActionDetail, ActionId, ActionState, ActionSummary
from tools.every8d.paging import pages_of
from tools.operation import PagedParams, Params, Result, Risk
from tools.problems import Problem, RefusedError
from tools.sentence import sentence
from tools.values import IDENTIFIER, DayArgument, Table


class ListActionsParams(PagedParams):
    """Which actions to list."""

    tool: Annotated[str, IDENTIFIER, Field(max_length=64, description="Only this tool; empty: any.")] = ""
    state: Annotated[ActionState | None, Field(description="Only this state; absent: any.")] = None
    day: Annotated[DayArgument | None, Field(description="Only this day (Asia/Taipei); absent: any.")] = None
    batch_id: Annotated[str, IDENTIFIER, Field(max_length=64, description="Only this batch.")] = ""
    campaign: Annotated[str, IDENTIFIER, Field(max_length=64, description="Only this campaign.")] = ""


class ActionsResult(Result):
    """One page of actions, newest first. `total` is at least so many when it is large."""

    total: int
    page: int
    pages: int
    actions: Annotated[list[ActionSummary], Table()]


class GetActionParams(Params):
    """Which action to show."""

    action_id: ActionId


async def _list(params: ListActionsParams, desk: Desk) -> ActionsResult:
    actions, total = await desk.actions(
        tool=params.tool,
        state=params.state or "",
        day="" if params.day is None else params.day.isoformat(),
        batch_id=params.batch_id,
        campaign=params.campaign,
        page=params.page,
        page_size=params.page_size,
    )
    pages = pages_of(total, params.page_size)
    return ActionsResult(total=total, page=params.page, pages=pages, actions=[*actions])


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
        "List the history of what was done (past batches, sends, changes of today, yesterday), "
        "newest first: state, such as pending (waiting for approval) or failed, points spent, batch "
        "ids, who approved. 發送紀錄、操作歷史：昨天發了什麼、花了多少點、等待核准或審核、誰做的、"
        "批次編號。"
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
        "Show the details of an action: what exactly the person saw and approved, how it ended, what to do "
        "next. 單筆動作的詳細內容：當時核准了什麼、操作結果。"
    ),
    toolset="desk",
    vendor=None,
    section=sentence("ours: the ledger"),
    risk=Risk.READ,
    params=GetActionParams,
    result=ActionDetail,
    run=_get,
)
