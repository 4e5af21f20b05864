"""The rows of a sheet, one after the other, with what a spreadsheet shows of them.

In one pass: the values, whether a row is hidden, and which values are a formula's. What the sheet says of its
own size (`dimension`) is not looked at; rows and cells without a number of their own follow the one before.
"""

from collections.abc import Generator, Iterator, Sequence

from server.campaigns.problems import DAMAGED, unreadable
from server.campaigns.xlsx_package import MOST_OF_A_SHEET, broken, feed, local, reader
from server.campaigns.xlsx_strings import Strings
from server.campaigns.xlsx_workbook import Sheet, Workbook, is_true, number_in, unescaped
from tools.lists.cells import Cell, Special
from tools.lists.columns import place_of
from tools.lists.excel_dates import Show, written_date
from tools.lists.rows import Row
from tools.problems import RefusedError
from tools.sentence import sentence

MOST_COLUMNS = 512
"""Cells further right are not looked at."""
_MOST_CELLS = 16_384
"""Of a row, in any spreadsheet."""
MOST_ROWS = 1_048_576
"""Of a sheet, empty ones among them."""
_LONGEST_NUMBER = 40
_LONGEST_TEXT = 1024 * 1024
"""Of a cell that is not at its end yet; a spreadsheet allows 32,767 characters."""
_DIGITS = "0123456789"
_TEXTS = ("inlineStr", "str")
_MOST_LETTERS = 3
"""XFD is the last column."""
FORMULA, SHARED = "formula", "shared"
"""What is noted beside a cell's own attributes: its formula, and the key of one that several cells share."""

Attributes = dict[str, str]
RawCell = tuple[Attributes, str | None]
"""A cell's attributes, and the text of its value."""


class SheetRows:
    """One sheet of a workbook, read once."""

    def __init__(self, workbook: Workbook, sheet: Sheet) -> None:
        self._workbook = workbook
        self._sheet = sheet
        self.filtered = False
        """Whether a filter chooses rows; known once all are read."""
        self.hidden_columns: set[int] = set()

    def rows(self) -> Generator[Row]:
        """The rows in their order.

        Raises:
            RefusedError: the sheet is damaged, or has more rows than any sheet has.
        """
        reading = _Reading(self, _Making(self._workbook.strings, self._workbook.dates))
        for _ in feed(reading.parser, self._workbook.package.pieces(self._sheet.part, MOST_OF_A_SHEET)):
            yield from reading.taken()


class _Reading:
    """One pass over a sheet: what expat tells becomes rows. Its methods are called for each of a million."""

    def __init__(self, sheet: SheetRows, making: "_Making") -> None:
        self.done: list[Row] = []
        self.parser = reader()
        self.parser.StartElementHandler = self._root
        self._sheet = sheet
        self._making = making
        self._hidden_by_default = False
        self._row: Attributes = {}
        self._raw: list[RawCell] = []
        self._cell: Attributes = {}
        self._value: str | None = None
        self._text: list[str] = []
        self._is_aloud = False

    def taken(self) -> Iterator[Row]:
        """The rows that are whole by now, each once.

        Raises:
            RefusedError: a text grows without an end.
        """
        yield from self.done
        self.done.clear()
        if sum(map(len, self._text)) > _LONGEST_TEXT:
            raise broken()

    def _root(self, name: str, _attributes: Attributes) -> None:
        """The root says which prefix all names have."""
        prefix = name.removesuffix(local(name))
        self._row_tag, self._cell_tag, self._value_tag, self._text_tag = (
            prefix + tag for tag in ("row", "c", "v", "t")
        )
        self.parser.StartElementHandler, self.parser.EndElementHandler = self._start, self._end
        self.parser.CharacterDataHandler = self._text.append

    def _start(self, name: str, attributes: Attributes) -> None:
        if name == self._cell_tag:
            self._cell, self._value = attributes, None
        elif name in (self._value_tag, self._text_tag):
            self._text.clear()
        elif name == self._row_tag:
            self._row = attributes
        else:
            self._start_other(local(name), attributes)

    def _end(self, name: str) -> None:
        if name == self._value_tag:
            self._value = "".join(self._text)
        elif name == self._cell_tag:
            self._raw.append((self._cell, self._value))
            if len(self._raw) > _MOST_CELLS:
                raise broken()
        elif name == self._row_tag:
            hidden = self._hides(self._row)
            self.done.append(self._making.row(self._row, self._raw, hidden=hidden))
            self._raw.clear()
        elif name == self._text_tag:
            if not self._is_aloud:
                self._value = (self._value or "") + "".join(self._text)
        else:
            self._end_other(local(name))

    def _start_other(self, name: str, attributes: Attributes) -> None:
        if name == "f":
            self._cell[FORMULA], self._cell[SHARED] = "", attributes.get("si", "")
            self._text.clear()
        elif name == "rPh":
            self._is_aloud = True
        elif name == "filterColumn":
            self._sheet.filtered = True
        elif name == "sheetFormatPr":
            self._hidden_by_default = is_true(attributes.get("zeroHeight"))
        elif (
            name == "col"
            and is_true(attributes.get("hidden"))
            and len(self._sheet.hidden_columns) < MOST_COLUMNS
        ):
            first, last = number_in(attributes.get("min")), number_in(attributes.get("max"))
            self._sheet.hidden_columns.update(range(first - 1, min(last, MOST_COLUMNS)))

    def _end_other(self, name: str) -> None:
        if name == "f":
            self._cell[FORMULA] = "".join(self._text)
        elif name == "rPh":
            self._is_aloud = False

    def _hides(self, row: Attributes) -> bool:
        """Whether a row is hidden: by hand, by a filter or a group, or without any height."""
        if is_true(row.get("hidden")):
            return True
        height = row.get("ht")
        return self._hidden_by_default if height is None else not height.strip("0.")


class _Making:
    """Makes rows of what the XML says of them."""

    def __init__(self, strings: Strings, dates: dict[str, Show]) -> None:
        self._strings = strings
        self._dates = dates
        self._places: dict[str, int] = {}
        self._number = self._count = 0
        self._old: set[str] = set()
        """Formulas that several cells share and that look into another file."""

    def row(self, attributes: Attributes, raw: Sequence[RawCell], *, hidden: bool) -> Row:
        """A row with its number, and each cell at its place."""
        written = attributes.get("r")
        self._number = self._number + 1 if written is None else _row_number(written)
        self._count += 1
        if max(self._count, self._number) > MOST_ROWS:
            raise _too_many_rows()
        cells: list[Cell] = []
        old = False
        places = self._places
        for cell, value in raw:
            reference = cell.get("r")
            if reference is None:
                place = len(cells)
            else:
                letters = reference.rstrip(_DIGITS)
                found = places.get(letters)
                place = self._place(letters) if found is None else found
            if FORMULA in cell:
                old = self._looks_elsewhere(cell) or old
            if place == len(cells):
                cells.append(self._cell(cell, value))
            elif place < MOST_COLUMNS:
                cells.extend([""] * (place + 1 - len(cells)))
                cells[place] = self._cell(cell, value)
        return Row(self._number, cells, hidden, old)

    def _cell(self, cell: Attributes, value: str | None) -> Cell:
        kind = cell.get("t")
        if kind == "s":
            return self._shared(value)
        if kind in _TEXTS and value is not None:
            return unescaped(value)
        if kind is None or kind == "n":
            if not value:
                return Special.UNCALCULATED if FORMULA in cell else ""
            show = self._dates.get(cell.get("s", ""))
            return _number(value) if show is None else show(_number(value))
        if kind == "e":
            return Special.ERROR
        if value is None:
            return Special.UNCALCULATED if FORMULA in cell else ""
        if kind == "d":
            return written_date(value)
        return value == "1" if kind == "b" else unescaped(value)

    def _shared(self, value: str | None) -> str:
        if value is None:
            return ""
        try:
            return self._strings[int(value)]
        except (ValueError, IndexError):
            raise broken() from None

    def _looks_elsewhere(self, cell: Attributes) -> bool:
        """Whether a formula takes its value from another file, as it was when that was open last."""
        shared = cell[SHARED]
        if "[" in cell[FORMULA]:
            self._old.add(shared)
            return True
        return bool(shared) and shared in self._old

    def _place(self, letters: str) -> int:
        if not (letters.isascii() and letters.isalpha() and len(letters) <= _MOST_LETTERS):
            raise broken()
        return self._places.setdefault(letters, place_of(letters))


def _row_number(written: str) -> int:
    if not (written.isdecimal() and len(written) <= _LONGEST_NUMBER):
        raise broken()
    return int(written)


def _too_many_rows() -> RefusedError:
    return unreadable(sentence("it has more rows than a sheet can have."), DAMAGED)


def _number(written: str) -> float:
    try:
        return float(written) if len(written) <= _LONGEST_NUMBER else float("nan")
    except ValueError:
        raise broken() from None
