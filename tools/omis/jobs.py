"""Jobs (寄送) of OMIS: document 001, JobID and JobAction."""

from tools.omis.arguments import JobId
from tools.omis.find_jobs import find_jobs
from tools.omis.records import Records, as_records
from tools.omis.tasks import query_steps
from tools.omis.twins import Kind, act
from tools.omis.verbs import DELETE, JOB, PAUSE, RESTART, RESUME, TERMINATE
from tools.operation import (
    PagedParams,
    Params,
    Query,
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


def _accepted(job_id: str, action: str, note: str) -> JobActionResult:
    return JobActionResult(job_id=job_id, action=action, accepted=True, note=note)


_BRAKED = Kind(
    thing=JOB,
    toolset="jobs",
    params=JobParams,
    id_of=lambda params: params.job_id,
    result=JobActionResult,
    accepted=_accepted,
)
_RISKY = Kind(
    thing=JOB,
    toolset="jobs",
    params=RiskyJobParams,
    id_of=lambda params: params.job_id,
    result=JobActionResult,
    accepted=_accepted,
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

pause_job = act(
    _BRAKED,
    PAUSE,
    Risk.CHANGE,
    "Pause an OMIS job: sending stops until resume_job. What was sent stays sent.",
)

JOB_OPERATIONS = (
    query_job,
    find_jobs,
    pause_job,
    act(
        _RISKY,
        RESUME,
        Risk.SPEND,
        "Resume a paused OMIS job: sending goes on and costs points. A person must approve.",
    ),
    act(
        _RISKY,
        TERMINATE,
        Risk.DESTROY,
        "Terminate an OMIS job for good; pause_job can be undone. A person must approve.",
    ),
    act(
        _RISKY,
        DELETE,
        Risk.DESTROY,
        "Delete an OMIS job and its record, for good. To only stop sending, use pause_job. "
        "A person must approve.",
    ),
    act(
        _RISKY,
        RESTART,
        Risk.SPEND,
        "Restart an OMIS job that stopped for lack of points, after a top-up. Sending costs points; "
        "a person must approve.",
    ),
)
"""Every operation on jobs."""
