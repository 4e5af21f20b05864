"""CSV with a header row: one of the three forms of OMIS answers, and the reports that it offers."""

import csv
import io
from collections.abc import Iterator
from itertools import islice

from tools.wire.errors import UnreadableReply

MAX_ROWS = 100_000
MAX_COLUMNS = 256
MAX_CELL = 10_000
_PREVIEW_CHARACTERS = 1024 * 1024


def read_table(text: str) -> tuple[dict[str, str], ...]:
    """Return the rows of a CSV answer (documents 000 and 001, outline), each under the header's names.

    Decision: the last row must end in a line end, as CSV writers write it; without it an id can be half an
    id. Raises UnreadableReply for anything else: a row longer or shorter than the header, a header name
    that is empty or comes twice, markup, more than 100,000 rows, 256 columns or 10,000 characters a cell.
    """
    body = text.strip("\ufeff")
    if not body.endswith("\n") or body.lstrip().startswith("<"):
        raise UnreadableReply("A table in CSV with a line end after its last row was expected.")
    header, *rows = list(islice(_rows(body.rstrip("\r\n"), ","), MAX_ROWS + 2)) or [[]]
    names = [name.strip() for name in header]
    if not names or "" in names or len({name.lower() for name in names}) != len(names):
        raise UnreadableReply("A header row with different names was expected.")
    if len(rows) > MAX_ROWS or any(len(row) != len(names) for row in rows):
        raise UnreadableReply("Rows of as many cells as the header has names were expected.")
    return tuple(dict(zip(names, row, strict=True)) for row in rows)


def first_rows(text: str, n: int) -> list[list[str]]:
    """Return up to `n` first rows of a downloaded report, separated by commas or TABs, for a preview.

    The rows are as the report has them, header included, and may differ in length. Reads no further than
    1 Mi characters. Raises UnreadableReply when that is no table.
    """
    body = text.strip("\ufeff")[:_PREVIEW_CHARACTERS]
    delimiter = "\t" if "\t" in body.lstrip("\r\n").partition("\n")[0] else ","
    return list(islice((row for row in _rows(body, delimiter) if row), n))


def _rows(text: str, delimiter: str) -> Iterator[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for row in reader:
            if len(row) > MAX_COLUMNS or any(len(cell) > MAX_CELL for cell in row):
                raise UnreadableReply("A table with fewer columns or shorter cells was expected.")
            yield row
    except csv.Error:
        raise UnreadableReply("A table with whole quotation marks was expected.") from None
