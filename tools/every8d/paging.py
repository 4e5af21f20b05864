"""Our pages, cut out of the vendor's (EVERY8D 2.2, 2.3: 1,000 rows a page; 2.4: 10)."""

from collections.abc import Callable
from dataclasses import dataclass

from tools.operation import Steps
from tools.wire.page import Page, rows_of_page

Fetch = Callable[[int], Steps[Page]]
"""Fetches one of the vendor's pages, counted from 1."""
MOST_PAGES = 20
"""The most pages that one call reads: 20,000 messages. More would keep a person waiting for minutes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """Some of the vendor's rows, its newest total, and whether none is missing in between."""

    rows: tuple[tuple[str, ...], ...]
    total: int
    complete: bool
    undivided: tuple[str, ...] = ()
    """The lines of these pages that could not be divided surely; all, wherever the slice lies in them."""
    undivided_rows: int = 0
    """How many rows those pages lack for it."""


def pages_of(rows: int, page_size: int) -> int:
    """How many pages that many rows make."""
    return -(-rows // page_size)


def read_slice(fetch: Fetch, *, start: int, count: int, size: int) -> Steps[Rows]:
    """Read rows `start` to `start + count`, counted from 0, fetching only the pages that hold them.

    Beyond the end there are none. A page there can answer a bare 0, so the total is then asked of page 1.
    """
    number = first = start // size + 1
    rows: list[tuple[str, ...]] = []
    undivided: list[str] = []
    lacking = 0
    complete = True
    while True:
        page = yield from fetch(number)
        before = (number - 1) * size
        rows += page.rows[max(0, start - before) : max(0, min(size, start + count - before))]
        complete = complete and page.is_complete(page=number, size=size)
        if page.undivided:
            undivided += page.undivided
            lacking += rows_of_page(page.total, page=number, size=size) - len(page.rows)
        if number * size >= min(start + count, page.total):
            break
        number += 1
    total = page.total
    if total == 0 and first > 1:
        total = (yield from fetch(1)).total
    return Rows(
        rows=tuple(rows),
        total=total,
        complete=complete,
        undivided=tuple(undivided),
        undivided_rows=lacking,
    )


def read_all(fetch: Fetch, *, size: int) -> Steps[Rows]:
    """Read every row, in at most 20 of the vendor's pages; `complete` tells whether that was enough."""
    found = yield from read_slice(fetch, start=0, count=MOST_PAGES * size, size=size)
    return Rows(
        rows=found.rows, total=found.total, complete=found.complete and len(found.rows) == found.total
    )
