"""Pages of which the next are on the way while those before them are made use of."""

from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

import anyio
from anyio.abc import TaskGroup

from server.first_cause import first_cause
from server.vendors.looking import AT_ONCE

P = TypeVar("P")
Fetch = Callable[[int], Awaitable[P]]
_AHEAD = 2 * AT_ONCE
"""Pages that may be here or on the way before they are wanted: what is used slowly fills no memory."""


async def each_page(fetch: Fetch[P], last: Callable[[P], int], use: Callable[[P], Awaitable[None]]) -> None:
    """Use every page from the first, in their order; the newest page tells which is the last.

    The first failure, of a fetch or of a use, ends it and is raised as it is.
    """
    page, number = await fetch(1), 1
    try:
        async with anyio.create_task_group() as group:
            ahead = _Ahead(fetch, group)
            while number < (end := last(page)):
                ahead.ask(min(end, number + _AHEAD))
                await use(page)
                number += 1
                page = await ahead.page(number)
            await use(page)
            # A batch that is being erased shrinks: what lies beyond its end is wanted no more.
            group.cancel_scope.cancel()
    except ExceptionGroup as failed:
        raise first_cause(failed) from None


class _Ahead(Generic[P]):
    """The pages that are fetched before they are wanted."""

    def __init__(self, fetch: Fetch[P], group: TaskGroup) -> None:
        self._fetch = fetch
        self._group = group
        self._asked = 1
        self._at_once = anyio.Semaphore(AT_ONCE)
        self._here: dict[int, anyio.Event] = {}
        self._found: dict[int, P] = {}

    def ask(self, last: int) -> None:
        """Have the pages up to this one fetched, the first ones first."""
        for number in range(self._asked + 1, last + 1):
            self._here[number] = anyio.Event()
            self._group.start_soon(self._fetched, number)
        self._asked = max(self._asked, last)

    async def page(self, number: int) -> P:
        """The page, once it is here."""
        await self._here[number].wait()
        del self._here[number]
        return self._found.pop(number)

    async def _fetched(self, number: int) -> None:
        async with self._at_once:
            self._found[number] = await self._fetch(number)
        self._here[number].set()
