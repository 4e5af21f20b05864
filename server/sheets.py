"""Tables as files for spreadsheets: CSV and XLSX, row by row, in which no cell is ever run.

Whoever replied or filled in a form wrote some of the cells, and a spreadsheet runs what begins as a formula
does (CWE-1236). In CSV such a cell gets an apostrophe in front; in XLSX every text is stored as a text.
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from decimal import Decimal
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO, Protocol

from xlsxwriter import Workbook  # pyright: ignore[reportMissingTypeStubs] - typed within, not marked so
from xlsxwriter.exceptions import FileCreateError  # pyright: ignore[reportMissingTypeStubs] - as above
from xlsxwriter.worksheet import Worksheet  # pyright: ignore[reportMissingTypeStubs] - as above

from tools.export_desk import Cell, Form, Phone
from tools.mobile import as_dest

_FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]|[\t\r\n]")
"""Full-width signs too: spreadsheets of East Asia take them for the narrow ones."""
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
"""What XML cannot hold, and no program shows."""
_TAIWANESE = re.compile(r"09\d{8}", re.ASCII)
_MOST_ROWS = 1_048_576
_MOST_CHARACTERS = 32_767
"""A sheet's rows and a cell's characters, by the limits of XLSX."""
_AS_TEXT: dict[str, Any] = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}


class Sheet(Protocol):
    """A file that rows are written into. Everything blocks, so call it in a thread."""

    def add(self, rows: Iterable[Sequence[Cell]]) -> int:
        """Write rows; how many they were."""
        ...

    def close(self) -> None:
        """Write what is left; the file itself stays open.

        Raises:
            OSError: it cannot be written.
        """
        ...

    def end(self) -> None:
        """Let go of what was kept aside, also of a sheet that was never closed."""
        ...


def sheet_of(form: Form, file: BinaryIO, heading: Sequence[str]) -> Sheet:
    """A new sheet of this form in an empty file, with its heading."""
    return CsvSheet(file, heading) if form == "csv" else XlsxSheet(file, heading)


class CsvSheet:
    """UTF-8 with a byte order mark and CRLF, every cell in quotation marks: what Excel opens by itself."""

    def __init__(self, file: BinaryIO, heading: Sequence[str]) -> None:
        self._text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=True)
        self._writer = csv.writer(self._text, quoting=csv.QUOTE_ALL)
        self._writer.writerow([_guarded(_plain(name)) for name in heading])

    def add(self, rows: Iterable[Sequence[Cell]]) -> int:
        """Write rows; how many they were."""
        count = 0
        for row in rows:
            self._writer.writerow([_csv_cell(cell) for cell in row])
            count += 1
        return count

    def close(self) -> None:
        """Write what is left."""
        self._text.flush()

    def end(self) -> None:
        """Let go of the file."""
        with suppress(OSError, ValueError):
            self._text.detach()


class XlsxSheet:
    """A workbook, with as many sheets as the rows need."""

    def __init__(self, file: BinaryIO, heading: Sequence[str]) -> None:
        # Rows wait in a file until the end: in a folder that goes whatever happens, since numbers are in it.
        self._aside = TemporaryDirectory(prefix="campaign-ops-export-")
        self._book = Workbook(file, {**_AS_TEXT, "tmpdir": self._aside.name})
        self._book.use_zip64()
        self._closed = False
        self._heading = [_plain(name) for name in heading]
        self._sheet, self._row = self._new_sheet()

    def add(self, rows: Iterable[Sequence[Cell]]) -> int:
        """Write rows; how many they were."""
        count = 0
        for row in rows:
            if self._row == _MOST_ROWS:
                self._sheet, self._row = self._new_sheet()
            for column, cell in enumerate(row):
                _write(self._sheet, self._row, column, cell)
            self._row += 1
            count += 1
        return count

    def close(self) -> None:
        """Write the file: until now the rows were aside."""
        self._closed = True
        try:
            self._book.close()
        except FileCreateError as error:
            raise OSError(error) from None

    def end(self) -> None:
        """Let go of the rows that were aside; the library only does so by writing them."""
        with suppress(OSError, ValueError):
            if not self._closed:
                self.close()
        self._aside.cleanup()

    def _new_sheet(self) -> tuple[Worksheet, int]:
        sheet: Worksheet = self._book.add_worksheet()  # pyright: ignore[reportUnknownMemberType] - as above
        for column, name in enumerate(self._heading):
            sheet.write_string(0, column, name[:_MOST_CHARACTERS])
        return sheet, 1


def _write(sheet: Worksheet, row: int, column: int, cell: Cell) -> None:
    if cell is None or cell == "":
        return
    if isinstance(cell, int | Decimal):
        sheet.write_number(row, column, float(cell))
    else:
        text = as_dest(cell) if isinstance(cell, Phone) else _plain(cell)
        sheet.write_string(row, column, text[:_MOST_CHARACTERS])


def _csv_cell(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, Phone):
        return _csv_number(as_dest(cell))
    return _guarded(_plain(str(cell)))


def _csv_number(number: str) -> str:
    """In groups: otherwise a spreadsheet takes it for a figure, and the 0 in front is gone."""
    grouped = f"{number[:4]}-{number[4:7]}-{number[7:]}" if _TAIWANESE.fullmatch(number) else number
    return _guarded(_plain(grouped))


def _plain(text: str) -> str:
    return _UNWRITABLE.sub("\ufffd", text.replace("\r\n", "\n"))


def _guarded(text: str) -> str:
    return f"'{text}" if _FORMULA.match(text) else text
