"""The rows of a sheet, one after the other, with what a spreadsheet shows of them.

In one pass: the values, whether a row is hidden, and which values are a formula's. What the sheet says of its
own size (`dimension`) is not looked at; rows and cells without a number of their own follow the one before.
"""

from collections.abc import Callable, Generator, Iterator, Sequence
from functools import partial
from typing import NamedTuple

from server.campaigns.problems import DAMAGED, unreadable
from server.campaigns.xlsx_package import MOST_OF_A_SHEET, broken, feed, is_true, local, number_in, reader
from server.campaigns.xlsx_plain_rows import ROW_END, Attributes, Sieve, Values
from server.campaigns.xlsx_strings import Strings
from server.campaigns.xlsx_workbook import Sheet, Workbook, unescaped
from tools.lists.cells import Cell, Special, formatted_number, formatted_text
from tools.lists.columns import place_of
from tools.lists.excel_dates import Show, written_date
from tools.lists.number_formats import Show as ShowNumber
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
_NUMBERS = (None, "n")
_MOST_LETTERS = 3
"""XFD is the last column."""
FORMULA, SHARED = "formula", "shared"
"""What is noted beside a cell's own attributes: its formula, and the key of one that several cells share."""
_UTF_8 = ("", "utf-8")
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
        reading = _Reading(self, _Making(self._workbook))
        pieces = self._workbook.package.pieces(self._sheet.part, MOST_OF_A_SHEET)
        for _ in feed(reading.parser, reading.sieve.left(pieces)):
            yield from reading.taken()


class _Reading:
    """One pass over a sheet: what expat tells becomes rows. Its methods are called for each of a million."""

    def __init__(self, sheet: SheetRows, making: "_Making") -> None:
        self.done: list[Row] = []
        self.parser = reader()
        self.parser.StartElementHandler = self._root
        self.parser.XmlDeclHandler = self._declared
        self.sieve = Sieve(making.layout, self._take, self._is_between_rows)
        self._sheet = sheet
        self._making = making
        self._hidden_by_default = False
        self._row: Attributes = {}
        self._raw: list[RawCell] = []
        self._cell: Attributes = {}
        self._value: str | None = None
        self._text: list[str] = []
        self._is_aloud = False
        self._is_plain = True
        """Whether plain rows are written as any sheet writes them: in UTF-8, without a prefix."""
        self._ended_at = -1
        """The parser's bytes up to the end of the last row that it read."""

    def taken(self) -> Iterator[Row]:
        """The rows that are whole by now, each once.

        Raises:
            RefusedError: a text grows without an end.
        """
        yield from self.done
        self.done.clear()
        if sum(map(len, self._text)) > _LONGEST_TEXT:
            raise broken()

    def _declared(self, _version: str, encoding: str | None, _standalone: int) -> None:
        self._is_plain = (encoding or "").lower() in _UTF_8

    def _is_between_rows(self, taken: int) -> bool:
        return self._is_plain and taken == self._ended_at

    def _root(self, name: str, _attributes: Attributes) -> None:
        """The root says which prefix all names have."""
        prefix = name.removesuffix(local(name))
        self._is_plain = self._is_plain and not prefix
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
            self._ended_at = self.parser.CurrentByteIndex + len(ROW_END)
        elif name == self._text_tag:
            if not self._is_aloud:
                self._value = (self._value or "") + "".join(self._text)
        else:
            self._end_other(local(name))

    def _take(self, number: str, layout: "_Layout", values: Values) -> None:
        hidden = self._hides(layout.row)
        self.done.append(self._making.plain_row(number, layout, values, hidden=hidden))

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


class _Layout(NamedTuple):
    """What plain rows of one kind have in common."""

    row: Attributes
    places: tuple[int, ...]
    """Of their cells."""
    is_straight: bool
    """Each cell stands beside the one before, from the first column on."""
    reads: tuple[Callable[[str | None], Cell], ...]
    """What makes a cell of its text."""
    struck: tuple[int, ...]
    """The places of those that are struck through."""


class _Making:
    """Makes rows of what the XML says of them."""

    def __init__(self, workbook: Workbook) -> None:
        self._strings: Strings = workbook.strings
        styles = workbook.styles
        self._numbers: dict[str, Callable[[str | None], Cell]] = {
            **{style: partial(_dated, show) for style, show in styles.dates.items()},
            **{style: partial(_formatted, show) for style, show in styles.numbers.items()},
        }
        self._texts, self._struck = styles.texts, styles.struck
        self._places: dict[str, int] = {}
        self._number = self._count = 0
        self._old: set[str] = set()
        """Formulas that several cells share and that look into another file."""

    def row(self, attributes: Attributes, raw: Sequence[RawCell], *, hidden: bool) -> Row:
        """A row with its number, and each cell at its place."""
        written = attributes.get("r")
        self._count_row(self._number + 1 if written is None else _row_number(written))
        cells: list[Cell] = []
        old, struck = False, list[int]()
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
            if place == len(cells) or place < MOST_COLUMNS:
                _put(cells, place, self._cell(cell, value))
                if cell.get("s") in self._struck:
                    struck.append(place)
        return Row(self._number, cells, hidden, old, tuple(struck))

    def plain_row(self, number: str, layout: _Layout, values: Values, *, hidden: bool) -> Row:
        """The same of one that is written plainly."""
        self._count_row(int(number))
        cells = [read(value) for read, value in zip(layout.reads, values, strict=True)]
        if not layout.is_straight:
            cells = _placed(cells, layout.places)
        return Row(self._number, cells, hidden, False, layout.struck)  # noqa: FBT003 - a tuple's place

    def layout(self, row: Attributes, cells: Sequence[tuple[str, Attributes]]) -> _Layout | None:
        """The layout of plain rows; None where cells stand too far right to be looked at."""
        places = tuple(self._place(letters) for letters, _ in cells)
        if max(places, default=0) >= MOST_COLUMNS:
            return None
        reads = tuple(self._reader(attributes) for _, attributes in cells)
        styled = zip(cells, places, strict=True)
        struck = tuple(place for (_, attributes), place in styled if attributes.get("s") in self._struck)
        return _Layout(row, places, places == tuple(range(len(places))), reads, struck)

    def _count_row(self, number: int) -> None:
        self._number = number
        self._count += 1
        if number > MOST_ROWS or self._count > MOST_ROWS:
            raise _too_many_rows()

    def _cell(self, cell: Attributes, value: str | None) -> Cell:
        if FORMULA in cell and _is_uncalculated(cell.get("t"), value):
            return Special.UNCALCULATED
        return self._reader(cell)(value)

    def _reader(self, cell: Attributes) -> Callable[[str | None], Cell]:
        """What makes a cell with these attributes of the text of its value."""
        kind, style = cell.get("t"), cell.get("s", "")
        if kind in _NUMBERS:
            return self._numbers.get(style, _number_or_blank)
        if kind in _READERS:
            return _READERS[kind]
        read, show = self._shared if kind == "s" else _text, self._texts.get(style)
        return read if show is None else partial(_worded, show, read)

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


def _put(cells: list[Cell], place: int, cell: Cell) -> None:
    """Put a cell at its place."""
    if place == len(cells):
        cells.append(cell)
    else:
        cells.extend([""] * (place + 1 - len(cells)))
        cells[place] = cell


def _placed(cells: Sequence[Cell], places: Sequence[int]) -> list[Cell]:
    """Each cell at its place, one after the other."""
    placed: list[Cell] = []
    for cell, place in zip(cells, places, strict=True):
        _put(placed, place, cell)
    return placed


def _is_uncalculated(kind: str | None, value: str | None) -> bool:
    """Whether a formula has no value yet; of a text that is shared, and of an error, that is not told."""
    return not value if kind in _NUMBERS else value is None and kind not in ("s", "e")


def _number_or_blank(value: str | None) -> Cell:
    return _number(value) if value else ""


def _formatted(show: ShowNumber, value: str | None) -> Cell:
    return formatted_number(_number(value), show) if value else ""


def _dated(show: Show, value: str | None) -> Cell:
    return show(_number(value)) if value else ""


def _worded(show: Callable[[str], str], read: Callable[[str | None], str], value: str | None) -> Cell:
    written = read(value)
    return formatted_text(written, show(written)) if written else ""


def _text(value: str | None) -> str:
    return "" if value is None else unescaped(value)


def _date(value: str | None) -> Cell:
    return "" if value is None else written_date(value)


def _truth(value: str | None) -> Cell:
    return "" if value is None else value == "1"


def _error(_value: str | None) -> Cell:
    return Special.ERROR


_READERS: dict[str | None, Callable[[str | None], Cell]] = {"d": _date, "b": _truth, "e": _error}
"""By the kind of a cell; every other one has a text."""


def _number(written: str) -> float:
    try:
        return float(written) if len(written) <= _LONGEST_NUMBER else float("nan")
    except ValueError:
        raise broken() from None
