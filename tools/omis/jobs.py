"""Jobs (寄送) of OMIS: document 001, JobID and JobAction."""

from tools.omis.arguments import JobId
from tools.omis.find_jobs import find_jobs
from tools.omis.records import Records, as_records
from tools.omis.tasks import action_request, check_action, preview_steps, query_steps, settle_steps
from tools.omis.verbs import DELETE, JOB, PAUSE, RESTART, RESUME, TERMINATE, Verb
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


class QueryJobParams(PagedParams):
    """Which job to look at."""

    job_id: JobId


class JobParams(Params):
    """Which job to act on."""

    job_id: JobId


class RiskyJobParams(RiskyParams):
    """Which job to act on, when a person has to agree."""

    job_id: JobId


class JobActionResult(Result):
    """An action on a job that OMIS accepted."""

    job_id: str
    action: str
    accepted: bool
    note: str = ""


def _query(params: QueryJobParams, around: Surroundings) -> Steps[Records]:
    return as_records((yield from query_steps(JOB, params.job_id, around)), "job", params)


def _result(
    verb: Verb, reply: Reply, params: JobParams | RiskyJobParams, around: Surroundings
) -> JobActionResult:
    note = check_action(JOB, verb, params.job_id, reply, around)
    return JobActionResult(job_id=params.job_id, action=verb.name, accepted=True, note=note)


def _risky(verb: Verb, risk: Risk, description: str) -> Action[RiskyJobParams, JobActionResult]:
    def build(params: RiskyJobParams, around: Surroundings) -> Request:
        return action_request(JOB, verb, params.job_id, around)

    def parse(reply: Reply, params: RiskyJobParams, around: Surroundings) -> JobActionResult:
        return _result(verb, reply, params, around)

    def preview(params: RiskyJobParams, around: Surroundings) -> Steps[Preview]:
        return preview_steps(JOB, verb, params.job_id, around)

    def settle(params: RiskyJobParams, around: Surroundings) -> Steps[bool | None]:
        return settle_steps(JOB, verb, params.job_id, around)

    return Action(
        name=f"{verb.name}_job",
        title=f"{verb.name.capitalize()} a job",
        description=description,
        toolset="jobs",
        vendor="omis",
        section=f"OMIS TaskManager, JobAction {verb.number}",
        risk=risk,
        params=RiskyJobParams,
        result=JobActionResult,
        build=build,
        parse=parse,
        preview=preview,
        settle=settle,
    )


query_job = Query(
    name="query_job",
    title="Look up a job",
    description="Show an OMIS job and its launch, with states in words. Without a job id, use find_jobs.",
    toolset="jobs",
    vendor="omis",
    section="OMIS TaskManager, JobID",
    risk=Risk.READ,
    params=QueryJobParams,
    result=Records,
    steps=_query,
)

pause_job = Action(
    name="pause_job",
    title="Pause a job",
    description="Pause an OMIS job: sending stops until resume_job. What was sent stays sent.",
    toolset="jobs",
    vendor="omis",
    section="OMIS TaskManager, JobAction 3",
    risk=Risk.CHANGE,
    params=JobParams,
    result=JobActionResult,
    build=lambda params, around: action_request(JOB, PAUSE, params.job_id, around),
    parse=lambda reply, params, around: _result(PAUSE, reply, params, around),
    settle=lambda params, around: settle_steps(JOB, PAUSE, params.job_id, around),
)

JOB_OPERATIONS = (
    query_job,
    find_jobs,
    pause_job,
    _risky(
        RESUME,
        Risk.SPEND,
        "Resume a paused OMIS job: sending goes on and costs points. A person must approve.",
    ),
    _risky(
        TERMINATE,
        Risk.DESTROY,
        "Terminate an OMIS job for good; pause_job can be undone. A person must approve.",
    ),
    _risky(
        DELETE,
        Risk.DESTROY,
        "Delete an OMIS job and its record, for good. To only stop sending, use pause_job. "
        "A person must approve.",
    ),
    _risky(
        RESTART,
        Risk.SPEND,
        "Restart an OMIS job that stopped for lack of points, after a top-up. Sending costs points; "
        "a person must approve.",
    ),
)
"""Every operation on jobs."""
