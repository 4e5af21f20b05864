"""A downloaded table as it really comes: its encoding from its bytes, its rows counted while it is read.

What the server says of the encoding is not believed: hosts in Taiwan label cp950 as UTF-8, and the other way
round (vendor-facts, OMIS). No guesser: the byte order mark, else UTF-8 if every byte fits, else cp950.
"""

import codecs
import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from tools.wire.csv_table import MAX_CELL, MAX_COLUMNS
from tools.wire.errors import UnreadableReply

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_CHUNK = 1024 * 1024
_SEPARATORS = "\t;,|"
_NO_TEXT = re.compile("[\0\ufffe\uffff]")
_NO_BEGINNING = re.compile("[\1-\b]")
"""What only binary content decodes to, and begins with."""
_PIECE = 128 * 1024
"""What is looked through at once: whoever else waits for the interpreter has it after a millisecond."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRows:
    """The first rows, and how many there are; None when the end cannot be read as a table."""

    preview: list[list[str]]
    count: int | None


def read_report_rows(body: bytes, preview: int) -> ReportRows:
    """Return the first rows of a report and how many it has, the heading included.

    Rows are those of a CSV reader: a line break inside quotation marks, a lone quotation mark in a cell
    (`5" 螢幕`) and U+2028 open none. Separated by comma, semicolon or TAB, or by what a line `sep=` says,
    which is no row. Raises UnreadableReply when the first MiB is no table.
    """
    encoding, start = report_encoding(body)
    opening = _opening(body, start, encoding)
    separator, named = _separator(opening)
    first = _first(opening, separator, named, preview, whole=len(body) - start <= _CHUNK)
    return ReportRows(preview=first, count=_count(body, start, encoding, separator, named=named))


def each_report_row(body: bytes) -> Iterator[list[str]]:
    """Each row of a report in its order, the heading among them, without ever holding them all.

    Raises UnreadableReply as `read_report_rows` does, and at the row at which the table ends to be one.
    """
    encoding, start = report_encoding(body)
    separator, named = _separator(_opening(body, start, encoding))
    return islice(_whole(body, start, encoding, separator), int(named), None)


def report_encoding(body: bytes) -> tuple[str, int]:
    """Return the encoding of a report, and the length of its byte order mark.

    Raises UnreadableReply when it is in none of UTF-8, UTF-16 and cp950.
    """
    for mark, encoding in _MARKS:
        if body.startswith(mark):
            return encoding, len(mark)
    for encoding in _by_zeros(body) or ("utf-8", "cp950"):
        if _is_in(body, encoding):
            return encoding, 0
    raise UnreadableReply("The report is not text in UTF-8, UTF-16 or Big5 (cp950).")


def report_text(body: bytes, encoding: str, start: int) -> Iterator[str]:
    """The text of a report piece by piece; what is not in its encoding is replaced."""
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    for at in range(start, len(body), _PIECE):
        yield decoder.decode(body[at : at + _PIECE], at + _PIECE >= len(body))


def _by_zeros(body: bytes) -> tuple[str, ...]:
    """UTF-16 without a mark shows in the zeros of its ASCII characters: separators, digits, line ends."""
    opening = body[:_CHUNK]
    even, odd = opening[::2].count(0), opening[1::2].count(0)
    if not even and not odd:
        return ()
    return ("utf-16-le",) if odd > even else ("utf-16-be",)


def _is_in(body: bytes, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for at in range(0, len(body), _PIECE):
            text = decoder.decode(body[at : at + _PIECE], at + _PIECE >= len(body))
            if _NO_TEXT.search(text) or (at == 0 and _NO_BEGINNING.match(text)):
                return False
    except UnicodeDecodeError:
        return False
    return True


def _opening(body: bytes, start: int, encoding: str) -> str:
    """The first MiB as text; a character that its end cuts is left out."""
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    return decoder.decode(body[start : start + _CHUNK])


def _separator(opening: str) -> tuple[str, bool]:
    """The separator, and whether a line `sep=` (Excel's own) names it."""
    line = opening.lstrip("\r\n").splitlines()[0] if opening.strip() else ""
    if line[:4].lower() == "sep=" and len(line) == len("sep=;"):
        return line[4], True
    outside = "".join(line.split('"')[::2])
    return max(_SEPARATORS, key=outside.count) if "\t" not in outside else "\t", False


def _first(opening: str, separator: str, named: bool, most: int, *, whole: bool) -> list[list[str]]:  # noqa: FBT001 - a pair with the separator
    rows = _rows(io.StringIO(opening, newline=""), separator)
    found: list[list[str]] = []
    try:
        found.extend(islice(rows, most + named))
    except UnreadableReply:
        # The MiB may have cut the last row; what came before it is whole.
        if whole or not found:
            raise
    return found[named:]


def _count(body: bytes, start: int, encoding: str, separator: str, *, named: bool) -> int | None:
    try:
        return sum(1 for _ in _whole(body, start, encoding, separator)) - named
    except UnreadableReply:
        return None


def _whole(body: bytes, start: int, encoding: str, separator: str) -> Iterator[list[str]]:
    stream = io.BytesIO(body)
    stream.seek(start)
    with io.TextIOWrapper(stream, encoding=encoding, newline="") as text:
        try:
            yield from _rows(text, separator)
        except UnicodeDecodeError:
            raise UnreadableReply("Text in one encoding was expected.") from None


def _rows(text: io.TextIOBase, separator: str) -> Iterator[list[str]]:
    """Rows that are not empty."""
    try:
        for row in csv.reader(text, delimiter=separator, strict=True):
            if len(row) > MAX_COLUMNS or any(len(cell) > MAX_CELL for cell in row):
                raise UnreadableReply("A table with fewer columns or shorter cells was expected.")
            if len(row) > 1 or any(cell.strip() for cell in row):
                yield row
    except csv.Error:
        raise UnreadableReply("A table with whole quotation marks was expected.") from None
