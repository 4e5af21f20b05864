"""A report as rows: who opened, clicked, bounced, removed themselves, or got the text; sums first."""

import math
from functools import partial
from itertools import islice
from typing import Annotated

from pydantic import Field

from tools.desk_operation import Desk, DeskOperation
from tools.omis.groups import Group
from tools.omis.report_content import Content
from tools.omis.report_events import told_by
from tools.omis.report_look import Found, look_for
from tools.omis.report_removals import propose_removed
from tools.omis.report_sums import ReadRow, Sums, read_events
from tools.omis.report_tables import WorkbookRows, table_rows
from tools.omis.report_target import ReportTarget
from tools.omis.report_ties import Tie
from tools.omis.report_types import ReportType
from tools.omis.report_words import concluded, noted, undecided
from tools.operation import PagedParams, Result, Risk
from tools.sentence import sentence
from tools.values import CELLS, EmailAddress, MobileNumber, OutsideText, PersonName, Table, Timestamp
from tools.wire.errors import UnreadableReply

_MOST_DAYS, _MOST_LINKS, _MOST_CODES, _MOST_REPORTS = 10, 5, 5, 10


class ReadReportParams(PagedParams):
    """Which report."""

    report_id: ReportTarget
    report_type: Annotated[ReportType | None, Field(description="20003 or name; absent: the only one.")] = (
        None
    )


class LinkSum(Result):
    """How often a link was followed, and by how many recipients, where they are known."""

    link: Annotated[OutsideText, CELLS]
    total: int
    unique: int | None


class CodeSum(Result):
    """How often a code came, with its class."""

    code: Annotated[OutsideText, CELLS]
    status_class: str | None
    total: int


class ReportSums(Result):
    """A report's figures. `unique`: different recipients; `people`: of these, who is not a machine alone."""

    unique: int | None
    machines: int | None
    people: int | None
    days: dict[str, int] | None
    links: list[LinkSum] | None
    codes: list[CodeSum] | None


class ListedReport(Result):
    """A report that could be meant."""

    report_id: OutsideText
    name: Annotated[OutsideText | None, CELLS]
    report_types: list[OutsideText]


class ReportRow(Result):
    """One row. `other`: the cells of the columns that we do not know, in the order of `other_columns`."""

    mobile: MobileNumber | None
    email: EmailAddress | None
    name: PersonName | None
    event: str | None
    at: Timestamp | None
    sent_at: Timestamp | None
    link: Annotated[OutsideText | None, CELLS]
    code: Annotated[OutsideText | None, CELLS]
    status: Annotated[OutsideText | None, CELLS]
    status_class: str | None
    machine: bool | None
    other: Annotated[list[OutsideText], CELLS]


class ReadReportResult(Result):
    """A page of a report's rows, the conclusion first; or the reports that could be meant."""

    conclusion: str
    report_id: OutsideText | None = None
    sums: ReportSums | None = None
    reports: list[ListedReport] | None = None
    """Where several could be meant: none was read."""
    other_columns: Annotated[list[OutsideText] | None, CELLS] = None
    total: int = 0
    page: int
    pages: int = 0
    rows: Annotated[list[ReportRow], Table()] = Field(default_factory=list[ReportRow])
    note: str = ""


async def _run(params: ReadReportParams, desk: Desk) -> ReadReportResult:
    found = await desk.query(look_for(params.report_id, params.report_type, desk.surroundings))
    if isinstance(found, Tie):
        return ReadReportResult(
            conclusion=undecided(len(found.reports)),
            reports=[_listed(*each) for each in islice(found.reports.items(), _MOST_REPORTS)],
            page=params.page,
            note=found.how,
        )
    content, read = await desk.aside(partial(_read, found, params, desk.workbook_rows))
    removed = await propose_removed(found.record.get("reporttypeid"), content, desk)
    return read.model_copy(update={"note": " ".join(filter(None, (read.note, removed)))})


def _listed(report_id: str, records: tuple[Group, ...]) -> ListedReport:
    first = records[0]
    return ListedReport(
        report_id=report_id,
        name=first.get("reportname"),
        report_types=[record["reporttypeid"] for record in records if "reporttypeid" in record],
    )


def _read(
    found: Found, params: ReadReportParams, workbook_rows: WorkbookRows
) -> tuple[Content, ReadReportResult]:
    content = found.content()
    told = told_by(found.record.get("reporttypeid", ""))
    columns, rows = read_events(table_rows(content, workbook_rows), told)
    sums, start = Sums(), (params.page - 1) * params.page_size
    kept: list[ReadRow] = []
    broken = False
    try:
        for place, row in enumerate(rows):
            sums.add(row)
            if start <= place < start + params.page_size:
                kept.append(row)
    except UnreadableReply:
        broken = True
    result = ReadReportResult(
        conclusion=concluded(told, sums, recipients="recipient" in columns.places),
        report_id=found.report_id,
        sums=_sums(sums, recipients="recipient" in columns.places),
        other_columns=[*columns.other] or None,
        total=sums.total,
        page=params.page,
        pages=math.ceil(sums.total / params.page_size),
        rows=[_row(row, told.event) for row in kept],
        note=noted(told, sums, columns, how=found.how, broken=broken),
    )
    return content, result


def _sums(sums: Sums, *, recipients: bool) -> ReportSums:
    """The newest days, the links and codes that came most often."""
    days = sorted(day for day in sums.days if day)[-_MOST_DAYS:]
    links = [(link, count) for link, count in sums.links.most_common(_MOST_LINKS + 1) if link]
    codes = [each for each in sums.codes.most_common(_MOST_CODES + 1) if each[0][0]]
    return ReportSums(
        unique=sums.unique if recipients else None,
        machines=sums.machines if sums.timed else None,
        people=sums.people if recipients and sums.timed else None,
        days={day: sums.days[day] for day in days} or None,
        links=[
            LinkSum(link=link, total=count, unique=sums.link_recipients[link] if recipients else None)
            for link, count in links[:_MOST_LINKS]
        ]
        or None,
        codes=[
            CodeSum(code=code, status_class=kind, total=count) for (code, kind), count in codes[:_MOST_CODES]
        ]
        or None,
    )


def _row(row: ReadRow, event: str) -> ReportRow:
    cells = row.event
    return ReportRow(
        mobile=cells.mobile,
        email=cells.email,
        name=cells.name,
        event=event or None,
        at=cells.at,
        sent_at=cells.sent_at,
        link=row.link or None,
        code=cells.code,
        status=cells.status,
        status_class=row.status_class,
        machine=row.machine or None,
        other=[*cells.other],
    )


read_report = DeskOperation(
    name="read_report",
    title="Read a report",
    description=(
        "Show the results of an OMIS report (EDM, newsletter): how many opened, open rate, clicked, "
        "bounced, unsubscribed. 報表：電子報成效、開信率、點擊、退信多少。"
    ),
    toolset="reports",
    vendor="omis",
    section=sentence("ours: the records and OMIS's reports"),
    risk=Risk.READ,
    params=ReadReportParams,
    result=ReadReportResult,
    run=_run,
)
