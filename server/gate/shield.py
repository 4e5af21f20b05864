"""What must be recorded is not cancelled half-way."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

import anyio

T = TypeVar("T")
_under_way: set[object] = set()


def recording() -> bool:
    """Whether something is being carried out that must be recorded: a process that ends waits for it."""
    return bool(_under_way)


async def uncancelled(work: Callable[[], Awaitable[T]]) -> T:
    """Carry `work` to its end although the caller may have gone; the cancellation takes effect after it."""
    done: list[T] = []
    token = object()
    _under_way.add(token)
    try:
        with anyio.CancelScope(shield=True):
            done.append(await work())
    finally:
        _under_way.discard(token)
    return done[0]
