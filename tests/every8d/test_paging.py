"""Pages that are read together mean what they would one after another, whatever the vendor says meanwhile."""

from collections.abc import Callable, Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.every8d.driving import always, drive
from tools.every8d.paging import MOST_PAGES, Fetch, Row, read_all, read_slice
from tools.operation import Request, Steps, one
from tools.wire.page import Page

SIZE = 10


class Batch:
    """A batch of which each page says a total of its own, as one does that grows or shrinks meanwhile."""

    def __init__(self, totals: Sequence[int]) -> None:
        self.totals = totals
        self.fetched: list[int] = []

    def page(self, number: int) -> Page:
        total = self.totals[min(number, len(self.totals)) - 1]
        rows = range((number - 1) * SIZE, min(number * SIZE, total))
        return Page(total=total, rows=tuple((str(row),) for row in rows))

    def fetch(self, number: int) -> Steps[Page]:
        self.fetched.append(number)
        yield from one(Request(vendor="every8d"))
        return self.page(number)


def one_after_another(page_of: Callable[[int], Page], start: int, count: int) -> list[tuple[int, Page]]:
    """The pages as somebody reads them who looks at each before the next."""
    number, found = start // SIZE + 1, list[tuple[int, Page]]()
    while True:
        found.append((number, page_of(number)))
        if number * SIZE >= min(start + count, found[-1][1].total):
            return found
        number += 1


TOTALS = st.lists(st.integers(0, 45), min_size=1, max_size=6) | st.integers(0, 260).map(lambda each: [each])


@settings(max_examples=300)
@given(TOTALS, st.integers(0, 250), st.integers(1, 120))
def test_a_slice_is_the_one_that_is_read_page_by_page(totals: list[int], start: int, count: int) -> None:
    batch = Batch(totals)
    found = drive(read_slice(batch.fetch, start=start, count=count, size=SIZE), always(""))[0]
    pages = one_after_another(batch.page, start, count)
    rows = [row for _, page in pages for row in page.rows if start <= int(row[0]) < start + count]
    assert list(found.rows) == rows
    assert found.complete == all(page.is_complete(page=number, size=SIZE) for number, page in pages)
    newest = pages[-1][1].total
    assert found.total == (batch.page(1).total if newest == 0 and start >= SIZE else newest)
    # No page twice, unless for the total of what lies beyond the end.
    again = batch.fetched[:-1] if newest == 0 and start >= SIZE else batch.fetched
    assert len(set(again)) == len(again)


@settings(max_examples=300)
@given(TOTALS, st.integers(2, 5))
def test_what_is_taken_page_by_page_is_taken_of_every_row(totals: list[int], every: int) -> None:
    def take(rows: Sequence[Row]) -> list[int]:
        return [int(row[0]) for row in rows if int(row[0]) % every == 0]

    batch = Batch(totals)
    fetch: Fetch = batch.fetch
    found = drive(read_all(fetch, size=SIZE, take=take), always(""))[0]
    whole = drive(read_slice(fetch, start=0, count=MOST_PAGES * SIZE, size=SIZE), always(""))[0]
    assert [each for page in found.pages for each in page] == take(whole.rows)
    assert found.total == whole.total
    assert found.complete == (whole.complete and len(whole.rows) == whole.total)
    assert max(batch.fetched) <= MOST_PAGES
