"""LaunchAction and JobAction (001_): which states allow them, and what they change."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

from server.sandbox.omis.answers import Node, OmisError, record
from server.sandbox.omis.times import parse_time
from server.sandbox.state.accounts import Manager
from server.sandbox.state.omis_records import OUT_OF_POINTS, PAUSED, TERMINATED, Job, Launch, Task
from server.sandbox.world import World

_DELETE, _TERMINATE, _PAUSE, _RESUME, _FIFTH = "1", "2", "3", "4", "5"
_RUNNING_LAUNCH = (2, 3)
_RUNNING_JOB = (2, 3, 4, 5, 6, 7)
_PAUSABLE_LAUNCH = (1, 2, 3)
_PAUSABLE_JOB = (1, 2, 3, 4, 5, 6, 7)
_AFTER_RESTART = ((timedelta(seconds=10), 6), (timedelta(seconds=60), 8))


def act_on_launch(world: World, launch: Launch, action: str, expire_time: str) -> Node | None:
    """Do a LaunchAction; what is left of a deleted launch is returned. Raises OmisError 112 or 114."""
    if action == _FIFTH:
        _extend(world, launch, expire_time)
        return None
    if not _allowed(launch, action, running=_RUNNING_LAUNCH, pausable=_PAUSABLE_LAUNCH):
        raise OmisError(112, "Invalid LaunchAction")
    jobs = [job for job in world.jobs.values() if job.launch_id == launch.launch_id]
    if action == _DELETE:
        del world.launches[launch.launch_id]
        for job in jobs:
            del world.jobs[job.job_id]
        return record("LAUNCH", LAUNCHID=launch.launch_id)
    _change(launch, action)
    for job in jobs:
        if _allowed(job, action, running=_RUNNING_JOB, pausable=_PAUSABLE_JOB):
            _change(job, action)
    return None


def act_on_job(world: World, manager: Manager, job: Job, action: str) -> Node | None:
    """Do a JobAction; what is left of a deleted job is returned. Raises OmisError 113."""
    if action == _FIFTH:
        _restart(world, manager, job)
        return None
    if not _allowed(job, action, running=_RUNNING_JOB, pausable=_PAUSABLE_JOB):
        raise OmisError(113, "Invalid JobAction")
    if action == _DELETE:
        del world.jobs[job.job_id]
        return record("JOB", JOBID=job.job_id, LAUNCHID=job.launch_id)
    _change(job, action)
    return None


def _allowed(task: Task, action: str, *, running: tuple[int, ...], pausable: tuple[int, ...]) -> bool:
    """Our reading: the documents name codes, not states. What runs must be ended before it is deleted."""
    well = task.error_code == 0
    return {
        _DELETE: not (well and task.status in running),
        _TERMINATE: not task.finished and task.error_code != TERMINATED,
        _PAUSE: well and task.status in pausable,
        _RESUME: task.error_code == PAUSED,
    }.get(action, False)


def _change(task: Task, action: str) -> None:
    task.error_code = {_TERMINATE: TERMINATED, _PAUSE: PAUSED, _RESUME: 0}[action]
    task.error_text = ""


def _extend(world: World, launch: Launch, expire_time: str) -> None:
    if launch.error_code == TERMINATED:
        raise OmisError(112, "Invalid LaunchAction")
    moment = parse_time(expire_time)
    if moment is None or moment <= world.clock.now():
        raise OmisError(114, "Invalid expire time")
    launch.expires = moment


def _restart(world: World, manager: Manager, job: Job) -> None:
    if job.error_code != OUT_OF_POINTS or manager.points < job.points:
        raise OmisError(113, "Invalid JobAction")
    manager.points -= job.points
    job.points = Decimal(0)
    job.status, job.error_code, job.error_text = 1, 0, ""
    now = world.clock.now()
    for after, status in _AFTER_RESTART:
        world.clock.at(now + after, _mover(job, status))


def _mover(job: Job, status: int) -> Callable[[datetime], None]:
    def move(_: datetime) -> None:
        if job.error_code == 0:
            job.status = status

    return move
