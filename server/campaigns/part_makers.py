"""Where parts are made ready: in a thread, or in a process of its own.

To make a part takes as long as all else that its send needs. In a thread it holds the interpreter's lock,
which whoever claims and posts waits for; a process has a lock of its own, and a core if there is one.
"""

import logging
from typing import Protocol

import anyio
import anyio.to_process
import anyio.to_thread
from anyio.abc import TaskGroup

from server.campaigns.part_making import MadePart, Order, Unmade, make_part

_log = logging.getLogger(__name__)
_WORTH_IT = 8
"""Parts: fewer are sent before the process is there."""


class PartMaker(Protocol):
    """Makes parts ready."""

    def expect(self, parts: int) -> None:
        """So many, or more, are about to be made."""
        ...

    async def make(self, order: Order) -> MadePart | Unmade:
        """All that a part's rules, claim and POST need; or why it cannot be sent as it was planned."""
        ...


class InThreads:
    """In this process, one after the other: they would take turns at the interpreter's lock anyway."""

    def __init__(self) -> None:
        self._one = anyio.CapacityLimiter(1)

    def expect(self, parts: int) -> None:
        """Nothing: a thread is there at once."""

    async def make(self, order: Order) -> MadePart | Unmade:
        """The part, made in a thread."""
        return await anyio.to_thread.run_sync(make_part, order, limiter=self._one)


class InProcess:
    """In a process of its own as soon as there are many and it has begun; until then, and without one, here.

    Its end, whoever ended it, ends nothing: what it had in hand is made here, and so is all that follows.
    """

    def __init__(self, group: TaskGroup) -> None:
        self._group = group
        self._here = InThreads()
        self._one = anyio.CapacityLimiter(1)
        self._is_begun = False
        self.is_there = False
        """Whether the process makes them."""

    def expect(self, parts: int) -> None:
        """Start the process, once, where there is enough for it to do."""
        if parts >= _WORTH_IT and not self._is_begun:
            self._is_begun = True
            self._group.start_soon(self._begin)

    async def make(self, order: Order) -> MadePart | Unmade:
        """The part."""
        if not self.is_there:
            return await self._here.make(order)
        try:
            return await self._there(order)
        except anyio.BrokenWorkerProcess:
            _log.warning("the process that makes parts ready has ended; they are made without it")
            self.is_there = False
            return await self._here.make(order)

    async def _begin(self) -> None:
        """Start it, and have it import what it needs."""
        try:
            await anyio.to_process.run_sync(_ready, cancellable=True, limiter=self._one)
        except anyio.BrokenWorkerProcess:
            _log.warning("no process can be started that makes parts ready; they are made without one")
            return
        self.is_there = True

    async def _there(self, order: Order) -> MadePart | Unmade:
        return await anyio.to_process.run_sync(make_part, order, cancellable=True, limiter=self._one)


def _ready() -> None:
    """What unpickled this has imported all that makes a part."""
