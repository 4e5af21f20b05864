"""Plans of 100,000 recipients, each with a text of their own, against a bare pass of the list's reader.

A whole plan, as `plan_campaign` makes it: rows judged, held against the store, filled in, priced, hashed,
sealed and kept in SQLite. All figures are processor time; the quickest of some runs counts.
"""

import asyncio
import gc
import time
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.made_lists import MANY, bare_book, bare_csv, write_lists
from bench.processes import free_port
from bench.rows import Measured, Row, least
from bench.sending import CALLER
from bench.stalls import longest_stall
from server.gate.desk import ServerDesk
from server.parts import build_parts
from server.settings.settings import load_settings
from tools.desk.plan_campaign import PLAN_CAMPAIGN, PlanCampaignParams

CSV = Row(measure="recipients of a CSV planned a second", unit="/s", bar=50_000, more_is_better=True)
XLSX = Row(measure="recipients of an XLSX planned a second", unit="/s", bar=40_000, more_is_better=True)
STALL = Row(measure="longest stall of the loop while a campaign is planned", unit="ms", bar=20.0)
ROWS = (CSV, XLSX, STALL)
_RUNS = 4
_TEXT = "【測試】{姓名}您好，本期帳單 {金額} 元"


def measure() -> Iterator[Measured]:
    """All rows."""
    with TemporaryDirectory() as folder:
        text, book = write_lists(Path(folder))
        yield asyncio.run(_rate(CSV, text, partial(bare_csv, text)))
        yield asyncio.run(_rate(XLSX, book, partial(bare_book, book)))
        yield STALL.at(1000 * asyncio.run(_stall(book)))


async def _rate(row: Row, path: Path, bare: Callable[[], int]) -> Measured:
    async with _desk(path.parent) as desk:
        # The first one opens the store and imports what a plan needs.
        await _plan(desk, path)
        took = min([await _seconds(desk, path) for _ in range(_RUNS)])
    floor = least(bare, _RUNS)
    return row.at(MANY / took, f"{floor / took:.2f} of the bare pass ({MANY / floor:,.0f}/s)")


async def _seconds(desk: ServerDesk, path: Path) -> float:
    began = time.process_time()
    await _plan(desk, path)
    return time.process_time() - began


async def _plan(desk: ServerDesk, path: Path) -> None:
    params = PlanCampaignParams(name="bench", list=path.name, text=_TEXT)
    found = await PLAN_CAMPAIGN.run(params, desk)
    if found.recipients != MANY:
        raise ValueError(f"{found.recipients} were planned")


async def _stall(path: Path) -> float:
    async with _desk(path.parent) as desk:
        await _plan(desk, path)
        # As the server does once its parts are open.
        gc.freeze()
        return min([await longest_stall(partial(_plan, desk, path)) for _ in range(_RUNS)])


@asynccontextmanager
async def _desk(folder: Path) -> AsyncGenerator[ServerDesk]:
    """A server's desk; its vendor is away, and only the points that are left are asked of it."""
    account = {"base_url": f"http://127.0.0.1:{free_port()}", "uid": "bench", "password": "bench"}
    with TemporaryDirectory() as store:
        parts = build_parts(
            load_settings(None, every8d=account, store={"folder": Path(store)}, lists={"folder": folder})
        )
        yield ServerDesk(parts.context, CALLER)
        await parts.close()
