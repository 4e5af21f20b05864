"""The lists that are measured, and a bare pass of the reader of each."""

import csv
import io
import zipfile
from pathlib import Path

from server.campaigns.xlsx_package import Package
from server.campaigns.xlsx_sheet import SheetRows
from server.campaigns.xlsx_workbook import Workbook

MANY = 100_000
_RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def write_lists(folder: Path) -> tuple[Path, Path]:
    """A CSV and a workbook of so many people, each with a name and an amount."""
    text, book = folder / "a.csv", folder / "a.xlsx"
    text.write_text("姓名,手機,金額\n" + "".join(map(_line, range(MANY))), encoding="utf-8")
    book.write_bytes(_book())
    return text, book


def _line(number: int) -> str:
    return f"測試{number},09{number:08d},{number % 700}\n"


def bare_csv(path: Path) -> int:
    """The rows of the CSV, by Python's own reader."""
    with path.open(encoding="utf-8", newline="") as file:
        return sum(1 for _ in csv.reader(file))


def bare_book(path: Path) -> int:
    """The rows of the workbook, by our pass over its XML without any rule."""
    with path.open("rb") as file:
        workbook = Workbook(Package(file))
        return sum(1 for _ in SheetRows(workbook, workbook.sheets[0]).rows())


def _book() -> bytes:
    def cells(row: int, name: str, mobile: str, amount: str) -> str:
        texts = "".join(
            f'<c r="{column}{row}" t="inlineStr"><is><t>{text}</t></is></c>'
            for column, text in (("A", name), ("B", mobile))
        )
        return f'<row r="{row}">{texts}<c r="C{row}">{amount}</c></row>'

    rows = [cells(n + 2, f"測試{n}", f"09{n:08d}", f"<v>{n % 700}</v>") for n in range(MANY)]
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
