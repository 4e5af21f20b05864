"""Actions on reports: Options 2, 3 and 1000 of document 000."""

from typing import Annotated

from pydantic import Field

from tools.omis.answers import About, check_accepted, read_groups
from tools.omis.arguments import ReportId
from tools.omis.codes import DEADLINE_PASSED
from tools.omis.report_queries import list_steps, types_steps
from tools.omis.report_requests import Period, Refresh, manage, refresh_fields
from tools.omis.report_types import ReportTypes
from tools.operation import (
    Action,
    Params,
    Preview,
    Reply,
    Request,
    Result,
    Risk,
    RiskyParams,
    Steps,
    Surroundings,
)
from tools.problems import RefusedError
from tools.sentence import Sentence, sentence
from tools.taipei import dashed

_QUEUED = "Queued; the answer says nothing about when it ends. list_updating_reports shows what still runs."
_NOT_DELETED = "Nothing was deleted."
_NOT_REFRESHED = "Nothing was refreshed."


class DeleteReportParams(RiskyParams):
    """Which report to delete."""

    report_id: ReportId


class UpdateReportParams(Params):
    """Which types of which report to refresh."""

    report_id: ReportId
    report_types: Annotated[ReportTypes, Field(min_length=1, description="Numbers (20001) or names.")]
    refresh: Refresh = "data"


class UpdateAllReportsParams(Period, RiskyParams):
    """The period whose reports are all refreshed."""

    report_types: ReportTypes = Field(default=[], description="Numbers or names; none: every type.")
    refresh: Refresh = "data"


class ReportActionResult(Result):
    """An action on reports that OMIS accepted; `report_id` is None when it was about all of a period."""

    report_id: str | None
    action: str
    accepted: bool
    note: str = ""


def _check(reply: Reply, around: Surroundings, report_id: str | None, nothing: str) -> None:
    about = About(name="reportjobid", value=report_id) if report_id else About()
    groups = read_groups(reply, around.omis, "ManageReport", nothing=nothing)
    check_accepted(groups, "ManageReport", about, nothing=nothing)


def _delete(params: DeleteReportParams, around: Surroundings) -> Request:
    return manage(2, around, {"ReportJobID": params.report_id})


def _deleted(reply: Reply, params: DeleteReportParams, around: Surroundings) -> ReportActionResult:
    _check(reply, around, params.report_id, _NOT_DELETED)
    return ReportActionResult(report_id=params.report_id, action="delete", accepted=True)


def _delete_preview(params: DeleteReportParams, around: Surroundings) -> Steps[Preview]:
    try:
        answer = yield from types_steps(params.report_id, around)
        types = sorted({group["reporttypeid"] for group in answer.records if "reporttypeid" in group})
        state = {"types": ",".join(types)}
    except RefusedError as refused:
        if refused.problem.vendor_code != str(DEADLINE_PASSED):
            raise
        # Only its refreshing has ended; the report is there, and can still be deleted.
        state = {"tracking": "ended"}
    return Preview(
        effect=sentence("Delete a report of OMIS"),
        nothing=_NOT_DELETED,
        target=params.report_id,
        warnings=(sentence("The report disappears with all its types and cannot be brought back."),),
        state=state,
    )


def _update(params: UpdateReportParams, around: Surroundings) -> Request:
    fields = refresh_fields(params.refresh, params.report_types)
    return manage(3, around, {"ReportJobID": params.report_id} | fields)


def _updated(reply: Reply, params: UpdateReportParams, around: Surroundings) -> ReportActionResult:
    _check(reply, around, params.report_id, _NOT_REFRESHED)
    return ReportActionResult(report_id=params.report_id, action="refresh", accepted=True, note=_QUEUED)


def _update_all(params: UpdateAllReportsParams, around: Surroundings) -> Request:
    return manage(1000, around, params.fields() | refresh_fields(params.refresh, params.report_types))


def _updated_all(reply: Reply, params: UpdateAllReportsParams, around: Surroundings) -> ReportActionResult:
    _check(reply, around, None, _NOT_REFRESHED)
    return ReportActionResult(report_id=None, action="refresh all", accepted=True, note=_QUEUED)


def _update_all_preview(params: UpdateAllReportsParams, around: Surroundings) -> Steps[Preview]:
    answer = yield from list_steps(params, around)
    reports = "unknown" if answer.content else str(len(answer.records))
    return Preview(
        effect=sentence("Refresh all reports of a period on OMIS"),
        nothing=_NOT_REFRESHED,
        target="all-reports",
        warnings=(
            _scope(params),
            sentence("Use rarely: the vendor says that it loads its database, and it cannot be stopped."),
        ),
        destroyed=None if answer.content else len(answer.records) or None,
        state={"reports": reports},
    )


def _scope(params: UpdateAllReportsParams) -> Sentence:
    start, end = dashed(params.start), dashed(params.end)
    if not params.report_types:
        return sentence("From {start} to {end}, Taipei time. Every type of report.", start=start, end=end)
    types = ", ".join(params.report_types)
    return sentence(
        "From {start} to {end}, Taipei time. The types {types}.", start=start, end=end, types=types
    )


delete_report = Action(
    name="delete_report",
    title="Delete a report",
    description="Delete (remove, get rid of) an OMIS report, irreversibly. 刪除、移除單一報表。",
    toolset="reports",
    vendor="omis",
    section="OMIS ManageReport, Option 2",
    risk=Risk.DESTROY,
    params=DeleteReportParams,
    result=ReportActionResult,
    build=_delete,
    parse=_deleted,
    preview=_delete_preview,
)

update_report = Action(
    name="update_report",
    title="Refresh a report",
    description=(
        "Queue a refresh (update) of a single OMIS report to its latest data; list_updating_reports "
        "tells when it is ready. 更新單一報表：更新報表到最新數據。"
    ),
    toolset="reports",
    vendor="omis",
    section="OMIS ManageReport, Option 3",
    risk=Risk.CHANGE,
    params=UpdateReportParams,
    result=ReportActionResult,
    build=_update,
    parse=_updated,
)

update_all_reports = Action(
    name="update_all_reports",
    title="Refresh all reports of a period",
    description=(
        "Queue a refresh of every OMIS report of a period. Use rarely: a heavy load on OMIS. 大量更新："
        "區間內所有報表全部更新、重跑。"
    ),
    toolset="reports",
    vendor="omis",
    section="OMIS ManageReport, Option 1000",
    risk=Risk.DESTROY,
    params=UpdateAllReportsParams,
    result=ReportActionResult,
    build=_update_all,
    parse=_updated_all,
    preview=_update_all_preview,
)
