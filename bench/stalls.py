"""How long the event loop's turn did not come while something was done beside it."""

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

_TICK = 0.001


@dataclass(slots=True)
class Beat:
    """How long the event loop stood still at the most, in seconds."""

    longest: float = 0.0


@asynccontextmanager
async def beating(
    clock: Callable[[], float] = time.perf_counter, rest: float = _TICK
) -> AsyncGenerator[Beat]:
    """Ticks beside the block; `rest` is what the clock shows of a tick that came in time."""
    found = Beat()

    async def beat() -> None:
        while True:
            began = clock()
            await asyncio.sleep(_TICK)
            found.longest = max(found.longest, clock() - began - rest)

    task = asyncio.create_task(beat())
    try:
        yield found
    finally:
        task.cancel()


async def longest_stall(work: Callable[[], Awaitable[object]]) -> float:
    """Seconds of the processor: a turn that came late because another process had the core does not count."""
    async with beating(time.process_time, rest=0.0) as beat:
        await work()
    return beat.longest
