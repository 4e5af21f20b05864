"""Files for spreadsheets: whole numbers in the file and none in the answer, and no cell that is run."""

import csv
import io
import json
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from tempfile import gettempdir
from xml.etree import ElementTree as ET
from zipfile import ZipFile

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from mcp.shared.exceptions import MCPError

from server.batches import exporting
from server.files import Files
from server.gate import export_desk
from server.sheets import CsvSheet, XlsxSheet
from server.store import exporting as store_exporting
from server.store.audit import export
from tests.batches.inbox import answered
from tests.batches.test_summaries import FREE, MIXED, sent, summary
from tests.e2e.house import Facts, House, Session, Told
from tests.gate.servers import fronted
from tests.gate.test_front_owning import TOKENS, Acting, acting_as
from tools.export_desk import Cell, Phone
from tools.mobile import normalise_mobile

__all__ = ["acting_as"]

REPORT = {"what": "report", "report_id": "9002", "report_type": "click_download"}
FORMULAS = [
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(1)",
    "\t=1",
    "\r=1",
    "\n=1",
    " =1+1",
    "＝1+1",
    '=HYPERLINK("http://x","y")',
]


def folder(house: House) -> Path:
    return house.folder / "store" / "reports"


def files(house: House) -> list[Path]:
    return (
        sorted(each for each in folder(house).rglob("*") if each.is_file()) if folder(house).exists() else []
    )


def rows_of_csv(content: bytes) -> list[dict[str, str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.count(b"\n") == content.count(b"\r\n")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def cells_of_xlsx(content: bytes) -> Iterator[tuple[str, str]]:
    """Each cell's kind and what it shows."""
    name = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    with ZipFile(io.BytesIO(content)) as book:
        sheet = ET.fromstring(book.read("xl/worksheets/sheet1.xml"))  # noqa: S314 - our own file
        for cell in sheet.iter(f"{name}c"):
            assert cell.find(f"{name}f") is None, "a formula"
            yield cell.get("t", "n"), "".join(cell.itertext())


async def audit_of(session: Session) -> list[Facts]:
    assert session.parts is not None
    lines = await session.parts.store.read(lambda conn: [*export(conn)])
    return [json.loads(line) for line in lines]


async def test_delivery_is_a_csv_with_whole_numbers_of_which_the_answer_shows_none(house: House) -> None:
    async with fronted(house, policy=FREE) as session:
        batch_id = (await sent(house, session))["batch_id"]
        await summary(session, batch_id=batch_id, refresh=True)
        told = await session.told("export_records", {"what": "delivery", "batch_id": batch_id})
        audit = await audit_of(session)
    (file,) = files(house)
    rows = rows_of_csv(file.read_bytes())
    assert sorted(normalise_mobile(row["mobile"]) for row in rows) == sorted(map(normalise_mobile, MIXED))
    assert {row["mobile"] for row in rows if row["status_code"] == "103"} == {"0912-345-103"}
    assert {(row["status_class"], row["told_by"]) for row in rows} == {
        ("delivered", "delivery query"),
        ("failed_retryable", "delivery query"),
        ("failed_permanent", "delivery query"),
    }
    assert told.facts == {
        "conclusion": "6 rows saved, numbers and addresses whole.",
        "name": file.name,
    }
    (link,) = told.links
    assert (str(link.uri), link.name) == (f"campaign-ops://reports/{file.name}", file.name)
    assert link.size == file.stat().st_size
    assert file.stat().st_mode & 0o777 == 0o600
    (line,) = (each for each in audit if "exported" in str(each))
    assert f"6 rows: {file.name}" in str(line)


async def test_replies_are_text_in_a_workbook_whatever_they_begin_with(house: House) -> None:
    async with fronted(house, policy=FREE) as session:
        await sent(house, session)
        for mobile, text in zip(MIXED, FORMULAS, strict=False):
            await answered(house, mobile, text)
        await session.facts("get_reply_summary", {"refresh": True})
        await session.facts("export_records", {"what": "replies", "file": "xlsx"})
    (file,) = files(house)
    cells = [*cells_of_xlsx(file.read_bytes())]
    assert {kind for kind, _ in cells} == {"inlineStr"}
    shown = {text for _, text in cells}
    assert {"=1+1", "@SUM(1)", *MIXED} <= shown


async def test_what_is_read_in_parts_holds_every_row_once_on_either_engine(
    house: House, store_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (exporting, store_exporting):
        monkeypatch.setattr(module, "PART", 2)
    async with fronted(house, policy=FREE, store={"url": store_url}) as session:
        await sent(house, session)
        for mobile in MIXED:
            await answered(house, mobile, "好")
        await session.facts("get_reply_summary", {"refresh": True})
        for what in ("delivery", "replies"):
            await session.facts("export_records", {"what": what})
    assert len(files(house)) == 2
    for file in files(house):
        numbers = [normalise_mobile(row["mobile"]) for row in rows_of_csv(file.read_bytes())]
        assert sorted(numbers) == sorted(map(normalise_mobile, MIXED))


async def test_a_report_is_exported_whole_and_its_formula_is_no_formula_any_more(house: House) -> None:
    async with fronted(house) as session:
        await session.facts("export_records", REPORT)
    (file,) = files(house)
    rows = rows_of_csv(file.read_bytes())
    assert [row["email"] for row in rows] == [
        "customer1@example.com",
        "customer2@example.com",
        "customer2@example.com",
    ]
    assert rows[0]["link"] == "https://shop.example/spring?member=0"
    assert (rows[0]["machine"], rows[0]["ReportJobID"]) == ("yes", "9002")
    assert rows[1]["name"].startswith("'=HYPERLINK")


async def test_two_exports_are_two_files(house: House) -> None:
    async with fronted(house) as session:
        names = [(await session.facts("export_records", REPORT))["name"] for _ in range(2)]
    assert sorted(names) == [file.name for file in files(house)]


async def test_a_file_is_read_by_whom_it_was_written_for_and_anothers_batch_is_in_none(
    house: House, acting_as: Acting
) -> None:
    acting_as("desk")
    async with fronted(house, http=TOKENS, policy=FREE) as session:
        batch_id = (await sent(house, session))["batch_id"]
        own = await session.told("export_records", {"what": "delivery"})
        acting_as("night")
        anothers = await session.problem("export_records", {"what": "delivery", "batch_id": batch_id})
        newest = await session.problem("export_records", {"what": "delivery"})
        with pytest.raises(MCPError, match="no report of this name"):
            await session.client.read_resource(own.links[0].uri)
        acting_as("desk")
        assert (await session.client.read_resource(own.links[0].uri)).contents
    assert (anothers["code"], newest["code"]) == ("nothing_to_export", "nothing_to_export")
    assert len(files(house)) == 1


async def test_what_cannot_be_exported_leaves_no_file_and_says_so(house: House) -> None:
    async with fronted(house, omis=None) as session:
        problems: list[Told] = [
            await session.told("export_records", arguments)
            for arguments in (
                {"what": "delivery"},
                {"what": "replies"},
                REPORT,
                {"what": "report"},
                {"what": "delivery", "report_id": "9002"},
            )
        ]
    assert [each.facts["code"] for each in problems] == [
        "nothing_to_export",
        "nothing_to_export",
        "no_account",
        "invalid_arguments",
        "invalid_arguments",
    ]
    assert files(house) == []


async def test_what_takes_longer_than_a_call_may_is_not_written_at_all(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export_desk, "_SECONDS", 0.0)
    async with fronted(house) as session:
        problem = await session.problem("export_records", REPORT)
    assert problem["code"] == "too_long"
    assert files(house) == []


@pytest.mark.parametrize("kind", [CsvSheet, XlsxSheet])
async def test_a_file_that_breaks_off_is_gone_and_so_is_what_was_aside(
    house: House, kind: type[CsvSheet] | type[XlsxSheet]
) -> None:
    class BreaksOffError(Exception):
        pass

    async def broken(files: Files) -> None:
        async with files.new("report", ".x") as file:
            sheet = kind(file.stream, ["x"])
            try:
                sheet.add([["0912345678"]])
                raise BreaksOffError
            finally:
                sheet.end()

    before = aside()
    async with fronted(house) as session:
        assert session.parts is not None
        with pytest.raises(BreaksOffError):
            await broken(session.parts.files)
    assert (files(house), aside()) == ([], before)


def aside() -> set[Path]:
    return {*Path(gettempdir()).glob("campaign-ops-export-*")}


TEXTS = st.one_of(
    st.text(max_size=20), st.sampled_from(FORMULAS), st.integers(-10, 10), st.just(Decimal("-1.5"))
)
NUMBERS = st.sampled_from(["+886912345678", "+819012345678", "+14155550123", "=1+1", "***", "12"]).map(Phone)


def written(kind: type[CsvSheet] | type[XlsxSheet], table: Sequence[Sequence[Cell]]) -> bytes:
    file = io.BytesIO()
    sheet = kind(file, ["a", "=b"])
    assert sheet.add(table) == len(table)
    sheet.close()
    content = file.getvalue()
    sheet.end()
    return content


@settings(max_examples=40, database=None)
@example([["\tx", "\rx"], ["\nx", " \t=x"]])
@given(st.lists(st.lists(st.one_of(TEXTS, NUMBERS, st.none()), min_size=2, max_size=4), max_size=8))
def test_no_cell_is_ever_run_and_every_number_is_read_again(table: list[list[Cell]]) -> None:
    text = written(CsvSheet, table).decode("utf-8-sig")
    read = [*csv.reader(io.StringIO(text, newline=""))]
    assert len(read) == len(table) + 1
    for cell in (cell for row in read for cell in row if cell):
        assert not cell.lstrip().startswith((*"=+-@＝＋－＠",))
        assert not cell.startswith(("\t", "\r", "\n"))
    for given_row, row in zip(table, read[1:], strict=True):
        for cell, shown in zip(given_row, row, strict=True):
            if isinstance(cell, Phone) and cell.startswith("+"):
                assert normalise_mobile(shown) == cell
    assert {kind for kind, _ in cells_of_xlsx(written(XlsxSheet, table))} <= {"inlineStr", "n"}


def test_a_workbook_of_more_rows_than_a_sheet_holds_goes_on_in_the_next(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("server.sheets._MOST_ROWS", 3)
    with ZipFile(io.BytesIO(written(XlsxSheet, [[str(n)] for n in range(5)]))) as book:
        sheets = [name for name in book.namelist() if "worksheets/sheet" in name]
    assert len(sheets) == 3
