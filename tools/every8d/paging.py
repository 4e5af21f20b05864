"""Our pages, cut out of the vendor's (EVERY8D 2.2, 2.3: 1,000 rows a page; 2.4: 10).

The first of the vendor's pages that is read says how many there are; those that follow go together.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from tools.operation import Steps, together
from tools.wire.page import Page, rows_of_page

Row = tuple[str, ...]
Fetch = Callable[[int], Steps[Page]]
"""Fetches one of the vendor's pages, counted from 1."""
MOST_PAGES = 20
"""The most pages that one call reads: 20,000 messages. More would keep a person waiting for minutes."""
PAGES_OF_THE_LARGEST = 100
"""What is read of one batch to remember it: 100,000 messages."""

X = TypeVar("X")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """Some of the vendor's rows, its newest total, and whether none is missing in between."""

    rows: tuple[Row, ...]
    total: int
    complete: bool
    undivided: tuple[str, ...] = ()
    """The lines of these pages that could not be divided surely; all, wherever the slice lies in them."""
    undivided_rows: int = 0
    """How many rows those pages lack for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken(Generic[X]):
    """What was taken of the rows, page by page, of how many, and whether those are all that there are."""

    pages: list[list[X]]
    total: int
    complete: bool


class _Counted(Protocol):
    @property
    def total(self) -> int: ...


C = TypeVar("C", bound=_Counted)


def pages_of(rows: int, page_size: int) -> int:
    """How many pages that many rows make."""
    return -(-rows // page_size)


def read_slice(fetch: Fetch, *, start: int, count: int, size: int) -> Steps[Rows]:
    """Read rows `start` to `start + count`, counted from 0, fetching only the pages that hold them.

    Beyond the end there are none. A page there can answer a bare 0, so the total is then asked of page 1.
    """
    first = start // size + 1
    pages = yield from _pages(fetch, first, start + count, size)
    rows: list[Row] = []
    for before, page in zip(range((first - 1) * size, start + count, size), pages, strict=False):
        rows += page.rows[max(0, start - before) : max(0, min(size, start + count - before))]
    lacking = [
        rows_of_page(page.total, page=number, size=size) - len(page.rows)
        for number, page in enumerate(pages, first)
        if page.undivided
    ]
    total = pages[-1].total
    if total == 0 and first > 1:
        total = (yield from fetch(1)).total
    return Rows(
        rows=tuple(rows),
        total=total,
        complete=all(page.is_complete(page=number, size=size) for number, page in enumerate(pages, first)),
        undivided=tuple(line for page in pages for line in page.undivided),
        undivided_rows=sum(lacking),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenPage(Generic[X]):
    """What was taken of one page: of how many rows, of how many in all, and whether none is missing."""

    taken: list[X]
    rows: int
    total: int
    complete: bool


def take_page(
    fetch: Fetch, number: int, *, size: int, take: Callable[[Sequence[Row]], Iterable[X]]
) -> Steps[TakenPage[X]]:
    """Take something of every row of one of the vendor's pages."""
    page = yield from fetch(number)
    rows = page.rows[:size]
    whole = page.is_complete(page=number, size=size)
    return TakenPage(taken=list(take(rows)), rows=len(rows), total=page.total, complete=whole)


def read_all(
    fetch: Fetch, *, size: int, take: Callable[[Sequence[Row]], Iterable[X]], most: int = MOST_PAGES
) -> Steps[Taken[X]]:
    """Take something of every row, in at most so many of the vendor's pages; `complete`: that was enough.

    It is taken page by page, and stays so: all at once, so many rows would hold up every other call.
    """
    pages = yield from _pages(
        lambda number: take_page(fetch, number, size=size, take=take), 1, most * size, size
    )
    total = pages[-1].total
    return Taken(
        pages=[page.taken for page in pages],
        total=total,
        complete=all(page.complete for page in pages) and sum(page.rows for page in pages) == total,
    )


def _pages(fetch: Callable[[int], Steps[C]], first: int, end: int, size: int) -> Steps[list[C]]:
    """The pages from number `first` to the one before row `end`, or to the last by the newest total."""
    pages = [(yield from fetch(first))]
    while more := range(first + len(pages), pages_of(min(end, pages[-1].total), size) + 1):
        for number, page in zip(more, (yield from together([fetch(each) for each in more])), strict=True):
            pages.append(page)
            # The total of a batch that is being erased shrinks: what follows is beyond its end.
            if number >= pages_of(min(end, page.total), size):
                break
    return pages
