"""A list that is open: what it is, how it is read, its columns, and its rows, each judged.

Everything here blocks and runs in a worker thread, a slice of rows at a time (`ListReading.slices`), so that
the event loop goes on meanwhile.
"""

from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import chain, islice
from typing import BinaryIO

from server.campaigns.csv_file import CsvFile
from server.campaigns.kinds import kind_of
from server.campaigns.problems import more_bytes_than, too_large, unreadable
from server.campaigns.xlsx_package import Package
from server.campaigns.xlsx_sheet import SheetRows
from server.campaigns.xlsx_workbook import Sheet, Workbook
from server.settings.settings import ListsSettings
from tools.cleaning import quote
from tools.list_desk import ListFound, Unformatted
from tools.lists.cells import Cell, is_blank, is_example, is_without_format
from tools.lists.columns import (
    OPENING,
    Columns,
    Heading,
    Wanted,
    choose,
    consent_columns,
    could_be_a_list,
    email_column,
    find_heading,
    number_columns,
)
from tools.lists.judging import judging
from tools.lists.mailed import Mailed
from tools.lists.rows import Judged, Recipient, Rejected, Row
from tools.lists.tally import Rows, Tally
from tools.problems import InvalidArgumentError
from tools.sentence import sentence

SLICE = 1000
"""Rows that are judged before the thread comes back; a look at the store for them is one statement."""
_PIECE = 1024 * 1024
_NAMED = 5
_EXAMPLES = 3
"""Rows below the heading in which a form's example may stand."""
_LONGEST_NAME = 31
_IF_MEANT = sentence(
    "Ask the person whether it is meant; then name it, and read_list takes include_hidden, a plan hidden: "
    "include."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListWanted:
    """What a caller asks of a list."""

    columns: Wanted = field(default_factory=Wanted)
    sheet: str = ""
    include_hidden: bool = False
    mailed: Mailed | None = None
    """Whoever opened an e-mail gets no text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadAs:
    """How a list is read, as people are told."""

    form: str
    """`CSV, UTF-8, comma`, or `XLSX`."""
    sheet: str = ""
    rivals: tuple[str, ...] = ()
    """Other shown sheets that could be meant: numbers stand in them too, and nobody named one."""
    other_sheets: tuple[str, ...] = ()
    hidden_sheets: tuple[str, ...] = ()
    damaged: bool = False
    """Some bytes do not fit the encoding."""


class ListReading:
    """One pass over a list."""

    def __init__(self, file: BinaryIO, wanted: ListWanted, limits: ListsSettings) -> None:
        """Digest the file, see what it is, and find its columns.

        Raises:
            RefusedError: it is too large, or no list that can be read.
            InvalidArgumentError: it has no such sheet or column.
        """
        self.sha256 = digest_of(file, limits.max_bytes)
        self._wanted = wanted
        self._most = limits.max_rows
        self._sheet: SheetRows | None = None
        self._watched = False
        """Some style of the workbook shows its numbers in a way of its own."""
        self._examples: list[int] = []
        self._struck, self._longer = Rows(), Rows()
        self._unformatted: dict[int, tuple[int, str]] = {}
        """By its place in the sheet: of a column whose numbers are texted without their format, the first."""
        self.read_as, self._source = self._open(file)
        try:
            opening = list(islice(self._source, OPENING))
            self._rows = chain(opening, self._source)
            first = _filled(opening)
            self.heading: Heading = find_heading(first, (*wanted.columns.mobile, *wanted.columns.fields))
            self.columns: Columns = self._choose(first)
            self._email = self._email_column(first) if wanted.mailed is not None else -1
        except BaseException:
            # Whoever opened the file closes it next: nothing here may reach for it later.
            self._source.close()
            raise

    def close(self) -> None:
        """Let go of the file, which may be closed then; where reading was given up, too."""
        self._source.close()

    @property
    def filtered(self) -> bool:
        """Whether a filter of the sheet chooses rows; known once all are read."""
        return self._sheet is not None and self._sheet.filtered

    def found(self, tally: Tally, problem: str = "") -> ListFound:
        """What there is to know of the list, once it was read to its end."""
        names, chosen, read_as = self.heading.names, self.columns, self.read_as
        others = [place for place in number_columns(self.heading) if place not in chosen.mobile]
        used = (*chosen.mobile, *chosen.fields)
        hidden = () if self._sheet is None else self._sheet.hidden_columns
        return ListFound(
            sha256=self.sha256,
            form=read_as.form,
            damaged=read_as.damaged,
            sheet=read_as.sheet,
            rivals=read_as.rivals,
            other_sheets=read_as.other_sheets,
            hidden_sheets=read_as.hidden_sheets,
            filtered=self.filtered,
            heading_row=self.heading.row,
            columns=names,
            mobile=[names[place] for place in chosen.mobile],
            other_numbers=[names[place] for place in others],
            consents=[names[place] for place in consent_columns(self.heading)],
            hidden_columns=[names[place] for place in used if place in hidden],
            examples=self._examples,
            struck=self._struck,
            longer=self._longer,
            unformatted=[
                Unformatted(column=names[place], row=row, text=text)
                for place, (row, text) in self._unformatted.items()
            ],
            tally=tally,
            no_rule=problem,
        )

    def judged(self) -> Iterator[Judged]:
        """Each row below the heading in which anything stands.

        Raises:
            RefusedError: the file is damaged further on, or has more rows than the settings allow.
        """
        judge, mailed = judging(self.columns, include_hidden=self._wanted.include_hidden), self._wanted.mailed
        count, heading = 0, self.heading.row
        early, width, watched = heading + _EXAMPLES, self.columns.width, self._watched
        for row in self._rows:
            if row.number <= heading:
                continue
            found = judge(row)
            if found is not None:
                if mailed is not None and isinstance(found, Recipient):
                    found = self._unless_opened(found, row, mailed)
                # Of most rows there is nothing to note, and a call for each is a tenth of what a list costs.
                odd = row.struck or len(row.cells) > width or watched or row.number <= early
                if odd and isinstance(found, Recipient):
                    self._note(row, found)
                count += 1
                if count > self._most:
                    raise too_large(
                        sentence("it has more than {most} rows.", most=self._most), "lists.max_rows"
                    )
                yield found

    def slices(self) -> Iterator[Sequence[Judged]]:
        """The same in slices, each of which is one visit of a worker thread."""
        rows = self.judged()
        while some := list(islice(rows, SLICE)):
            yield some

    def _unless_opened(self, found: Recipient, row: Row, mailed: Mailed) -> Judged:
        reason = mailed.reason(row.cells[self._email]) if self._email < len(row.cells) else None
        return found if reason is None else Rejected(found.row, reason, found.mobile)

    def _note(self, row: Row, found: Recipient) -> None:
        """Note what people should know of a row that is texted."""
        if row.number <= self.heading.row + _EXAMPLES and any(map(is_example, row.cells)):
            self._examples.append(row.number)
        if row.struck and not set(self.columns.mobile).isdisjoint(row.struck):
            self._struck.add(row.number)
        width = self.columns.width
        if 0 < width < len(row.cells) and self._sheet is None and not all(map(is_blank, row.cells[width:])):
            self._longer.add(row.number)
        if self._watched:
            self._watch(row, found)

    def _watch(self, row: Row, found: Recipient) -> None:
        """Note the first text of each column that is texted without the format that shows it."""
        for place, text in zip(self.columns.fields, found.fields, strict=True):
            if is_without_format(row.cells[place] if place < len(row.cells) else ""):
                self._unformatted.setdefault(place, (row.number, text))

    def _choose(self, opening: Sequence[tuple[int, Sequence[Cell]]]) -> Columns:
        try:
            return choose(self.heading, self._wanted.columns, opening)
        except InvalidArgumentError as error:
            hidden = self.read_as.hidden_sheets
            if error.field != "mobile" or self._wanted.columns.mobile or not hidden:
                raise
            names = ", ".join(quote(name, limit=_LONGEST_NAME) for name in hidden[:_NAMED])
            raise InvalidArgumentError(
                "sheet",
                sentence("no sheet that is shown seems to hold the numbers; hidden: {names}.", names=names),
                _IF_MEANT,
            ) from None

    def _email_column(self, opening: Sequence[tuple[int, Sequence[Cell]]]) -> int:
        found = email_column(self.heading, opening)
        if found is None:
            raise InvalidArgumentError(
                "not_opened", "the list has no column of e-mail addresses.", "Give a list that has one."
            )
        return found

    def _open(self, file: BinaryIO) -> tuple[ReadAs, Generator[Row]]:
        if kind_of(file) == "csv":
            if self._wanted.sheet:
                raise InvalidArgumentError("sheet", "a CSV file has no sheets.", "Leave it out.")
            text = CsvFile(file)
            return ReadAs(form=text.read_as, damaged=text.damaged), text.rows()
        workbook = Workbook(Package(file))
        sheet, *rivals = self._chosen(workbook)
        self._sheet = SheetRows(workbook, sheet)
        self._watched = bool(workbook.styles.numbers)
        others = [each for each in workbook.sheets if each is not sheet]
        read_as = ReadAs(
            form="XLSX",
            sheet=sheet.name,
            rivals=tuple(each.name for each in rivals),
            other_sheets=tuple(each.name for each in others if not each.hidden),
            hidden_sheets=tuple(each.name for each in others if each.hidden),
        )
        return read_as, self._sheet.rows()

    def _chosen(self, workbook: Workbook) -> list[Sheet]:
        """The sheet to read first; behind it others that could be meant as well."""
        named = self._wanted.sheet
        if not named:
            visible = [sheet for sheet in workbook.sheets if not sheet.hidden]
            if not visible:
                raise unreadable(
                    sentence("the workbook has no sheet that is shown."),
                    sentence("Show the sheet and save it."),
                )
            return _with_numbers(workbook, visible) or visible[:1]
        found = next((sheet for sheet in workbook.sheets if sheet.name.strip() == named.strip()), None)
        if found is None:
            raise InvalidArgumentError(
                "sheet", "the workbook has no sheet of this name.", "Leave it out to see the names."
            )
        if found.hidden and not self._wanted.include_hidden:
            raise InvalidArgumentError(
                "sheet",
                "this sheet is hidden in the workbook.",
                _IF_MEANT,
            )
        return [found]


def _with_numbers(workbook: Workbook, sheets: Sequence[Sheet]) -> list[Sheet]:
    """Those that could be the list by their first rows; the only one is not looked at."""
    if len(sheets) == 1:
        return list(sheets)
    openings = ((sheet, islice(SheetRows(workbook, sheet).rows(), OPENING)) for sheet in sheets)
    return [sheet for sheet, opening in openings if could_be_a_list(_filled(opening))]


def _filled(rows: Iterable[Row]) -> list[tuple[int, Sequence[Cell]]]:
    """Those of the rows in which anything stands, with their numbers."""
    return [(row.number, row.cells) for row in rows if not all(map(is_blank, row.cells))]


def digest_of(file: BinaryIO, most: int) -> str:
    """What the file is frozen by."""
    digest, taken = sha256(), 0
    file.seek(0)
    while piece := file.read(_PIECE):
        taken += len(piece)
        if taken > most:
            raise more_bytes_than(most)
        digest.update(piece)
    return digest.hexdigest()
