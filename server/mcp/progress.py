"""Signs of life of a call that takes long: clients that hear nothing for a while give it up."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Generator
from itertools import count

import anyio
from mcp.shared.exceptions import MCPError

EVERY_SECONDS = 15.0
"""Clients are promised to hear something at least every 20 seconds."""


@contextlib.contextmanager
def signs_of_life(report: Callable[[str], Awaitable[None]] | None) -> Generator[None]:
    """Report progress every so often, as long as what is done inside goes on; a quick call costs a timer."""
    if report is None:
        yield
        return
    loop, signs, times = asyncio.get_running_loop(), set[asyncio.Task[None]](), count(1)

    async def tell(seconds: float) -> None:
        with contextlib.suppress(MCPError, anyio.ClosedResourceError, anyio.BrokenResourceError):
            await report(f"still at work after {seconds:g} seconds")

    def again() -> None:
        nonlocal timer
        signs.add(loop.create_task(tell(next(times) * EVERY_SECONDS)))
        timer = loop.call_later(EVERY_SECONDS, again)

    timer = loop.call_later(EVERY_SECONDS, again)
    try:
        yield
    finally:
        timer.cancel()
        for each in signs:
            each.cancel()
