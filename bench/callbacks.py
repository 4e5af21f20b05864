"""Delivery reports that are kept before they are answered, against a route that stores nothing.

32 connections are busy all the time; the two take turns, and the quickest turn of each counts. Then reports
come at 300 a second, and the slowest hundredth is looked at, from the moment at which each was due.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, Iterator
from contextlib import ExitStack, asynccontextmanager
from itertools import count
from tempfile import TemporaryDirectory
from urllib.parse import urlencode

from bench.processes import COMMAND, environment, free_port, listening, peer
from bench.rows import Measured, Row
from bench.wire import Wire, get, rate

KEPT = Row(measure="durable callbacks / route that stores nothing", unit="×", bar=0.6, more_is_better=True)
SLOWEST = Row(measure="callbacks, p99 at 300 a second", unit="ms", bar=10.0)
ROWS = (KEPT, SLOWEST)
_TOKEN = "a-long-token-for-the-bench"
_CLOSED = "http://127.0.0.1:9"
_TURNS, _REPORTS, _AT_ONCE = 6, 960, 32
_A_SECOND, _SECONDS, _PERIODS = 300, 3, 4
_NUMBERS = count(1)


def report() -> str:
    """A report that nobody has seen yet."""
    number = next(_NUMBERS)
    fields = {
        "BatchID": "220478cc-8506-49b2-93b7-2505f651c12e",
        "RM": f"+88691{number:07d}",
        "RT": "20260302142555",
        "STATUS": "100",
        "SM": "",
        "MR": str(number),
        "NAME": "",
        "CHARGE": "1",
        "SUBJECT": "",
        "ST": "20260302142500",
    }
    return urlencode(fields)


def measure() -> Iterator[Measured]:
    """Both rows."""
    with TemporaryDirectory() as folder, ExitStack() as stack:
        port = free_port()
        env = environment(folder, _CLOSED, CALLBACKS__TOKEN=_TOKEN, CALLBACKS__PORT=str(port))
        stack.enter_context(listening([COMMAND, "serve", "--http", "--port", "0"], env))
        bare = stack.enter_context(listening(peer("forgetful")))
        ours = f"http://127.0.0.1:{port}/callbacks/every8d/{_TOKEN}"
        yield from asyncio.run(_both(ours, bare))


async def _both(ours: str, bare: str) -> list[Measured]:
    await _listening(ours)
    best = [0.0, 0.0]
    for _ in range(_TURNS):
        for side, url in enumerate((ours, bare)):
            async with _wires(url) as wires:
                best[side] = max(best[side], await rate(wires, lambda url=url: get(url, report()), _REPORTS))
    slowest = [await _p99(ours) for _ in range(_PERIODS)]
    return [
        KEPT.at(best[0] / best[1], f"{best[0]:.0f} a second, bare {best[1]:.0f}"),
        SLOWEST.at(min(slowest), "of periods " + ", ".join(f"{each:.1f}" for each in slowest)),
    ]


@asynccontextmanager
async def _wires(url: str) -> AsyncGenerator[list[Wire]]:
    """Fresh connections: a listener lets go of those that say nothing for a while."""
    wires = [await Wire.to(url) for _ in range(_AT_ONCE)]
    try:
        yield wires
    finally:
        for wire in wires:
            wire.close()


async def _p99(url: str) -> float:
    """Milliseconds within which 99 of 100 were answered, of reports that come evenly."""
    async with _wires(url) as wires:
        taken = await _paced(url, wires)
    return sorted(taken)[-len(taken) // 100]


async def _paced(url: str, wires: list[Wire]) -> list[float]:
    free: asyncio.Queue[Wire] = asyncio.Queue()
    for wire in wires:
        free.put_nowait(wire)
    taken: list[float] = []

    async def one(due: float) -> None:
        wire = await free.get()
        await wire.ask(get(url, report()))
        taken.append((time.perf_counter() - due) * 1000)
        free.put_nowait(wire)

    began = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for number in range(_A_SECOND * _SECONDS):
            due = began + number / _A_SECOND
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            group.create_task(one(due))
    return taken


async def _listening(url: str) -> None:
    """The receiver opens beside the server: its first answer is waited for."""
    for _ in range(200):
        try:
            wire = await Wire.to(url)
        except OSError:
            await asyncio.sleep(0.05)
        else:
            wire.close()
            return
    raise RuntimeError("the receiver does not listen")
