"""Launches (任務) of OMIS: document 001, LaunchID and LaunchAction."""

from typing import Annotated

from pydantic import Field

from tools.omis.arguments import LaunchId
from tools.omis.records import Records, as_records
from tools.omis.tasks import action_request, check_action, preview_steps, query_steps, settle_steps
from tools.omis.verbs import DELETE, EXTEND, LAUNCH, PAUSE, RESUME, TERMINATE, Verb
from tools.operation import (
    Action,
    PagedParams,
    Params,
    Preview,
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


def _result(
    verb: Verb, reply: Reply, params: LaunchParams | RiskyLaunchParams, around: Surroundings
) -> LaunchActionResult:
    note = check_action(LAUNCH, verb, params.launch_id, reply, around)
    return LaunchActionResult(launch_id=params.launch_id, action=verb.name, accepted=True, note=note)


def _risky(verb: Verb, risk: Risk, description: str) -> Action[RiskyLaunchParams, LaunchActionResult]:
    def build(params: RiskyLaunchParams, around: Surroundings) -> Request:
        return action_request(LAUNCH, verb, params.launch_id, around)

    def parse(reply: Reply, params: RiskyLaunchParams, around: Surroundings) -> LaunchActionResult:
        return _result(verb, reply, params, around)

    def preview(params: RiskyLaunchParams, around: Surroundings) -> Steps[Preview]:
        return preview_steps(LAUNCH, verb, params.launch_id, around)

    def settle(params: RiskyLaunchParams, around: Surroundings) -> Steps[bool | None]:
        return settle_steps(LAUNCH, verb, params.launch_id, around)

    return Action(
        name=f"{verb.name}_launch",
        title=f"{verb.name.capitalize()} a launch",
        description=description,
        toolset="launches",
        vendor="omis",
        section=f"OMIS TaskManager, LaunchAction {verb.number}",
        risk=risk,
        params=RiskyLaunchParams,
        result=LaunchActionResult,
        build=build,
        parse=parse,
        preview=preview,
        settle=settle,
    )


query_launch = Query(
    name="query_launch",
    title="Look up a launch",
    description="Show an OMIS launch and its jobs, with states in words. Use query_job for one job alone.",
    toolset="launches",
    vendor="omis",
    section="OMIS TaskManager, LaunchID",
    risk=Risk.READ,
    params=QueryLaunchParams,
    result=Records,
    steps=_query,
)

pause_launch = Action(
    name="pause_launch",
    title="Pause a launch",
    description="Pause an OMIS launch: sending stops until resume_launch. What was sent stays sent.",
    toolset="launches",
    vendor="omis",
    section="OMIS TaskManager, LaunchAction 3",
    risk=Risk.CHANGE,
    params=LaunchParams,
    result=LaunchActionResult,
    build=lambda params, around: action_request(LAUNCH, PAUSE, params.launch_id, around),
    parse=lambda reply, params, around: _result(PAUSE, reply, params, around),
    settle=lambda params, around: settle_steps(LAUNCH, PAUSE, params.launch_id, around),
)

extend_launch = Action(
    name="extend_launch",
    title="Extend a launch's deadline",
    description="Set a later tracking deadline for an OMIS launch. It sends nothing and costs nothing.",
    toolset="launches",
    vendor="omis",
    section="OMIS TaskManager, LaunchAction 5",
    risk=Risk.CHANGE,
    params=ExtendLaunchParams,
    result=LaunchActionResult,
    build=_extend,
    parse=lambda reply, params, around: _result(EXTEND, reply, params, around),
)

LAUNCH_OPERATIONS = (
    query_launch,
    pause_launch,
    _risky(
        RESUME,
        Risk.SPEND,
        "Resume a paused OMIS launch: sending goes on and costs points. A person must approve.",
    ),
    _risky(
        TERMINATE,
        Risk.DESTROY,
        "Terminate an OMIS launch for good; pause_launch can be undone. A person must approve.",
    ),
    _risky(
        DELETE,
        Risk.DESTROY,
        "Delete an OMIS launch and its record, for good. To only stop sending, use pause_launch. "
        "A person must approve.",
    ),
    extend_launch,
)
"""Every operation on launches."""
