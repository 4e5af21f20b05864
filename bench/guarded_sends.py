"""What the gate costs: a guarded, auto-approved send less the same requests without the gate.

Both talk HTTP to the sandbox in a process of its own; the guarded send goes through the ledger, the policy,
the audit and a real database. They take turns, and the quickest turn of each counts.
"""

import asyncio
import time
from collections.abc import Iterator
from itertools import count
from statistics import median

from bench.processes import sandbox
from bench.rows import Measured, Row
from bench.sending import bare, guarded, parts_at
from server.parts import Parts
from tests.store.postgres_server import running_postgres

SQLITE = Row(measure="guarded free send − bare requests, SQLite", unit="ms", bar=3.0)
POSTGRESQL = Row(measure="guarded free send − bare requests, PostgreSQL", unit="ms", bar=7.0)
SENDS = Row(measure="guarded sends, one process, 8 callers", unit="/s", bar=220.0, more_is_better=True)
ROWS = (SQLITE, SENDS, POSTGRESQL)
_TURNS, _SENDS, _CALLERS = 8, 25, 8
_NUMBERS = count(1)


def measure() -> Iterator[Measured]:
    """The rows: over SQLite, then over PostgreSQL, whose commits wait for the disk as SQLite's do."""
    with sandbox() as vendor:
        yield from asyncio.run(_over_sqlite(vendor))
        with running_postgres(fsync=True) as postgres:
            yield asyncio.run(_over_postgresql(vendor, postgres.fresh_database()))


async def _over_sqlite(vendor: str) -> list[Measured]:
    async with parts_at(vendor) as parts:
        return [await _cost(parts, SQLITE), await _rate(parts)]


async def _over_postgresql(vendor: str, store: str) -> Measured:
    async with parts_at(vendor, store) as parts:
        return await _cost(parts, POSTGRESQL)


async def _cost(parts: Parts, row: Row) -> Measured:
    best = [float("inf"), float("inf")]
    for turn in range(_TURNS + 1):
        for side, send in enumerate((guarded, bare)):
            taken: list[float] = []
            for _ in range(_SENDS):
                text = f"number {next(_NUMBERS)}"
                began = time.perf_counter()
                await send(parts, text)
                taken.append((time.perf_counter() - began) * 1000)
            if turn:  # The first one opens and warms.
                best[side] = min(best[side], median(taken))
    return row.at(best[0] - best[1], f"guarded {best[0]:.2f} ms, bare {best[1]:.2f} ms")


async def _rate(parts: Parts) -> Measured:
    best = 0.0
    for _ in range(_TURNS):
        best = max(best, await _sends_a_second(parts, 25 * _CALLERS))
    return SENDS.at(best)


async def _sends_a_second(parts: Parts, sends: int) -> float:
    left = iter(range(sends))

    async def caller() -> None:
        for _ in left:
            await guarded(parts, f"number {next(_NUMBERS)}")

    began = time.perf_counter()
    await asyncio.gather(*(caller() for _ in range(_CALLERS)))
    return sends / (time.perf_counter() - began)
