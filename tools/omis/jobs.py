"""Jobs (寄送) of OMIS: document 001, JobID and JobAction."""

from tools.omis.arguments import JobId
from tools.omis.find_jobs import find_jobs
from tools.omis.records import Records, as_records
from tools.omis.tasks import query_steps
from tools.omis.twins import Kind, act
from tools.omis.verbs import DELETE, JOB, PAUSE, RESTART, RESUME, TERMINATE
from tools.operation import PagedParams, Params, Query, Result, Risk, RiskyParams, Steps, Surroundings


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
    description=(
        "Show the state (status) of an OMIS job and its launch: how far the sending is, did it finish, "
        "why it stopped, is it paused or terminated. 查詢寄送狀態：寄送進度、寄到哪、寄完了沒、為什麼停"
        "了、暫停還是終止了。"
    ),
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
    "Pause (hold) an OMIS job: stop its sending now, until resume_job. 暫停寄送：先停下。",
)

JOB_OPERATIONS = (
    query_job,
    find_jobs,
    pause_job,
    act(
        _RISKY,
        RESUME,
        Risk.SPEND,
        "Resume (continue, unpause) an OMIS job: it goes on sending and costs points. 解除暫停寄送：恢復、"
        "繼續寄送。",
    ),
    act(
        _RISKY,
        TERMINATE,
        Risk.DESTROY,
        "Terminate (abort, kill, end) an OMIS job for good, irreversibly. 終止寄送：永久結束。",
    ),
    act(
        _RISKY,
        DELETE,
        Risk.DESTROY,
        "Delete (remove) an OMIS job and its record, irreversibly. 刪除寄送、移除。",
    ),
    act(
        _RISKY,
        RESTART,
        Risk.SPEND,
        (
            "Restart an OMIS job that stopped because it ran out of points, after a top-up. Costs points. "
            "點數不足，補充點數（儲值）後重新啟動寄送。"
        ),
    ),
)
"""Every operation on jobs."""
