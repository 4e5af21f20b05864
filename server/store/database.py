"""A store over a real database: opened at the first use, and opened anew when it was away."""

import gc
from collections.abc import Awaitable, Callable
from functools import cache
from typing import TypeVar

import anyio
import anyio.to_thread

from server.store.errors import StoreGoneError
from server.store.opening import open_runner
from server.store.plans import Connection
from server.store.runners import Runner
from server.store.transactions import Store

T = TypeVar("T")


class DatabaseStore(Store):
    """SQLite (`sqlite:///path`) or PostgreSQL (`postgresql://…`), opened and migrated at the first use.

    After a failure the next call tries again from the start, so a database that came back is used again.
    A transaction that began is carried through even when its caller is cancelled; waiting for it is not.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._runner: Runner | None = None
        self._opening = anyio.Lock()

    async def write(self, work: Callable[[Connection], T]) -> T:
        """See `Store.write`. Writers of this process queue here, those of others at the database."""
        return await self._with(lambda runner: runner.write(work))

    async def jot(self, work: Callable[[Connection], T]) -> T:
        """See `Store.jot`."""
        return await self._with(lambda runner: runner.jot(work))

    async def read(self, work: Callable[[Connection], T]) -> T:
        """See `Store.read`."""
        return await self._with(lambda runner: runner.read(work))

    async def glance(self, work: Callable[[Connection], T]) -> T:
        """See `Store.glance`."""
        return await self._with(lambda runner: runner.glance(work))

    async def _with(self, run: Callable[[Runner], Awaitable[T]]) -> T:
        runner = self._runner or await self._opened()
        try:
            return await run(runner)
        except StoreGoneError:
            await self.close()
            raise

    async def close(self) -> None:
        """See `Store.close`. The store opens again if it is used again."""
        database, self._runner = self._runner, None
        if database is not None:
            with anyio.CancelScope(shield=True):
                await database.close()

    async def _opened(self) -> Runner:
        async with self._opening:
            if self._runner is None:
                self._runner = await anyio.to_thread.run_sync(open_runner, self._url)
                _keep_what_is_imported()
            return self._runner


@cache
def _keep_what_is_imported() -> None:
    """Tell the collector, once in a process, that all this stays.

    With the store the last large modules are there. To look through them again and again takes it 70 ms each
    time, in which no call goes on. (To ask for the count of what is frozen takes it as long.)
    """
    gc.freeze()
