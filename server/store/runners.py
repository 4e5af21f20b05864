"""How a transaction is run: SQLite in a worker thread, PostgreSQL on the event loop.

A transaction is one synchronous function. For SQLite the whole of it goes to a thread at once: a driver that
goes there for every statement takes two to three times as long (docs/decisions/0004-store.md).
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Protocol, TypeVar

import anyio
import anyio.to_thread
from sqlalchemy import Connection, Engine
from sqlalchemy.ext.asyncio import AsyncEngine

from server.store.engine import (
    asynchronous_engine,
    is_sqlite,
    read_url,
    reading,
    reading_engine,
    synchronous_engine,
)
from server.store.errors import StoreGoneError, StoreUnavailableError
from server.store.failures import ENGINE_ERRORS, unavailable
from server.store.migrate import open_and_migrate

T = TypeVar("T")
_THREADS = 4


class Runner(Protocol):
    """Runs transactions over one opened database."""

    async def transact(self, work: Callable[[Connection], T], doing: str, *, reads: bool) -> T:
        """Run `work` in one transaction; `doing` names it in an error."""
        ...

    async def close(self) -> None:
        """Let go of the connections."""
        ...


class ThreadRunner:
    """Over synchronous engines, of which the readers' cannot write; the event loop goes on meanwhile."""

    def __init__(self, engine: Engine, readers: Engine, file: Path) -> None:
        self._engine = engine
        self._readers = readers
        self._file = file
        self._opened = _identity(file)
        # Threads of our own: others' slow files must not hold a record back. An executor hands work over in
        # a third of the time of `anyio.to_thread`, which a step pays three times.
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="store")

    async def transact(self, work: Callable[[Connection], T], doing: str, *, reads: bool) -> T:
        """See `Runner.transact`."""
        engine = self._readers if reads else self._engine
        done: list[T] = []
        # What began is carried through, and waited for, although the caller was cancelled.
        with anyio.CancelScope(shield=True):
            loop = asyncio.get_running_loop()
            done.append(await loop.run_in_executor(self._threads, self._transact, engine, work, doing))
        return done[0]

    def _transact(self, engine: Engine, work: Callable[[Connection], T], doing: str) -> T:
        """A transaction on a file that somebody moved or deleted meanwhile is kept for nobody to find."""
        gone = StoreGoneError(f"the store could not be {doing} (its file was moved or deleted).")
        try:
            done = transact_here(engine, work, doing)
        except StoreUnavailableError as error:
            raise (error if _identity(self._file) == self._opened else gone) from None
        if _identity(self._file) != self._opened:
            raise gone
        return done

    async def close(self) -> None:
        """See `Runner.close`."""
        for engine in (self._engine, self._readers):
            await anyio.to_thread.run_sync(engine.dispose)
        self._threads.shutdown(wait=False)


class LoopRunner:
    """Over an asynchronous engine."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._readers = engine.execution_options(**reading(sqlite=False))

    async def transact(self, work: Callable[[Connection], T], doing: str, *, reads: bool) -> T:
        """See `Runner.transact`."""
        engine = self._readers if reads else self._engine
        done: list[T] = []
        with anyio.CancelScope(shield=True):
            try:
                async with engine.begin() as conn:
                    done.append(await conn.run_sync(work))
            except ENGINE_ERRORS as error:
                raise unavailable(error, doing) from None
        return done[0]

    async def close(self) -> None:
        """See `Runner.close`."""
        await self._engine.dispose()


def transact_here(engine: Engine, work: Callable[[Connection], T], doing: str) -> T:
    """One transaction in this thread."""
    try:
        with engine.begin() as conn:
            return work(conn)
    except ENGINE_ERRORS as error:
        raise unavailable(error, doing) from None


def _identity(file: Path) -> tuple[int, int] | None:
    """Which file this name means now; None when there is none."""
    try:
        status = file.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def open_runner(url: str) -> Runner:
    """Open and migrate the database of this URL; blocks, so call it in a thread.

    Raises:
        StoreUnavailableError: it cannot be opened.
    """
    try:
        parsed: Any = read_url(url)
        open_and_migrate(parsed)
        if is_sqlite(parsed):
            return ThreadRunner(
                synchronous_engine(parsed), reading_engine(parsed), Path(str(parsed.database))
            )
        return LoopRunner(asynchronous_engine(parsed))
    except ValueError as error:
        raise StoreUnavailableError(str(error)) from None
    except (OSError, *ENGINE_ERRORS) as error:
        raise unavailable(error, "opened") from None
