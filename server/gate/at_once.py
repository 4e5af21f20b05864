"""Several things a few at a time; each tells its own end."""

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

import anyio

from server.vendors.looking import AT_ONCE

T = TypeVar("T")


async def few_at_once(works: Sequence[Callable[[], Awaitable[T]]]) -> list[T]:
    """What each came to, in their order. One that raises ends the others: let it return its failure."""
    found: dict[int, T] = {}
    waiting = iter(enumerate(works))

    async def carry_out() -> None:
        for place, work in waiting:
            found[place] = await work()

    async with anyio.create_task_group() as group:
        for _ in range(min(AT_ONCE, len(works))):
            group.start_soon(carry_out)
    return [found[place] for place in range(len(works))]
