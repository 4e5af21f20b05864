"""Waits for reports that are being refreshed: OMIS never says which one is ready, only which are not."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field

from tools.desk_operation import Desk, DeskOperation
from tools.omis.answers import Answer, read_answer
from tools.omis.arguments import ReportId
from tools.omis.groups import Group
from tools.omis.report_finding import of_report, report_id_of
from tools.omis.report_requests import manage
from tools.omis.report_types import REPORT_TYPES
from tools.operation import Params, Result, Risk, Steps, Surroundings, one
from tools.sentence import sentence
from tools.values import OutsideText
from tools.wire.errors import UnreadableReply

_SHOWN = 10
_XML = 1


class WatchReportsParams(Params):
    """Which report to wait for."""

    report_id: Annotated[ReportId | None, Field(description="absent: every one.")] = None


class UpdatingReport(Result):
    """A report that OMIS still refreshes."""

    report_id: OutsideText
    report_type_id: OutsideText | None
    report_type: str | None


class WatchReportsResult(Result):
    """What is still refreshed; nothing once all of it is ready."""

    conclusion: str
    updating: list[UpdatingReport]


class _Watch:
    """One call's waiting: what is waited for, and whether it was ever seen."""

    def __init__(self, report_id: str | None) -> None:
        self._report_id = report_id
        self.seen = False

    def left(self, answer: Answer) -> Sequence[Group]:
        """The records of what is still refreshed."""
        if self._report_id is None:
            return answer.records
        return of_report(answer.records, self._report_id)

    def is_ready(self, answer: Answer) -> bool:
        """Whether nothing is refreshed any more."""
        left = self.left(answer)
        self.seen = self.seen or bool(left)
        return not left

    def progress(self, answer: Answer | None) -> str:
        """What is told meanwhile."""
        if answer is None:
            return "OMIS has not answered yet."
        return f"Still being refreshed: {len(self.left(answer))}."

    def conclusion(self, answer: Answer | None) -> str:
        """How the waiting ended."""
        if answer is None:
            return "OMIS did not answer in this call's time: call watch_reports again to go on waiting."
        if left := self.left(answer):
            return f"{len(left)} still being refreshed: call watch_reports again to go on waiting."
        if self.seen:
            return "Ready: OMIS has finished the refresh. read_report reads it."
        return "OMIS lists no such refresh: it has ended, or it has not begun yet."


def _updating(around: Surroundings) -> Steps[Answer]:
    """What is refreshed now (Option 4).

    Raises:
        RefusedError: OMIS refused.
        UnreadableReply: a report's content came in place of the list.
    """
    answer = read_answer((yield from one(manage(4, around, mode=_XML))), around.omis, "ManageReport")
    if answer.content:
        raise UnreadableReply("A list of reports was expected, and a report's content came.")
    return answer


async def _watch(params: WatchReportsParams, desk: Desk) -> WatchReportsResult:
    watch = _Watch(params.report_id)
    answer = await desk.watch(lambda: _updating(desk.surroundings), watch.is_ready, watch.progress)
    left = () if answer is None else watch.left(answer)
    return WatchReportsResult(
        conclusion=watch.conclusion(answer),
        updating=[_shown(record) for record in left[:_SHOWN]],
    )


def _shown(record: Group) -> UpdatingReport:
    type_id = record.get("reporttypeid")
    return UpdatingReport(
        report_id=report_id_of(record),
        report_type_id=type_id,
        report_type=REPORT_TYPES.get(type_id) if type_id else None,
    )


watch_reports = DeskOperation(
    name="watch_reports",
    title="Wait for reports",
    description="Wait until a refreshed OMIS report is ready, then notify. 等報表跑完、更新好通知我。",
    toolset="reports",
    vendor="omis",
    section=sentence("ours: the records and OMIS's reports"),
    risk=Risk.READ,
    params=WatchReportsParams,
    result=WatchReportsResult,
    run=_watch,
)
