"""Download a report: its link from Option 0 of document 000, its content from the link, a file for the user.

Decision: the link is asked for with ResponseMode 1 also when the settings say 0, since 0 yields a UNC path.
With 2 or 3 the content may come at once; it then answers for the whole period, since Option 0 takes no
report id, and the result says so.
"""

from collections.abc import Callable
from functools import partial
from typing import Annotated, Self

from pydantic import Field, model_validator

from tools.desk_operation import Desk, DeskOperation
from tools.omis.answers import dropped_note, read_answer
from tools.omis.arguments import ReportId
from tools.omis.groups import Group
from tools.omis.report_content import Content, linked_content, told_content
from tools.omis.report_finding import chosen, link_of, of_report, period
from tools.omis.report_removals import propose_removed
from tools.omis.report_requests import manage
from tools.omis.report_types import REPORT_TYPES, ReportType
from tools.operation import Params, Request, Result, Risk, Steps, Surroundings, one
from tools.sentence import sentence
from tools.values import CELLS, OutsideText, TimeArgument

_DIRECT = (2, 3)
_NOT_CHECKED = "OMIS sent content without naming a report: it may hold the whole period."


class DownloadReportParams(Params):
    """Which report, and where to look for it."""

    report_id: ReportId
    report_type: Annotated[
        ReportType | None, Field(description="Number (20001) or name; absent: its only one.")
    ] = None
    since: Annotated[TimeArgument | None, Field(description="Listed from; default 31 days ago.")] = None
    until: Annotated[TimeArgument | None, Field(description="Listed until; default now.")] = None

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.since and self.until and self.since >= self.until:
            raise ValueError(sentence("since must be before until."))
        return self


class DownloadReportResult(Result):
    """A report that was saved. `rows` counts a table's rows, the heading included; None for other content."""

    name: str
    uri: str
    size: int
    content_type: str
    report_type_id: OutsideText | None
    rows: int | None = None
    rows_preview: Annotated[list[list[OutsideText]], CELLS] = Field(default_factory=list[list[str]])
    note: str = ""


def _steps(
    params: DownloadReportParams, around: Surroundings
) -> Steps[tuple[Group | None, Callable[[], Content], str]]:
    """The listing, then the link; one exchange less when the content comes at once.

    What the content is takes a while to find out, with millions of rows: it is computed aside.
    """
    mode = around.omis.response_mode if around.omis.response_mode in _DIRECT else 1
    listed = period(around.now, params.since, params.until)
    listing = yield from one(manage(0, around, listed.fields(), mode=mode))
    answer = read_answer(listing, around.omis, "ManageReport")
    if answer.content:
        return None, partial(told_content, listing), ""
    found = chosen(of_report(answer.records, params.report_id), params.report_type)
    link = link_of(found)
    reply = yield from one(Request(vendor="omis", link=link))
    return found, partial(linked_content, reply, link), dropped_note(answer)


async def _run(params: DownloadReportParams, desk: Desk) -> DownloadReportResult:
    group, reading, dropped = await desk.query(_steps(params, desk.surroundings))
    content = await desk.aside(reading)
    type_id = (group or {}).get("reporttypeid") or params.report_type
    # Only a number of note 1 gets into the file's name: the vendor's text stays out of it.
    stem = f"report-{params.report_id}-{type_id if type_id in REPORT_TYPES else 'all'}"
    saved = await desk.save(stem, content.suffix, content.body)
    removed = await propose_removed(type_id, content, desk)
    return DownloadReportResult(
        name=saved.name,
        uri=saved.uri,
        size=saved.size,
        content_type=content.content_type,
        report_type_id=type_id,
        rows=content.rows,
        rows_preview=content.preview,
        note=" ".join(filter(None, ("" if group else _NOT_CHECKED, content.note, dropped, removed))),
    )


download_report = DeskOperation(
    name="download_report",
    title="Download a report",
    description=(
        "Download an OMIS report (save it as a CSV file) and show its first rows: e-mail opens, people "
        "who opened or clicked a newsletter, addresses that bounced, unsubscribes, failed SMS. 下載報"
        "表、匯出名單明細：電子報成效、開信率、點擊點選連結、退信。"
    ),
    toolset="reports",
    vendor="omis",
    section="OMIS ManageReport, Option 0 and DOWNLOADLINK",
    risk=Risk.READ,
    params=DownloadReportParams,
    result=DownloadReportResult,
    run=_run,
)
