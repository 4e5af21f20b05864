"""The file of blocked numbers (opt-outs): one a line, `#` begins a comment; or a table with a column of them.

A table is read by its number column: the one that its header names, or without a header the one in which the
first row has a number. Nothing in it is passed over, but rows that begin with `#` and hold no number: a row
without a readable number makes the whole file unusable, since somebody who asked not to be contacted could
stand there.
"""

import csv
import re
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tools.cleaning import without_hidden
from tools.lists.columns import NUMBER_HEADINGS, NUMBER_LABEL
from tools.mobile import normalise_mobile
from tools.sentence import reason_of, sentence
from tools.wire.errors import UnreadableReply
from tools.wire.report_rows import report_encoding

_QUICK = re.compile(r"09\d{8}", re.ASCII)
_SEP_LINE = re.compile(r"sep=(.)", re.IGNORECASE)
_DELIMITERS = "\t;,"
_SHORTEST = 5
"""Digits that could be a number to block."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockedFile:
    """The numbers of the file, E.164, or why it cannot be used."""

    numbers: frozenset[str] = frozenset()
    problem: str = ""
    """Empty, or what is wrong: `line 3 is not a mobile number`. Never what stands there."""


class _BadFileError(Exception):
    """Why the file cannot be used."""


_UNREADABLE = BlockedFile(problem=sentence("the file cannot be read"))
_Stamp = tuple[int, int, int]
_read: dict[Path, tuple[_Stamp, BlockedFile]] = {}
"""The last reading of each file, kept while its time, size and inode stay the same."""


def read_blocked_file(path: Path) -> BlockedFile:
    """Return what the file holds now; it is read again when it has changed.

    A file that cannot be read, or a line or row without a mobile number, makes the whole file unusable.
    """
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            # Whoever opens a pipe waits until somebody writes into it.
            return _UNREADABLE
        stamp = (status.st_mtime_ns, status.st_size, status.st_ino)
        if path not in _read or _read[path][0] != stamp:
            _read[path] = stamp, _parsed(path.read_bytes())
        return _read[path][1]
    except OSError:
        return _UNREADABLE


def _parsed(content: bytes) -> BlockedFile:
    try:
        encoding, start = report_encoding(content)
        text = content[start:].decode(encoding)
        numbers = _table(text) if _is_table(text) else _lines(text)
    except UnreadableReply:
        return BlockedFile(problem=sentence("the file is not text in UTF-8, UTF-16 or Big5"))
    except _BadFileError as error:
        return BlockedFile(problem=reason_of(error))
    return BlockedFile(numbers=frozenset(numbers))


def _is_table(text: str) -> bool:
    """Whether its first row has several cells, or is a heading."""
    first = next((line for line in text.splitlines() if _before_comment(line)), "")
    if _SEP_LINE.fullmatch(first.strip()):
        return True
    return any(mark in first.partition("#")[0] for mark in f'{_DELIMITERS}"') or bool(
        _named_columns([first.partition("#")[0]])
    )


def _before_comment(line: str) -> str:
    return without_hidden(line.partition("#")[0]).strip()


def _lines(text: str) -> set[str]:
    numbers: set[str] = set()
    for at, line in enumerate(text.splitlines(), start=1):
        if written := _before_comment(line):
            numbers.add(_number(written, sentence("line {number}", number=at)))
    return numbers


def _table(text: str) -> set[str]:
    rows = _rows(text)
    if not rows:
        return set()
    if named := _named_columns(rows[0][1]):
        return {number for at, row in rows[1:] for number in _of_row(row, named, at)}
    columns = _columns_of_numbers(rows[0][1])
    if not columns:
        raise _BadFileError(
            sentence("no column of mobile numbers can be found: name it mobile, phone or 手機")
        )
    # Without a heading a number that stands elsewhere could be meant as well.
    return {
        number
        for at, row in rows
        for number in _of_row(row, sorted({*columns, *_columns_of_numbers(row)}), at)
    }


def _rows(text: str) -> list[tuple[int, list[str]]]:
    """The rows that are neither blank nor a comment, with their numbers as a spreadsheet counts them."""
    lines = text.splitlines(keepends=True)
    named = _SEP_LINE.fullmatch(lines[0].strip()) if lines else None
    first = next((line for line in lines[bool(named) :] if _before_comment(line)), "")
    delimiter = named[1] if named else max(_DELIMITERS, key=first.count)
    try:
        rows = list(csv.reader(_physical(text), delimiter=delimiter, strict=True))
    except csv.Error:
        raise _BadFileError(sentence("a quotation mark in it is never closed")) from None
    kept = [(at, row) for at, row in enumerate(rows, start=1) if any(map(str.strip, row))]
    return [(at, row) for at, row in kept if not _is_comment(row) and not (named and at == 1)]


def _physical(text: str) -> list[str]:
    """Lines as CSV knows them: U+2028 and the like end none."""
    return re.split(r"(?<=\n)|(?<=\r)(?!\n)", text)


def _named_columns(row: Sequence[str]) -> list[int]:
    """The columns that a heading names; a row with a number in it, however named, is no heading."""
    if any(map(_could_be_number, row)):
        return []
    for pattern in NUMBER_HEADINGS:
        found = [at for at, cell in enumerate(row) if pattern.search(cell) and not NUMBER_LABEL.search(cell)]
        if found:
            return found
    return []


def _could_be_number(cell: str) -> bool:
    return sum(map(str.isdigit, cell)) >= _SHORTEST


def _is_comment(row: Sequence[str]) -> bool:
    return row[0].lstrip().startswith("#") and not any(map(_could_be_number, row))


def _columns_of_numbers(row: Sequence[str]) -> list[int]:
    return [at for at, cell in enumerate(row) if _is_number(cell)]


def _is_number(cell: str) -> bool:
    try:
        normalise_mobile(cell)
    except ValueError:
        return False
    return True


def _of_row(row: Sequence[str], columns: Sequence[int], at: int) -> list[str]:
    cells = [row[column].strip() for column in columns if column < len(row)]
    numbers = [_number(cell, sentence("row {number}", number=at)) for cell in cells if cell]
    if not numbers:
        raise _BadFileError(sentence("row {number} has no mobile number", number=at))
    return numbers


def _number(written: str, where: str) -> str:
    """Taiwanese numbers need no look at the numbering plan: a list may be long, and is read before a send."""
    if _QUICK.fullmatch(written):
        return "+886" + written[1:]
    try:
        return normalise_mobile(written)
    except ValueError:
        raise _BadFileError(sentence("{where} is not a mobile number", where=where)) from None
