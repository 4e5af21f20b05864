"""Queries of reports: Options 0, 4 and 1001 of document 000."""

from collections.abc import Sequence
from dataclasses import replace

from tools.omis.answers import Answer, read_answer
from tools.omis.arguments import ReportId
from tools.omis.groups import Group
from tools.omis.records import Record, Records, as_records
from tools.omis.report_requests import Period, manage
from tools.operation import PagedParams, Query, Risk, Steps, Surroundings, one
from tools.wire.errors import UnreadableReply

_UNC = "\\\\"
_UNC_NOTE = (
    "download_link is a path inside the vendor's network and useless over the Internet; "
    "the setting response_mode=1 gives HTTP links."
)
_CONTENT_NOTE = (
    "OMIS sent a report's content and no list (response_mode 2 or 3). "
    "Use download_report, or set response_mode=1."
)


class ListReportsParams(Period, PagedParams):
    """The period whose reports are listed."""


class ListUpdatingReportsParams(PagedParams):
    """Nothing but the page."""


class ListReportTypesParams(PagedParams):
    """Which report."""

    report_id: ReportId


def types_steps(report_id: str, around: Surroundings) -> Steps[Answer]:
    """The types that a report can be refreshed in (Option 1001), one record each.

    Raises:
        RefusedError: OMIS has no such report.
        UnreadableReply: the answer names no type, or is a report's content.
    """
    reply = yield from one(manage(1001, around, {"ReportJobID": report_id}))
    answer = read_answer(reply, around.omis, "ManageReport")
    if answer.content:
        raise UnreadableReply("Report types were expected, and a report's content came.")
    types = tuple(one_type for group in answer.records for one_type in _each_type(group))
    return replace(answer, records=types)


def list_steps(period: Period, around: Surroundings) -> Steps[Answer]:
    """The reports of a period (Option 0)."""
    reply = yield from one(manage(0, around, period.fields()))
    return read_answer(reply, around.omis, "ManageReport")


def _each_type(group: Group) -> list[Group]:
    """Types are a comma list in requests, so an answer may list them so as well."""
    types = [number.strip() for number in group.get("reporttypeid", "").split(",")]
    return [group | {"reporttypeid": number} for number in types if number] or [group]


def _note(records: Sequence[Record]) -> str:
    paths = any((record.download_link or "").startswith(_UNC) for record in records)
    return _UNC_NOTE if paths else ""


def _list(params: ListReportsParams, around: Surroundings) -> Steps[Records]:
    answer = yield from list_steps(params, around)
    return as_records(answer, "report", params, note=_CONTENT_NOTE if answer.content else _note)


def _updating(params: ListUpdatingReportsParams, around: Surroundings) -> Steps[Records]:
    reply = yield from one(manage(4, around))
    answer = read_answer(reply, around.omis, "ManageReport")
    return as_records(answer, "report", params, note=_CONTENT_NOTE if answer.content else _note)


def _types(params: ListReportTypesParams, around: Surroundings) -> Steps[Records]:
    answer = yield from types_steps(params.report_id, around)
    return as_records(answer, "report", params)


list_reports = Query(
    name="list_reports",
    title="List reports",
    description=(
        "Show which OMIS reports we have between two days (of a week, a month): does a report still "
        "exist, of which newsletter, ids, types, links. 列出時間區段的所有報表：有哪些報表、還在嗎、報"
        "表清單。"
    ),
    toolset="reports",
    vendor="omis",
    section="OMIS ManageReport, Option 0",
    risk=Risk.READ,
    params=ListReportsParams,
    result=Records,
    steps=_list,
)

list_updating_reports = Query(
    name="list_updating_reports",
    title="List reports being refreshed",
    description=(
        "List which OMIS reports are still being updated, in progress now; one that is gone from it "
        "has finished its refresh and is ready. 查詢目前正在更新的報表：更新完了沒。"
    ),
    toolset="reports",
    vendor="omis",
    section="OMIS ManageReport, Option 4",
    risk=Risk.READ,
    params=ListUpdatingReportsParams,
    result=Records,
    steps=_updating,
)

list_report_types = Query(
    name="list_report_types",
    title="List a report's types",
    description=(
        "List which types (kinds) an OMIS report has, to refresh it in. 查詢這份報表可以更新的種類、類型。"
    ),
    toolset="reports",
    vendor="omis",
    section="OMIS ManageReport, Option 1001",
    risk=Risk.READ,
    params=ListReportTypesParams,
    result=Records,
    steps=_types,
)
