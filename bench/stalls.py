"""How long the event loop's turn did not come while something was done beside it."""

import asyncio
import time
from collections.abc import Awaitable, Callable

_TICK = 0.001


async def longest_stall(work: Callable[[], Awaitable[object]]) -> float:
    """Seconds of the processor: a turn that came late because another process had the core does not count."""
    longest = 0.0

    async def beat() -> None:
        nonlocal longest
        while True:
            began = time.process_time()
            await asyncio.sleep(_TICK)
            longest = max(longest, time.process_time() - began)

    beating = asyncio.create_task(beat())
    await work()
    beating.cancel()
    return longest
