"""The states of a launch and of a job in words: 任務狀態說明 and 寄送狀態說明 of document 001."""

from tools.omis.codes import PAUSED, TERMINATED

UNKNOWN = "unknown"

_FINISHED = 0
_WAITING = 1
_LAUNCH_RANGE = range(4)
_JOB_RANGE = range(9)
_LAUNCH = {2: "starting", 3: "started", 99: "waiting for approval"}
_JOB = {
    1: "waiting to be sent",
    2: "preparing the content",
    3: "preparing the links",
    4: "preparing the list",
    5: "preparing the list",
    6: "sending",
    7: "sending",
    8: "tracking",
}

MOVING = frozenset({*_JOB.values(), "starting", "started"})
"""States that follow one another by themselves while something is being sent."""


def launch_status(status: int | None, error: int | None, launch_count: int | None) -> str:
    """STATUS, ERRORCODE and LAUNCHCOUNT of a launch, in the words of the document's table.

    A combination that the table does not have is `unknown`. Without an ERRORCODE the conditions on it do
    not hold, so STATUS 0 alone is not `finished`.
    """
    by_error = _by_error(error, applies=status is None or status in _LAUNCH_RANGE)
    if by_error:
        return by_error
    if status == _FINISHED and error == 0:
        return "finished"
    if status == _WAITING and launch_count is not None:
        return "waiting for the next start" if launch_count > 0 else "waiting to start"
    return _LAUNCH.get(status, UNKNOWN) if status is not None else UNKNOWN


def job_status(status: int | None, error: int | None) -> str:
    """STATUS and ERRORCODE of a job, in the words of the document's table; else `unknown`."""
    by_error = _by_error(error, applies=status is None or status in _JOB_RANGE)
    if by_error:
        return by_error
    if status == _FINISHED and error == 0:
        return "finished"
    return _JOB.get(status, UNKNOWN) if status is not None else UNKNOWN


def _by_error(error: int | None, *, applies: bool) -> str | None:
    if error is None or not applies:
        return None
    if error > 0:
        return "error"
    return {TERMINATED: "terminated", PAUSED: "paused"}.get(error)


def status_table() -> dict[str, list[dict[str, str]]]:
    """Both tables with their conditions, for people and models to look up."""
    waiting = [
        {"condition": "STATUS 1, LAUNCHCOUNT <= 0", "status": "waiting to start"},
        {"condition": "STATUS 1, LAUNCHCOUNT > 0", "status": "waiting for the next start"},
    ]
    return {
        "launches": [*_error_rows(_LAUNCH_RANGE), *waiting, *_rows(_LAUNCH)],
        "jobs": [*_error_rows(_JOB_RANGE), *_rows(_JOB)],
    }


def _error_rows(statuses: range) -> list[dict[str, str]]:
    within = f"STATUS {statuses[0]} to {statuses[-1]}, ERRORCODE"
    return [
        {"condition": "STATUS 0, ERRORCODE 0", "status": "finished"},
        {"condition": f"{within} {TERMINATED}", "status": "terminated"},
        {"condition": f"{within} {PAUSED}", "status": "paused"},
        {"condition": f"{within} > 0", "status": "error"},
    ]


def _rows(words: dict[int, str]) -> list[dict[str, str]]:
    return [{"condition": f"STATUS {status}", "status": text} for status, text in words.items()]
