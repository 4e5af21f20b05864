"""Which report belongs to a launch or a job: no document ties them, so it is said how sure a tie is.

An id in the report's record is proof. Else the names must be the same, and the times must allow it. Where
several reports are left, nobody chooses among them.
"""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from tools.omis.answers import About
from tools.omis.groups import Group
from tools.omis.report_columns import report_time
from tools.omis.report_finding import refused, report_id_of
from tools.omis.tasks import NAMES, query_steps
from tools.omis.verbs import JOB, LAUNCH, Thing
from tools.operation import Steps, Surroundings
from tools.problems import RefusedError

_BEGINNINGS = ("start", "send", "sent", "create", "book", "schedule")
"""What the name of a time has in it that says when a job or launch began; a deadline has none of them."""
_OF_A_REPORT = ("reportname", *NAMES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A launch or a job, by what a report can be known to belong to it."""

    thing: Thing
    value: str
    launch_id: str
    names: tuple[str, ...]
    began: datetime | None
    jobs: int
    """How many jobs its launch has; 0 where OMIS did not say."""


@dataclass(frozen=True, slots=True)
class Tie:
    """The reports that can be meant, and how each is tied to what was asked for."""

    reports: Mapping[str, tuple[Group, ...]]
    """The records of each report by its id."""
    how: str


def task_steps(thing: Thing, value: str, around: Surroundings) -> Steps[Task]:
    """Look the launch or job up, and of a job also its launch, for the name and the other jobs.

    Raises:
        RefusedError: OMIS has no such launch or job.
    """
    groups = (yield from query_steps(thing, value, around)).records
    own = [group for group in groups if About(name=thing.id_field.lower(), value=value).includes(group)]
    launch_id = value if thing is LAUNCH else next((g["launchid"] for g in groups if "launchid" in g), "")
    if thing is JOB and launch_id:
        groups = (*groups, *(yield from query_steps(LAUNCH, launch_id, around)).records)
    # The launch's other jobs have names of their own.
    whole = groups if thing is LAUNCH else [group for group in groups if "jobid" not in group]
    return Task(
        thing=thing,
        value=value,
        launch_id=launch_id,
        names=_names(own) or _names(whole),
        began=min(_beginnings(own), default=None) or min(_beginnings(whole), default=None),
        jobs=len({group["jobid"] for group in groups if "jobid" in group}),
    )


def _names(groups: Iterable[Group]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_plain(group[name]) for group in groups for name in NAMES if name in group))


def tied(records: Sequence[Group], task: Task) -> Tie:
    """The reports that can be the task's. The ids decide where there are any."""
    noun = task.thing.noun
    own = task.thing.id_field.lower()
    if exact := _reports(each for each in records if each.get(own, "").casefold() == task.value.casefold()):
        return Tie(exact, f"sure: OMIS names the {noun} in the report.")
    by_launch = _reports(
        each for each in records if task.launch_id and each.get("launchid") == task.launch_id
    )
    if by_launch:
        return Tie(by_launch, f"likely: OMIS names the job's launch in the report.{_siblings(task)}")
    named = _reports(each for each in records if _is_named(each, task.names) and not _is_older(each, task))
    timed = " and none of its times is before the beginning" if task.began else ""
    return Tie(named, f"likely: the report has the {noun}'s or its launch's name{timed}.{_siblings(task)}")


def no_report(task: Task) -> RefusedError:
    """None can be the task's."""
    why = "no report of the last year has its name" if task.names else "OMIS gives it no name to go by"
    return refused(
        "not_found", f"No report was found for the {task.thing.noun}: {why}.", "Choose one with list_reports."
    )


def _siblings(task: Task) -> str:
    if task.thing is LAUNCH or task.jobs <= 1:
        return ""
    return f" The launch has {task.jobs} jobs: the report may count all of them."


def _reports(records: Iterable[Group]) -> dict[str, tuple[Group, ...]]:
    found: dict[str, tuple[Group, ...]] = {}
    for record in records:
        if report_id := report_id_of(record):
            found[report_id] = (*found.get(report_id, ()), record)
    return found


def _plain(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def _is_named(record: Group, names: Sequence[str]) -> bool:
    """Whether a report is called so, alone or with more behind it: `九月電子報 Email 開啟報表`."""
    return any(
        _begins(_plain(record[field]), name) for field in _OF_A_REPORT if field in record for name in names
    )


def _begins(called: str, name: str) -> bool:
    following = called.removeprefix(name)
    return bool(name) and called.startswith(name) and not following[:1].isalnum()


def _is_older(record: Group, task: Task) -> bool:
    """Whether all that happened to the report was before the task began."""
    times = [moment for value in record.values() if (moment := report_time(value.strip()))]
    return task.began is not None and bool(times) and max(times) < task.began


def _beginnings(groups: Iterable[Group]) -> Iterable[datetime]:
    for group in groups:
        for name, value in group.items():
            if any(part in name for part in _BEGINNINGS) and (moment := report_time(value)):
                yield moment
