"""Launches (任務) of OMIS: document 001, LaunchID and LaunchAction."""

from typing import Annotated

from pydantic import Field

from tools.omis.arguments import LaunchId
from tools.omis.records import Records, as_records
from tools.omis.tasks import action_request, check_action, query_steps
from tools.omis.twins import Kind, act
from tools.omis.verbs import DELETE, EXTEND, LAUNCH, PAUSE, RESUME, TERMINATE
from tools.operation import (
    Action,
    PagedParams,
    Params,
    Query,
    Reply,
    Request,
    Result,
    Risk,
    RiskyParams,
    Steps,
    Surroundings,
)
from tools.problems import InvalidArgumentError
from tools.taipei import slashed
from tools.values import TimeArgument


class QueryLaunchParams(PagedParams):
    """Which launch to look at."""

    launch_id: LaunchId


class LaunchParams(Params):
    """Which launch to act on."""

    launch_id: LaunchId


class RiskyLaunchParams(RiskyParams):
    """Which launch to act on, when a person has to agree."""

    launch_id: LaunchId


class ExtendLaunchParams(LaunchParams):
    """Which launch to extend, and until when."""

    expire_at: Annotated[TimeArgument, Field(description="The new deadline, in the future.")]


class LaunchActionResult(Result):
    """An action on a launch that OMIS accepted."""

    launch_id: str
    action: str
    accepted: bool
    note: str = ""


def _query(params: QueryLaunchParams, around: Surroundings) -> Steps[Records]:
    return as_records((yield from query_steps(LAUNCH, params.launch_id, around)), "launch", params)


def _extend(params: ExtendLaunchParams, around: Surroundings) -> Request:
    if params.expire_at <= around.now:
        raise InvalidArgumentError("expire_at", "lies in the past.", "Give a time in the future.")
    return action_request(LAUNCH, EXTEND, params.launch_id, around, ExpireTime=slashed(params.expire_at))


def _extended(reply: Reply, params: ExtendLaunchParams, around: Surroundings) -> LaunchActionResult:
    note = check_action(LAUNCH, EXTEND, params.launch_id, reply, around)
    return _accepted(params.launch_id, EXTEND.name, note)


def _accepted(launch_id: str, action: str, note: str) -> LaunchActionResult:
    return LaunchActionResult(launch_id=launch_id, action=action, accepted=True, note=note)


_BRAKED = Kind(
    thing=LAUNCH,
    toolset="launches",
    params=LaunchParams,
    id_of=lambda params: params.launch_id,
    result=LaunchActionResult,
    accepted=_accepted,
)
_RISKY = Kind(
    thing=LAUNCH,
    toolset="launches",
    params=RiskyLaunchParams,
    id_of=lambda params: params.launch_id,
    result=LaunchActionResult,
    accepted=_accepted,
)

query_launch = Query(
    name="query_launch",
    title="Look up a launch",
    description=(
        "Show what an OMIS launch is doing, its status and its jobs: running, paused, terminated, "
        "approved, finished. OMIS lists no launches. 查詢任務狀態：任務進度、在跑嗎、結束了沒、批准了"
        "沒、被暫停還是終止了、有哪些寄送。"
    ),
    toolset="launches",
    vendor="omis",
    section="OMIS TaskManager, LaunchID",
    risk=Risk.READ,
    params=QueryLaunchParams,
    result=Records,
    steps=_query,
)

pause_launch = act(
    _BRAKED,
    PAUSE,
    Risk.CHANGE,
    (
        "Pause (hold, freeze) an OMIS launch: stop its sending now, until resume_launch. 暫停任務：先停"
        "下發送。"
    ),
)

extend_launch = Action(
    name="extend_launch",
    title="Extend a launch's deadline",
    description=(
        "Extend an OMIS launch until a later tracking deadline (expiry time). Sends nothing. 延長任務截"
        "止時間：變更追蹤期限。"
    ),
    toolset="launches",
    vendor="omis",
    section="OMIS TaskManager, LaunchAction 5",
    risk=Risk.CHANGE,
    params=ExtendLaunchParams,
    result=LaunchActionResult,
    build=_extend,
    parse=_extended,
)

LAUNCH_OPERATIONS = (
    query_launch,
    pause_launch,
    act(
        _RISKY,
        RESUME,
        Risk.SPEND,
        "Resume (continue, unpause) an OMIS launch: it goes on sending and costs points. 解除暫停任務："
        "恢復、繼續任務。",
    ),
    act(
        _RISKY,
        TERMINATE,
        Risk.DESTROY,
        "Terminate (abort, kill, end) an OMIS launch for good, irreversibly. 終止任務：永久結束。",
    ),
    act(
        _RISKY,
        DELETE,
        Risk.DESTROY,
        "Delete (remove) an OMIS launch and its record, irreversibly. 移除、刪除任務。",
    ),
    extend_launch,
)
"""Every operation on launches."""
