"""Files: delivery, replies and OMIS's reports, whole; and pictures of what was summed up."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from functools import partial
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from tools.counting import many
from tools.desk.delivery_chart import delivery_chart
from tools.desk.insight import summary_of
from tools.desk.statement import month_statement
from tools.desk.statement_chart import statement_chart
from tools.desk_operation import Desk, DeskOperation
from tools.every8d.batches import BatchId
from tools.export_desk import NOTHING_TO_EXPORT, Cell, Exported, Form, Phone
from tools.insight_desk import Chosen
from tools.omis.report_columns import Columns, Event
from tools.omis.report_events import told_by
from tools.omis.report_look import Found, look_for
from tools.omis.report_sums import ReadRow, read_events
from tools.omis.report_tables import WorkbookRows, table_rows
from tools.omis.report_target import ReportTarget
from tools.omis.report_ties import Tie
from tools.omis.report_types import REPORT_TYPES, ReportType
from tools.omis.report_words import undecided
from tools.operation import Params, Result, Risk
from tools.problems import Problem, RefusedError
from tools.sentence import sentence
from tools.taipei import iso
from tools.values import DayArgument

_DAYS = 30
_HEADING = (
    "mobile",
    "email",
    "name",
    "event",
    "at",
    "sent_at",
    "link",
    "code",
    "status",
    "status_class",
    "machine",
)


class ExportParams(Params):
    """What to write into a file."""

    what: Annotated[
        Literal["delivery", "report", "replies", "points"], Field(description="points: a month's; png.")
    ]
    file: Annotated[Form | Literal["png"], Field(description="png: of delivery or points.")] = "csv"
    batch_id: Annotated[BatchId | None, Field(description="absent: newest.")] = None
    day: Annotated[DayArgument | None, Field(description="absent: any.")] = None
    report_id: Annotated[ReportTarget | None, Field(description="For report; or absent.")] = None
    report_type: Annotated[ReportType | None, Field(description="absent: the only one.")] = None

    @model_validator(mode="after")
    def _fitting(self) -> Self:
        of_report, of_batches = self.report_id or self.report_type, self.batch_id or self.day
        if self.batch_id and self.day:
            raise ValueError(sentence("batch_id and day exclude each other: give one of them."))
        if self.batch_id and self.what == "points":
            raise ValueError(sentence("points are a month's: give a day of it, or none for this month."))
        if (self.what == "points") > (self.file == "png"):
            raise ValueError(sentence("points go with file: png."))
        if self.file == "png" and self.what not in ("delivery", "points"):
            raise ValueError(sentence("png draws delivery and points alone."))
        if self.what == "report" and (self.report_id is None or of_batches):
            raise ValueError(sentence("report needs report_id, and takes neither batch_id nor day."))
        if self.what != "report" and of_report:
            raise ValueError(sentence("report_id and report_type go with report."))
        return self


class ExportResult(Result):
    """A file that was written. What is in it stands in the file alone; `uri` and `size` are the link's."""

    conclusion: str
    name: str
    uri: Annotated[str, Field(exclude=True)]
    size: Annotated[int, Field(exclude=True)]


async def _export(params: ExportParams, desk: Desk) -> ExportResult:
    if params.file == "png":
        return await _drawn(params, desk)
    exported = await _written(params, params.file, desk)
    reduced = exported.reduced_batches
    left_out = (
        f" Without rows, since counts alone are kept: {many(reduced, 'batch', 'batches')}." if reduced else ""
    )
    return ExportResult(
        conclusion=f"{many(exported.rows, 'row')} saved, numbers and addresses whole.{left_out}",
        name=exported.name,
        uri=exported.uri,
        size=exported.size,
    )


async def _drawn(params: ExportParams, desk: Desk) -> ExportResult:
    """The picture of what the tools answer: its conclusion is the same sentence."""
    if params.what == "points":
        statement = await month_statement(f"{params.day:%Y-%m}" if params.day else "", desk)
        conclusion, empty = statement.conclusion, not statement.sends and not statement.days
        drawn = None if empty else await desk.exports.picture("points", partial(statement_chart, statement))
    else:
        summary = await summary_of(_chosen(params), desk)
        conclusion, empty = summary.conclusion, not summary.counts
        drawn = None if empty else await desk.exports.picture("delivery", partial(delivery_chart, summary))
    if drawn is None:
        raise RefusedError(NOTHING_TO_EXPORT)
    english = " Its words are English: no font of this machine has Chinese." if drawn.in_english else ""
    return ExportResult(
        conclusion=f"Chart saved.{english} {conclusion}", name=drawn.name, uri=drawn.uri, size=drawn.size
    )


def _chosen(params: ExportParams) -> Chosen:
    return Chosen(batch_id=params.batch_id or "", day=params.day)


async def _written(params: ExportParams, form: Form, desk: Desk) -> Exported:
    if params.report_id is not None:
        return await _report(params.report_id, params, form, desk)
    chosen = _chosen(params)
    if params.what == "delivery":
        return await desk.exports.delivery(chosen, form)
    if chosen.newest:
        chosen = Chosen(since=desk.surroundings.now - timedelta(days=_DAYS))
    return await desk.exports.replies(chosen, form)


async def _report(report_id: str, params: ExportParams, form: Form, desk: Desk) -> Exported:
    found = await desk.query(look_for(report_id, params.report_type, desk.surroundings))
    if isinstance(found, Tie):
        raise RefusedError(
            Problem(
                code="ambiguous",
                message=f"Nothing was saved. {undecided(len(found.reports))}",
                next="read_report lists them.",
            )
        )
    type_id = found.record.get("reporttypeid", "")
    columns, rows = await desk.aside(lambda: _rows_of(found, desk.workbook_rows))
    # Only a number of note 1 gets into the file's name: the vendor's text stays out of it.
    stem = f"report-{type_id if type_id in REPORT_TYPES else 'all'}"
    return await desk.exports.rows(stem, form, [*_HEADING, *columns.other], rows)


def _rows_of(found: Found, workbook_rows: WorkbookRows) -> tuple[Columns, Iterator[Sequence[Cell]]]:
    told = told_by(found.record.get("reporttypeid", ""))
    columns, rows = read_events(table_rows(found.content(), workbook_rows), told)
    return columns, (_row(row, told.event) for row in rows)


def _row(row: ReadRow, event: str) -> Sequence[Cell]:
    cells = row.event
    return (
        None if cells.mobile is None else Phone(cells.mobile),
        cells.email,
        cells.name,
        event,
        *_times(cells),
        cells.link,
        cells.code,
        cells.status,
        row.status_class,
        "yes" if row.machine else None,
        *cells.other,
    )


def _times(cells: Event) -> tuple[Cell, Cell]:
    at, sent_at = (None if moment is None else iso(moment) for moment in (cells.at, cells.sent_at))
    return at, sent_at


EXPORT_RECORDS = DeskOperation(
    name="export_records",
    title="Export to a file",
    description=(
        "Export all sends, a report or replies to Excel or a CSV spreadsheet; or a chart (PNG). 匯出、"
        "做成 Excel、CSV，畫圖：失敗名單、報表。"
    ),
    toolset="desk",
    vendor=None,
    section=sentence("ours: the records"),
    risk=Risk.READ,
    params=ExportParams,
    result=ExportResult,
    run=_export,
)
