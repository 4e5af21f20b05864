"""What must be recorded is not cancelled half-way."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

import anyio

T = TypeVar("T")


async def uncancelled(work: Callable[[], Awaitable[T]]) -> T:
    """Carry `work` to its end although the caller may have gone; the cancellation takes effect after it."""
    done: list[T] = []
    with anyio.CancelScope(shield=True):
        done.append(await work())
    return done[0]
