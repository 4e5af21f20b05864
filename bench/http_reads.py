"""A read over HTTP, one at a time and 32 at once, against a bare server whose tool asks the vendor the same.

The two take turns, and the quickest turn of each counts: what else the machine does makes turns slower only.
"""

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack
from statistics import median
from tempfile import TemporaryDirectory

from bench.mcp_calls import HEADERS, balance, check
from bench.processes import COMMAND, environment, listening, peer, sandbox
from bench.rows import Measured, Row
from bench.wire import Wire, post, rate, took

ALONE = Row(measure="HTTP read, p50 / bare server", unit="×", bar=1.4)
TOGETHER = Row(measure="HTTP reads at 32 at once, rate / bare", unit="×", bar=0.9, more_is_better=True)
ROWS = (ALONE, TOGETHER)
AT_ONCE = 32
_TURNS, _ALONE, _TOGETHER = 30, 12, 128


def measure() -> Iterator[Measured]:
    """Both rows, over one pair of servers."""
    with TemporaryDirectory() as folder, ExitStack() as stack:
        vendor = stack.enter_context(sandbox())
        serve = [COMMAND, "serve", "--http", "--port", "0"]
        ours = stack.enter_context(listening(serve, environment(folder, vendor)))
        bare = stack.enter_context(listening(peer("balance", vendor, "http")))
        yield from asyncio.run(_both(ours, bare))


async def _both(ours: str, bare: str) -> list[Measured]:
    urls = (ours, bare)
    calls = [post(url, balance(), HEADERS) for url in urls]
    single = [await Wire.to(url) for url in urls]
    for wire, call in zip(single, calls, strict=True):
        for _ in range(20):
            check(await wire.ask(call))
    p50 = [float("inf"), float("inf")]
    for _ in range(_TURNS):
        for side, (wire, call) in enumerate(zip(single, calls, strict=True)):
            p50[side] = min(p50[side], median([await took(wire, call) for _ in range(_ALONE)]))
    rates = [0.0, 0.0]
    for _ in range(_TURNS // 3):
        for side, (url, call) in enumerate(zip(urls, calls, strict=True)):
            wires = [await Wire.to(url) for _ in range(AT_ONCE)]
            rates[side] = max(rates[side], await rate(wires, lambda call=call: call, _TOGETHER))
            for wire in wires:
                wire.close()
    for wire in single:
        wire.close()
    return [
        ALONE.at(p50[0] / p50[1], f"{p50[0] * 1000:.2f} ms, bare {p50[1] * 1000:.2f} ms"),
        TOGETHER.at(rates[0] / rates[1], f"{rates[0]:.0f} a second, bare {rates[1]:.0f}"),
    ]
