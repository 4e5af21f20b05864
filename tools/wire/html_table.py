"""The rows of a table in HTML: what some servers call an Excel file."""

from collections.abc import Iterable, Iterator
from html.parser import HTMLParser

_MAX_ROWS = 1_000_000


class _Rows(HTMLParser):
    """Collects the cells of every row; markup that is not closed ends with the next row."""

    def __init__(self, keep: int) -> None:
        super().__init__(convert_charrefs=True)
        self.kept: list[list[str]] = []
        self.count = 0
        self.asks_for_a_password = False
        self._keep = keep
        self._row: list[str] | None = None
        self._cell: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self._end_row()
            self._row = []
        elif tag in ("td", "th") and self._row is not None:
            self._end_cell()
            self._cell = []
        elif tag == "input" and ("type", "password") in [
            (name, (value or "").lower()) for name, value in attrs
        ]:
            self.asks_for_a_password = True

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self._end_cell()
        elif tag in ("tr", "table"):
            self._end_row()

    def handle_data(self, data: str) -> None:
        if self._cell is not None:
            self._cell.append(data)

    def close(self) -> None:
        super().close()
        self._end_row()

    def _end_cell(self) -> None:
        if self._row is not None and self._cell is not None:
            self._row.append(" ".join("".join(self._cell).split()))
        self._cell = None

    def _end_row(self) -> None:
        self._end_cell()
        if self._row is not None and any(self._row) and self.count < _MAX_ROWS:
            self.count += 1
            if len(self.kept) < self._keep:
                self.kept.append(self._row)
        self._row = None


def each_html_row(pieces: Iterable[str]) -> Iterator[list[str]]:
    """Each row of the tables of a page in its order, without ever holding them all."""
    reader = _Rows(_MAX_ROWS)
    for piece in pieces:
        reader.feed(piece)
        yield from reader.kept
        reader.kept.clear()
    reader.close()
    yield from reader.kept


def html_rows(pieces: Iterable[str], preview: int) -> tuple[list[list[str]], int]:
    """Return the first rows of the tables of a page, and how many there are; none for a page of a login."""
    reader = _Rows(preview)
    for piece in pieces:
        reader.feed(piece)
    reader.close()
    return ([], 0) if reader.asks_for_a_password else (reader.kept, reader.count)
