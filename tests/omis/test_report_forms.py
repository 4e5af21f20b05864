"""read_report: a report that came as a workbook or a ZIP has rows like any other; a PDF has none."""

import io
import zipfile
from collections.abc import Callable, Sequence
from datetime import datetime
from hashlib import sha1

import pytest
from xlsxwriter import Workbook  # pyright: ignore[reportMissingTypeStubs] - typed within, not marked so

from tests.omis.driving import FakeDesk
from tests.omis.test_read_report import ProposingDesk, listing, read
from tools.omis import report_zip
from tools.operation import Reply
from tools.problems import RefusedError
from tools.taipei import iso
from tools.wire.errors import UnreadableReply

TABLE = [
    ["Email", "OpenTime", "SendTime"],
    ["a@x.tw", "2026-03-01 10:00:30", "2026-03-01 10:00:00"],
    ["b@x.tw", "2026-03-01 10:00:05", "2026-03-01 10:00:00"],
]
CSV = "\n".join(",".join(row) for row in TABLE).encode()
REMOVALS = {"REPORTJOBID": 7, "REPORTTYPEID": 31003}


def xlsx(table: Sequence[Sequence[object]], *, hidden_first: bool = False) -> bytes:
    file = io.BytesIO()
    book = Workbook(file, {"default_date_format": "yyyy/m/d h:mm:ss"})
    if hidden_first:
        note = book.add_worksheet("note")  # pyright: ignore[reportUnknownMemberType] - as above
        note.write_string(0, 0, "not the report")
    sheet = book.add_worksheet("report")  # pyright: ignore[reportUnknownMemberType] - as above
    sheet.activate()
    if hidden_first:
        note = book.worksheets()[0]
        note.hide()
    for at, row in enumerate(table):
        sheet.write_row(at, 0, row)  # pyright: ignore[reportUnknownMemberType] - as above
    sheet.set_row(2, None, None, {"hidden": True})
    book.close()
    return file.getvalue()


def zipped(*files: tuple[str, bytes], way: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", way) as package:
        for name, content in files:
            package.writestr(name, content)
    return file.getvalue()


def encrypted() -> bytes:
    body = bytearray(zipped(("a.csv", CSV)))
    for mark, flags in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        body[body.find(mark) + flags] |= 1
    return bytes(body)


def desk(body: bytes, report: dict[str, object] | None = None) -> ProposingDesk:
    return ProposingDesk(listing(report or {"REPORTJOBID": 7}), Reply(status=200, body=body))


AS_DATES = [
    TABLE[0],
    *([row[0], *(datetime.fromisoformat(cell) for cell in row[1:])] for row in TABLE[1:]),
]
FORMS: dict[str, Callable[[], bytes]] = {
    "csv": lambda: CSV,
    "xlsx": lambda: xlsx(TABLE),
    "xlsx behind a hidden sheet": lambda: xlsx(TABLE, hidden_first=True),
    "xlsx with dates": lambda: xlsx(AS_DATES),
    "zip of csv": lambda: zipped(("報表.csv", CSV)),
    "zip of xlsx": lambda: zipped(
        ("out/", b""), ("out/a.xlsx", xlsx(TABLE)), ("__MACOSX/._a", b"x"), ("out/.ds", b"")
    ),
}
NO_TABLES: dict[str, Callable[[], bytes]] = {
    "a PDF, which has no rows": lambda: b"%PDF-1.7 rows",
    "a workbook of Excel before 2007": lambda: b"\xd0\xcf\x11\xe0" + bytes(600),
    "a ZIP of 2 files": lambda: zipped(("a.csv", CSV), ("b.csv", CSV)),
    "a ZIP within a ZIP": lambda: zipped(("a.zip", zipped(("a.csv", CSV)))),
    "a PDF": lambda: zipped(("a.pdf", b"%PDF-1.7")),
    "a password": encrypted,
    "packed in an unusual way": lambda: zipped(("a.csv", CSV), way=zipfile.ZIP_LZMA),
    "damaged": lambda: zipped(("a.csv", CSV))[:-30],
}


@pytest.mark.parametrize("form", FORMS)
async def test_the_same_rows_are_read_from_whatever_form_they_came_in(form: str) -> None:
    found = await read(desk(FORMS[form]()), "7")
    assert found.conclusion.startswith("Opened: 2 recipients, 2 times in all; 1 within 10 s of sending")
    assert [(row.email, iso(row.at), row.machine) for row in found.rows] == [
        ("a@x.tw", "2026-03-01T10:00:30+08:00", None),
        ("b@x.tw", "2026-03-01T10:00:05+08:00", True),
    ]


@pytest.mark.parametrize("said", NO_TABLES)
async def test_what_has_no_rows_is_said_and_the_file_can_still_be_saved(said: str) -> None:
    with pytest.raises(RefusedError) as refused:
        await read(desk(NO_TABLES[said]()), "7")
    problem = refused.value.problem
    assert (problem.code, "download_report" in problem.next) == ("no_table", True)
    assert said in problem.message


async def test_a_zip_that_grows_beyond_measure_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report_zip, "_MOST", 1_000_000)
    with pytest.raises(RefusedError, match="too large"):
        await read(desk(zipped(("a.csv", b"a,b\n" * 1_000_000))), "7")


@pytest.mark.parametrize("at", [0.3, 0.9])
async def test_a_damaged_workbook_is_no_crash(at: float) -> None:
    body = bytearray(xlsx(TABLE))
    middle = int(len(body) * at)
    body[middle : middle + 40] = bytes(40)
    with pytest.raises((UnreadableReply, RefusedError)):
        await read(desk(bytes(body)), "7")


LONG = 16_000
"""Rows with such addresses are more than a megabyte, which is the opening that a preview is made of."""


def address(number: int) -> str:
    return f"{sha1(str(number).encode(), usedforsecurity=False).hexdigest()}@example.com"


def long_csv() -> bytes:
    rows = [f"{address(n)},09{10_000_000 + n:08d},2026-03-01 10:00:00" for n in range(LONG)]
    return "\n".join(["Email,手機,移除時間", *rows]).encode()


def long_xlsx() -> bytes:
    rows = [[address(n), f"09{10_000_000 + n:08d}", "2026-03-01 10:00:00"] for n in range(LONG)]
    return xlsx([["Email", "手機", "移除時間"], *rows])


def long_zip() -> bytes:
    return zipped(("a.csv", long_csv()))


@pytest.mark.parametrize("made", [long_csv, long_xlsx, long_zip])
async def test_removals_are_proposed_from_the_whole_report(made: Callable[[], bytes]) -> None:
    of = desk(made(), {**REMOVALS})
    found = await read(of, "7")
    assert f"{LONG} mobile numbers are proposed" in found.note
    assert (of.proposed[0], of.proposed[-1]) == ("+886910000000", f"+8869{10_000_000 + LONG - 1}")
    assert isinstance(of, FakeDesk)
