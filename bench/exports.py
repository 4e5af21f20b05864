"""100,000 messages written into a file, and a report of 43 MB read: how long the event loop stands still."""

import asyncio
from collections.abc import Iterator

import anyio.to_thread

from bench.rows import Measured, Row
from bench.sending import parts_at
from bench.stalls import beating
from bench.summaries import answer, sent
from server.campaigns.workbook_rows import workbook_rows
from tools.omis.report_content import Content, linked_content
from tools.omis.report_events import told_by
from tools.omis.report_sums import Sums, read_events
from tools.omis.report_tables import table_rows
from tools.operation import Reply

CSV = Row(measure="longest stall while 100,000 rows are saved as CSV", unit="ms", bar=20.0)
XLSX = Row(measure="longest stall while 100,000 rows are saved as XLSX", unit="ms", bar=20.0)
REPORT = Row(measure="longest stall while a report of 43 MB is read", unit="ms", bar=20.0)
ROWS = (CSV, XLSX, REPORT)

_NOBODY = "http://127.0.0.1:9"
_REPORT_ROWS, _RUNS = 500_000, 3


def measure() -> Iterator[Measured]:
    """All rows: of each the run in which the loop stood still the least."""
    yield from asyncio.run(_saved())
    yield asyncio.run(_read())


async def _saved() -> list[Measured]:
    async with parts_at(_NOBODY) as parts:
        await sent(parts)
        found: list[Measured] = []
        for row, form in ((CSV, "csv"), (XLSX, "xlsx")):
            stall = float("inf")
            for _ in range(_RUNS):
                async with beating() as beat:
                    await answer(parts, "export_records", what="delivery", file=form)
                stall = min(stall, beat.longest)
            found.append(row.at(stall * 1000))
    return found


async def _read() -> Measured:
    rows = (
        f"user{number}@example.com,2026-03-01 10:{number % 60:02d}:00,2026-03-01 09:00:00,https://shop.example/a\n"
        for number in range(_REPORT_ROWS)
    )
    body = ("Email,OpenTime,SendTime,Link\n" + "".join(rows)).encode()
    stall = float("inf")
    for _ in range(_RUNS):
        async with beating() as beat:
            total = await anyio.to_thread.run_sync(_summed, body)
        if total != _REPORT_ROWS:
            raise RuntimeError(f"not all rows were read: {total}")
        stall = min(stall, beat.longest)
    return REPORT.at(stall * 1000, f"{len(body) / 1_000_000:.0f} MB")


def _summed(body: bytes) -> int:
    content: Content = linked_content(Reply(status=200, body=body), "https://omis.example/a.csv")
    _, rows = read_events(table_rows(content, workbook_rows), told_by("20003"))
    sums = Sums()
    for row in rows:
        sums.add(row)
    return sums.total
