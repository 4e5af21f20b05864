"""Lists of 100,000 rows, each row judged with two texted fields, against a bare pass of their reader.

The bare pass of a CSV is Python's `csv`; that of a workbook is our own pass over its XML without any rule.
All figures are processor time, that of the stall too: how long the event loop's turn did not come while this
process had a core. The quickest of some runs counts.
"""

import asyncio
import csv
import gc
import io
import time
import zipfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.rows import Measured, Row, least
from server.campaigns.reading import ListReading, ListWanted
from server.campaigns.xlsx_package import Package
from server.campaigns.xlsx_sheet import SheetRows
from server.campaigns.xlsx_workbook import Workbook
from server.settings.settings import ListsSettings
from tools.lists.columns import Wanted

CSV = Row(measure="rows of a CSV judged a second", unit="/s", bar=50_000, more_is_better=True)
XLSX = Row(measure="rows of an XLSX judged a second", unit="/s", bar=40_000, more_is_better=True)
STALL = Row(measure="longest stall of the loop while a workbook is read", unit="ms", bar=20.0)
ROWS = (CSV, XLSX, STALL)
_MANY, _RUNS, _TICK = 100_000, 5, 0.001
_FIELDS = Wanted(fields=("姓名", "金額"))
_RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def measure() -> Iterator[Measured]:
    """All rows."""
    with TemporaryDirectory() as folder:
        text, book = Path(folder) / "a.csv", Path(folder) / "a.xlsx"
        text.write_text("姓名,手機,金額\n" + "".join(map(_line, range(_MANY))), encoding="utf-8")
        book.write_bytes(_book())
        yield _rate(CSV, partial(_judged, text), partial(_bare_csv, text))
        yield _rate(XLSX, partial(_judged, book), partial(_bare_book, book))
        # As the server does once its parts are open.
        gc.freeze()
        yield STALL.at(1000 * min(asyncio.run(_stall(book)) for _ in range(_RUNS)))


def _line(number: int) -> str:
    return f"測試{number},09{number:08d},{number % 700}\n"


def _rate(row: Row, ours: Callable[[], int], bare: Callable[[], int]) -> Measured:
    took, floor = least(ours, _RUNS), least(bare, _RUNS)
    return row.at(_MANY / took, f"{floor / took:.2f} of the bare pass ({_MANY / floor:,.0f}/s)")


def _judged(path: Path) -> int:
    with path.open("rb") as file:
        reading = ListReading(file, ListWanted(columns=_FIELDS), ListsSettings())
        return sum(map(len, reading.slices()))


def _bare_csv(path: Path) -> int:
    with path.open(encoding="utf-8", newline="") as file:
        return sum(1 for _ in csv.reader(file))


def _bare_book(path: Path) -> int:
    with path.open("rb") as file:
        workbook = Workbook(Package(file))
        return sum(1 for _ in SheetRows(workbook, workbook.sheets[0]).rows())


async def _stall(path: Path) -> float:
    longest = 0.0

    async def beat() -> None:
        nonlocal longest
        while True:
            began = time.process_time()
            await asyncio.sleep(_TICK)
            longest = max(longest, time.process_time() - began)

    beating = asyncio.create_task(beat())
    with path.open("rb") as file:
        opened = partial(ListReading, file, ListWanted(columns=_FIELDS), ListsSettings())
        slices = (await asyncio.to_thread(opened)).slices()
        while await asyncio.to_thread(next, slices, ()):
            pass
    beating.cancel()
    return longest


def _book() -> bytes:
    def cells(row: int, name: str, mobile: str, amount: str) -> str:
        texts = "".join(
            f'<c r="{column}{row}" t="inlineStr"><is><t>{text}</t></is></c>'
            for column, text in (("A", name), ("B", mobile))
        )
        return f'<row r="{row}">{texts}<c r="C{row}">{amount}</c></row>'

    rows = [cells(n + 2, f"測試{n}", f"09{n:08d}", f"<v>{n % 700}</v>") for n in range(_MANY)]
    heading = cells(1, "姓名", "手機", "<v>0</v>").replace(
        '<c r="C1"><v>0</v>', '<c r="C1" t="str"><v>金額</v>'
    )
    sheets = f'<sheets xmlns:r="{_RELATED}"><sheet name="L" r:id="s"/></sheets>'
    parts = {
        "_rels/.rels": _related("officeDocument", "r", "xl/workbook.xml"),
        "xl/workbook.xml": f"<workbook>{sheets}</workbook>",
        "xl/_rels/workbook.xml.rels": _related("worksheet", "s", "s.xml"),
        "xl/s.xml": f"<worksheet><sheetData>{heading}{''.join(rows)}</sheetData></worksheet>",
    }
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as made:
        for name, part in parts.items():
            made.writestr(name, part)
    return content.getvalue()


def _related(kind: str, key: str, target: str) -> str:
    return f'<R><Relationship Id="{key}" Type="{_RELATED}/{kind}" Target="{target}"/></R>'
