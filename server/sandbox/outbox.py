"""Sends delivery reports in the order of the sandbox's clock."""

import heapq
import itertools
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime

import anyio
from anyio.abc import TaskGroup

_AT_ONCE = 8

Attempt = Callable[[datetime], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class _Waiting:
    when: datetime
    order: int
    attempt: Attempt = field(compare=False)


class Outbox:
    """Attempts of one moment go out together, eight at once; those of a later moment wait for them."""

    def __init__(self, tasks: TaskGroup) -> None:
        self._tasks = tasks
        self._waiting: list[_Waiting] = []
        self._order = itertools.count()
        self._working = False
        self._closed = False
        self._idle = anyio.Event()

    def send(self, when: datetime, attempt: Attempt) -> None:
        """Put an attempt in its place."""
        heapq.heappush(self._waiting, _Waiting(when=when, order=next(self._order), attempt=attempt))
        if not self._working:
            self._working = True
            self._tasks.start_soon(self._work)

    def close(self) -> None:
        """Make no further attempts."""
        self._closed = True

    async def drained(self) -> None:
        """Return when nothing waits or is under way."""
        while self._working:
            await self._idle.wait()

    async def _work(self) -> None:
        while self._waiting:
            limit = anyio.CapacityLimiter(_AT_ONCE)
            when = self._waiting[0].when
            async with anyio.create_task_group() as attempts:
                while self._waiting and self._waiting[0].when == when:
                    attempts.start_soon(self._limited, limit, heapq.heappop(self._waiting))
        self._working = False
        self._idle.set()
        self._idle = anyio.Event()

    async def _limited(self, limit: anyio.CapacityLimiter, waiting: _Waiting) -> None:
        async with limit:
            if not self._closed:
                await waiting.attempt(waiting.when)
