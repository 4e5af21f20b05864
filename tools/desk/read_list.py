"""A list of recipients in a file: what it holds and what is wrong with it, without a row of it leaving."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field

from tools.counting import many
from tools.desk.list_notes import MOST_NAMES, list_notes, places
from tools.desk_operation import Desk, DeskOperation
from tools.list_desk import ListAsked, ListFound
from tools.lists.masking import mask_value
from tools.lists.reasons import Reason
from tools.lists.tally import Tally
from tools.operation import Params, Result, Risk
from tools.personal_fields import FIELDS
from tools.sentence import sentence
from tools.values import CELLS, MobileNumber, OutsideText, without

_NO_LENGTH, _NO_COUNT = without("maxLength"), without("maxItems")
Column = Annotated[str, Field(max_length=80, json_schema_extra=_NO_LENGTH)]
"""A column by its heading or letter."""


class ReadListParams(Params):
    """Which list, and which of its columns."""

    file: Annotated[str, Field(max_length=255, description="File name.", json_schema_extra=_NO_LENGTH)]
    sheet: Annotated[Column, Field(description="Sheet name.")] = ""
    mobile: Annotated[
        list[Column], Field(max_length=4, description="Number column.", json_schema_extra=_NO_COUNT)
    ] = Field(default=[])
    fields: Annotated[
        list[Column], Field(max_length=FIELDS, description="Text columns.", json_schema_extra=_NO_COUNT)
    ] = Field(default=[])
    consent: Annotated[Column, Field(description="Must say yes.")] = ""
    include_hidden: Annotated[bool, Field(description="Hidden rows too.")] = False


class NotTexted(Result):
    """Rows that get no text for one reason: the first ten, as the spreadsheet numbers them."""

    reason: Reason
    count: int
    rows: str


class SampleRow(Result):
    """A row that is texted, its values masked."""

    row: int
    mobile: MobileNumber
    fields: Annotated[list[OutsideText], CELLS]


class ReadListResult(Result):
    """What a list comes to, the conclusion first. Names of columns are an outsider's words."""

    conclusion: str
    rows: int
    recipients: int
    abroad: int | None = None
    """They cost three times as much."""
    not_texted: list[NotTexted]
    notes: list[str]
    read_as: str
    sheet: OutsideText | None = None
    columns: list[OutsideText]
    mobile: list[OutsideText]
    other_number_columns: list[OutsideText] | None = None
    consent_columns: list[OutsideText] | None = None
    other_sheets: list[OutsideText] | None = None
    hidden_sheets: list[OutsideText] | None = None
    hidden_columns: list[OutsideText] | None = None
    sample: list[SampleRow]
    sha256: str
    """Of the file: a campaign is planned for exactly this content."""


async def _read(params: ReadListParams, desk: Desk) -> ReadListResult:
    asked = ListAsked(
        file=params.file,
        sheet=params.sheet,
        mobile=params.mobile,
        fields=params.fields,
        consent=params.consent,
        include_hidden=params.include_hidden,
    )
    found = await desk.lists.read(asked)
    tally = found.tally
    return ReadListResult(
        conclusion=_conclusion(tally),
        rows=tally.rows,
        recipients=tally.recipients,
        abroad=tally.abroad or None,
        not_texted=_not_texted(tally),
        notes=list_notes(found, consent=bool(params.consent)),
        read_as=_read_as(found),
        sheet=found.sheet or None,
        columns=list(found.columns[:MOST_NAMES]),
        mobile=list(found.mobile),
        other_number_columns=_some(found.other_numbers),
        consent_columns=None if params.consent else _some(found.consents),
        other_sheets=_some(found.other_sheets),
        hidden_sheets=_some(found.hidden_sheets),
        hidden_columns=_some(found.hidden_columns),
        sample=[
            SampleRow(row=each.row, mobile=each.mobile, fields=[mask_value(value) for value in each.fields])
            for each in tally.samples
        ],
        sha256=found.sha256,
    )


def _conclusion(tally: Tally) -> str:
    left = tally.rows - tally.recipients
    return f"{tally.recipients} of {many(tally.rows, 'row')} can be texted; {left} cannot. Nothing was sent."


def _not_texted(tally: Tally) -> list[NotTexted]:
    """The most frequent reason first."""
    found = sorted(tally.reasons.items(), key=lambda each: (-each[1].count, each[0]))
    return [NotTexted(reason=reason, count=rows.count, rows=places(rows)) for reason, rows in found]


def _some(names: Sequence[str]) -> list[str] | None:
    return list(names[:MOST_NAMES]) or None


def _read_as(found: ListFound) -> str:
    heading = f"heading in row {found.heading_row}" if found.heading_row else "no heading: columns by letter"
    return f"{found.form}, {heading}"


READ_LIST = DeskOperation(
    name="read_list",
    title="Check a recipient list",
    description=(
        "Check recipients in a customer list (CSV or Excel XLSX spreadsheet): which are wrong or "
        "broken, how many valid mobile numbers, duplicates, landlines. 檢查客戶名單檔案裡有幾個號碼：有"
        "效、格式不對、重複、市話。"
    ),
    toolset="desk",
    vendor=None,
    serves="every8d",
    section=sentence("ours: the campaigns"),
    risk=Risk.READ,
    params=ReadListParams,
    result=ReadListResult,
    run=_read,
)
