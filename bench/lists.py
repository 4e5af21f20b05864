"""Lists of 100,000 rows, each row judged with two texted fields, against a bare pass of their reader.

The bare pass of a CSV is Python's `csv`; that of a workbook is our own pass over its XML without any rule.
All figures are processor time, that of the stall too: how long the event loop's turn did not come while this
process had a core. The quickest of some runs counts.
"""

import asyncio
import gc
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.made_lists import MANY, bare_book, bare_csv, write_lists
from bench.rows import Measured, Row, least
from bench.stalls import longest_stall
from server.campaigns.reading import ListReading, ListWanted
from server.settings.settings import ListsSettings
from tools.lists.columns import Wanted

CSV = Row(measure="rows of a CSV judged a second", unit="/s", bar=50_000, more_is_better=True)
XLSX = Row(measure="rows of an XLSX judged a second", unit="/s", bar=40_000, more_is_better=True)
STALL = Row(measure="longest stall of the loop while a workbook is read", unit="ms", bar=20.0)
ROWS = (CSV, XLSX, STALL)
_RUNS = 5
_FIELDS = Wanted(fields=("姓名", "金額"))


def measure() -> Iterator[Measured]:
    """All rows."""
    with TemporaryDirectory() as folder:
        text, book = write_lists(Path(folder))
        yield _rate(CSV, partial(_judged, text), partial(bare_csv, text))
        yield _rate(XLSX, partial(_judged, book), partial(bare_book, book))
        # As the server does once its parts are open.
        gc.freeze()
        yield STALL.at(1000 * min(asyncio.run(longest_stall(partial(_read, book))) for _ in range(_RUNS)))


def _rate(row: Row, ours: Callable[[], int], bare: Callable[[], int]) -> Measured:
    took, floor = least(ours, _RUNS), least(bare, _RUNS)
    return row.at(MANY / took, f"{floor / took:.2f} of the bare pass ({MANY / floor:,.0f}/s)")


def _judged(path: Path) -> int:
    with path.open("rb") as file:
        reading = ListReading(file, ListWanted(columns=_FIELDS), ListsSettings())
        return sum(map(len, reading.slices()))


async def _read(path: Path) -> None:
    with path.open("rb") as file:
        opened = partial(ListReading, file, ListWanted(columns=_FIELDS), ListsSettings())
        slices = (await asyncio.to_thread(opened)).slices()
        while await asyncio.to_thread(next, slices, ()):
            pass
