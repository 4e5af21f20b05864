"""Lists as text: the rows of a CSV file, one after the other, with the numbers that a spreadsheet shows."""

import csv
import io
from collections.abc import Generator, Iterator
from typing import BinaryIO

from server.campaigns.problems import unreadable
from tools.lists.rows import Row
from tools.lists.text_files import Encoding, delimiter_of, encoding_by_mark, encoding_of, sep_line
from tools.problems import RefusedError
from tools.sentence import sentence

_PIECE = 1024 * 1024
_OPENING = 64 * 1024
_LONGEST_LINE = 1024 * 1024
_NAMES = {"utf-8": "UTF-8", "utf-16-le": "UTF-16", "utf-16-be": "UTF-16", "cp950": "Big5 (cp950)"}
_DELIMITERS = {",": "comma", ";": "semicolon", "\t": "TAB", "|": "vertical bar"}


class CsvFile:
    """A text file that is open, and how it is read."""

    def __init__(self, file: BinaryIO) -> None:
        """Look at all its bytes once for the encoding, and at the first lines for the delimiter.

        Raises:
            RefusedError: it is no text in UTF-8, UTF-16 or cp950.
        """
        self._file = file
        self._encoding = self._find_encoding()
        opening = self._opening()
        first = opening.partition("\n")[0]
        named = sep_line(first)
        self.skipped = 1 if named else 0
        """Rows that are neither heading nor data: Excel's line `sep=`."""
        self._delimiter = named or delimiter_of(opening)

    @property
    def read_as(self) -> str:
        """How it is read, for people."""
        mark = " with BOM" if self._encoding.mark else ""
        delimiter = _DELIMITERS.get(self._delimiter, f"「{self._delimiter}」")
        return f"CSV, {_NAMES[self._encoding.codec]}{mark}, {delimiter}"

    @property
    def damaged(self) -> bool:
        """Whether some bytes do not fit the encoding: their cells hold U+FFFD."""
        return self._encoding.damaged

    def rows(self) -> Generator[Row]:
        """The rows below Excel's own first line.

        Raises:
            RefusedError: a quotation mark is never closed, a cell is too long, or the text breaks off.
        """
        number = 0
        with self._text() as text:
            reader = csv.reader(_lines(text), delimiter=self._delimiter, strict=True)
            try:
                for cells in reader:
                    number += 1
                    if number > self.skipped:
                        yield Row(number, cells)
            except csv.Error:
                raise _broken_row(number + 1) from None
            except UnicodeDecodeError:
                raise _no_text() from None

    def _find_encoding(self) -> Encoding:
        self._file.seek(0)
        found = encoding_by_mark(self._file.read(4)) or encoding_of(self._pieces)
        if found is None:
            raise _no_text()
        return found

    def _pieces(self) -> Iterator[bytes]:
        self._file.seek(0)
        while piece := self._file.read(_PIECE):
            yield piece

    def _opening(self) -> str:
        with self._text() as text:
            try:
                opening = text.read(_OPENING)
            except UnicodeDecodeError:
                raise _no_text() from None
        if "\0" in opening:
            raise _no_text()
        return opening

    def _text(self) -> "_Text":
        return _Text(self._file, self._encoding)


class _Text(io.TextIOWrapper):
    """The file as text from its first character on; the file itself stays open."""

    def __init__(self, file: BinaryIO, encoding: Encoding) -> None:
        file.seek(encoding.mark)
        errors = "replace" if encoding.damaged else "strict"
        super().__init__(file, encoding=encoding.codec, errors=errors, newline="")

    def __exit__(self, *_: object) -> None:
        self.detach()


def _lines(text: io.TextIOBase) -> Iterator[str]:
    """Lines as CSV has them: U+2028 and the like end none."""
    while line := text.readline(_LONGEST_LINE):
        if len(line) == _LONGEST_LINE and not line.endswith(("\r", "\n")):
            raise unreadable(sentence("a line of it has no end."), sentence("Save it as CSV again."))
        if "\0" in line:
            raise _no_text()
        yield line


def _broken_row(row: int) -> RefusedError:
    return unreadable(
        sentence(
            "in row {row} a quotation mark is never closed (it would swallow the rows behind it), text "
            "follows a closing one, or a cell is longer than {most:,} characters.",
            row=row,
            most=csv.field_size_limit(),
        ),
        sentence("Mend row {row}, or save the list as .xlsx.", row=row),
    )


def _no_text() -> RefusedError:
    return unreadable(
        sentence("it is not text in UTF-8, UTF-16 or Big5 (cp950), or is damaged."),
        sentence("Open it in a spreadsheet and save it as .xlsx or as CSV UTF-8."),
    )
