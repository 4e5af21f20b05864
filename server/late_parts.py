"""The one door through which a server's parts are opened late.

An assistant's host waits for the list of tools, and for that none of gate, ledger, vendors and store is
needed. They are imported at the first call, or a moment after the start, in a thread of their own.
"""

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Self

import anyio
import anyio.to_thread

from server.settings.settings import Settings

if TYPE_CHECKING:
    from server.parts import Parts

MOMENT_SECONDS = 1.0
"""How long after its start a server opens its parts by itself: by then the tools are listed."""


class LateParts:
    """The parts of a server with these settings, built when they are wanted for the first time."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._parts: Parts | None = None
        self._opening = anyio.Lock()
        self._wanted = anyio.Event()

    @classmethod
    def of(cls, parts: "Parts") -> Self:
        """What is open already."""
        made = cls(parts.settings)
        made._parts = parts
        made._wanted.set()
        return made

    @property
    def held(self) -> "Parts | None":
        """The parts, once they are open."""
        return self._parts

    def held_key(self) -> bytes | None:
        """The store's key, once it has been read."""
        return self._parts and self._parts.journal.held_key

    async def opened(self) -> "Parts":
        """The parts. Whoever comes while they are opened waits; who is cancelled has opened them too."""
        self._wanted.set()
        if self._parts is None:
            async with self._opening:
                if self._parts is None:
                    build = await anyio.to_thread.run_sync(builder)
                    self._parts = build(self.settings)
        return self._parts

    async def wanted(self) -> None:
        """Wait for the first call, or a moment: until then the tools are listed."""
        with anyio.move_on_after(MOMENT_SECONDS):
            await self._wanted.wait()

    async def work(self) -> None:
        """The background work, from the first call on, or after a moment."""
        await self.wanted()
        await (await self.opened()).work()


@asynccontextmanager
async def running(late: LateParts) -> AsyncGenerator[None]:
    """Opens the parts after a moment at the latest, with their background work; closes them at the end."""
    try:
        async with anyio.create_task_group() as background:
            background.start_soon(late.work)
            yield
            background.cancel_scope.cancel()
    finally:
        if late.held is not None:
            with anyio.CancelScope(shield=True), anyio.move_on_after(1):
                await late.held.close()


def builder() -> "Callable[[Settings], Parts]":
    """Import what builds the parts. Blocks, so call it in a thread."""
    from server.parts import build_parts  # noqa: PLC0415 - the door

    return build_parts
