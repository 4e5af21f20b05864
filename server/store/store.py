"""Opening, reading and writing the store. SQLAlchemy is imported at the first use, not with this module."""

from collections.abc import Awaitable, Callable
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar, cast

import anyio
import anyio.lowlevel
import anyio.to_thread

if TYPE_CHECKING:
    import sqlite3

    from sqlalchemy import Connection, Engine

    from server.store.runners import Runner

T = TypeVar("T")
Checkpoint = Callable[[], Awaitable[None]]


class StoreUnavailableError(Exception):
    """The store cannot be opened, read or written. The text is ours, without path, URL or values."""


class StoreGoneError(StoreUnavailableError):
    """The store's file is no longer where it was: it has to be opened anew."""


class Store(Protocol):
    """Transactions over synchronous functions of a connection."""

    async def write(self, work: "Callable[[Connection], T]") -> T:
        """Run `work` alone in one transaction, and commit. An exception rolls back and passes through.

        Raises:
            StoreUnavailableError: the engine failed. When that was at the commit, what `work` did is either
                kept whole or not at all; it is never repeated.
        """
        ...

    async def read(self, work: "Callable[[Connection], T]") -> T:
        """Run `work` on the store as it stands at one moment; it cannot write.

        Raises:
            StoreUnavailableError: the engine failed, or `work` tried to write.
        """
        ...

    async def close(self) -> None:
        """Let go of the connections."""
        ...


def default_url(folder: Path | None = None) -> str:
    """SQLite in this folder, the user's data folder by default; made, for its owner alone, at the opening."""
    return f"sqlite:///{(folder or data_directory()) / 'store.sqlite3'}"


def data_directory() -> Path:
    """The folder of the store, of the audit's key and of its head."""
    from platformdirs import user_data_path  # noqa: PLC0415 - needed once, when settings name no folder

    return user_data_path("campaign-ops-mcp", appauthor=False)


class DatabaseStore(Store):
    """SQLite (`sqlite:///path`) or PostgreSQL (`postgresql://…`), opened and migrated at the first use.

    After a failure the next call tries again from the start, so a database that came back is used again.
    A transaction that began is carried through even when its caller is cancelled; waiting for it is not.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._runner: Runner | None = None
        self._opening = anyio.Lock()
        self._writing = anyio.Lock()

    async def write(self, work: "Callable[[Connection], T]") -> T:
        """See `Store.write`. Writers of this process queue here, those of others at the database."""
        async with self._writing:
            return await self._transact(work, "written", reads=False)

    async def read(self, work: "Callable[[Connection], T]") -> T:
        """See `Store.read`."""
        return await self._transact(work, "read", reads=True)

    async def _transact(self, work: "Callable[[Connection], T]", doing: str, *, reads: bool) -> T:
        database = await self._opened()
        try:
            return await database.transact(work, doing, reads=reads)
        except StoreGoneError:
            await self.close()
            raise

    async def close(self) -> None:
        """See `Store.close`. The store opens again if it is used again."""
        database, self._runner = self._runner, None
        if database is not None:
            with anyio.CancelScope(shield=True):
                await database.close()

    async def _opened(self) -> "Runner":
        async with self._opening:
            if self._runner is None:
                self._runner = await anyio.to_thread.run_sync(_open, self._url)
            return self._runner


class SynchronousStore(Store):
    """SQLite in memory behind the same interface, without threads: for the deterministic simulation.

    `checkpoint` is awaited before each transaction and after each commit: the places where a scheduler can
    let others run, or a crash can be played.
    """

    def __init__(
        self, checkpoint: Checkpoint = anyio.lowlevel.checkpoint, *, engine: "Engine | None" = None
    ) -> None:
        from server.store.engine import memory_engine, reading  # noqa: PLC0415 - SQLAlchemy at the first use

        self._engine = engine or memory_engine(_empty_store())
        self._readers = self._engine.execution_options(**reading(sqlite=True))
        self._checkpoint = checkpoint

    def beside(self, checkpoint: Checkpoint) -> "SynchronousStore":
        """Another worker's store over the same database."""
        return SynchronousStore(checkpoint, engine=self._engine)

    async def write(self, work: "Callable[[Connection], T]") -> T:
        """See `Store.write`."""
        return await self._transact(self._engine, work, "written")

    async def read(self, work: "Callable[[Connection], T]") -> T:
        """See `Store.read`."""
        return await self._transact(self._readers, work, "read")

    async def _transact(self, engine: "Engine", work: "Callable[[Connection], T]", doing: str) -> T:
        from server.store.runners import transact_here  # noqa: PLC0415 - SQLAlchemy at the first use only

        await self._checkpoint()
        result = transact_here(engine, work, doing)
        await self._checkpoint()
        return result

    async def close(self) -> None:
        """See `Store.close`; the data is gone with it."""
        self._engine.dispose()


def _open(url: str) -> "Runner":
    from server.store.runners import open_runner  # noqa: PLC0415 - SQLAlchemy, in a thread, at the first use

    return open_runner(url)


@cache
def _empty_store() -> bytes:
    """A migrated database to copy: the simulation makes thousands."""
    from server.store.engine import memory_engine  # noqa: PLC0415 - SQLAlchemy at the first use only
    from server.store.migrate import migrate  # noqa: PLC0415 - as above

    engine = memory_engine()
    with engine.begin() as conn:
        migrate(conn)
    with closing(engine.raw_connection()) as raw:
        content = cast("sqlite3.Connection", raw.driver_connection).serialize()
    engine.dispose()
    return content
