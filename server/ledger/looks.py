"""The audit's lines of looks. Those that wait together go in one transaction, with one wait for the disk.

A look's line is written before its answer is given, and not only then: whoever is alone has it written while
the vendor is waited for. Of several, the first that needs its line writes those of all.
"""

import logging
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import anyio

from server.ledger.notes import Note
from server.ledger.outside import OutsideReading
from server.store.errors import StoreUnavailableError

_log = logging.getLogger(__name__)


@dataclass(slots=True, eq=False)
class Look:
    """A look that is under way."""

    note: Note
    tried: bool = False
    """Whether its line was written, or could not be."""
    recorded: bool = False
    """Whether its line is in the audit."""


class Looks:
    """Those that are under way, and the lines that nobody has written yet."""

    def __init__(self, outside: OutsideReading) -> None:
        self._outside = outside
        self._under_way = 0
        self._waiting: list[Look] = []
        self._writing = anyio.Lock(fast_acquire=True)

    @asynccontextmanager
    async def recorded(self, note: Note) -> AsyncGenerator[Look]:
        """Records the look that the block carries out, also one that fails: asked for it was.

        After the block its line is in the audit, or cannot be.
        """
        look, failed = Look(note), None
        self._waiting.append(look)
        self._under_way += 1
        try:
            async with self._beside(look):
                try:
                    yield look
                except Exception as error:  # noqa: BLE001 - it is raised below, once the line is written
                    failed = error
            await self._written(look)
        finally:
            self._under_way -= 1
            if not look.tried:
                self._waiting.remove(look)
        if failed is not None:
            raise failed

    @asynccontextmanager
    async def _beside(self, look: Look) -> AsyncGenerator[None]:
        """Has the line of a lonely look written meanwhile."""
        if self._under_way > 1:
            yield
            return
        async with anyio.create_task_group() as beside:
            beside.start_soon(self._written, look)
            yield

    async def _written(self, look: Look) -> None:
        while not look.tried:
            async with self._writing:
                if not look.tried:
                    await self._write_all()

    async def _write_all(self) -> None:
        """Write what waits. Cancelled before it began, it leaves all of it to the next one."""
        looks = self._waiting.copy()
        try:
            await self._outside.record(*(look.note for look in looks))
        except StoreUnavailableError as error:
            _log.warning("a look could not be recorded: %s", error)
        else:
            for look in looks:
                look.recorded = True
        for look in looks:
            look.tried = True
        self._waiting = [look for look in self._waiting if not look.tried]
