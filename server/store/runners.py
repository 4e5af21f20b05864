"""How transactions are run over an opened database: one thread writes, others read.

A transaction is one synchronous function, and the whole of it goes to a thread at once: a driver that goes
there for every statement takes two to three times as long (docs/decisions/0004-store.md).
"""

import asyncio
import logging
import time
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from queue import Empty, SimpleQueue
from typing import Protocol, TypeVar

import anyio
import anyio.to_thread

from server.store.errors import StoreBusyError, StoreGoneError, StoreUnavailableError
from server.store.failures import Doing, not_done, unavailable
from server.store.grouping import Outcome, Work, Writers, follow, together
from server.store.plans import Connection
from tools.sentence import sentence

T = TypeVar("T")
_log = logging.getLogger(__name__)
_READERS = 3
_QUICK_SECONDS = 0.002
_LATELY = 4
"""So many transactions tell how quick the disk is."""


class Database(Protocol):
    """What is opened: connections, and whether it is still what was opened."""

    def connect(self, *, reads: bool, patient: bool = True) -> Connection:
        """A connection for the writer, or one for a reader; `patient`: it waits for a busy database."""
        ...

    def is_gone(self) -> bool:
        """Whether what was written to is no longer there under its name."""
        ...


class _Pace:
    """How quick transactions were lately: on a slow disk none runs on the event loop."""

    def __init__(self) -> None:
        self._seconds = 0.0

    @property
    def quick(self) -> bool:
        """Whether one may run on the event loop."""
        return self._seconds < _QUICK_SECONDS

    @contextmanager
    def measured(self) -> Generator[None]:
        """Measures what the block takes."""
        began = time.perf_counter()
        yield
        self._seconds += (time.perf_counter() - began - self._seconds) / _LATELY


class Runner:
    """Runs transactions over one database."""

    def __init__(self, database: Database, *, glances: bool) -> None:
        self._database = database
        self._writer = database.connect(reads=False)
        self._writers = Writers(self._write)
        self._pace = _Pace()
        self._threads = ThreadPoolExecutor(_READERS, thread_name_prefix="store")
        self._readers: SimpleQueue[Connection] = SimpleQueue()
        self._glancing = database.connect(reads=True, patient=False) if glances else None

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in a transaction, alone among all writers."""
        return await self._writers.write(work)

    async def jot(self, work: Callable[[Connection], T]) -> T:
        """The same for a few rows by their keys: here and now where nobody writes and the disk is quick.

        The writer's thread wakes late where the cores are busy, which takes longer than such a transaction.
        """
        if not (self._glancing and self._writers.idle and self._pace.quick and self._writer.begin_at_once()):
            return await self.write(work)
        (outcome,) = self._committed([work], begun=True)
        if outcome.error is not None:
            raise outcome.error
        return outcome.value

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run `work` on one moment of the store, in a thread; the event loop goes on meanwhile."""
        done: list[T] = []
        # What began is waited for, although the caller was cancelled.
        with anyio.CancelScope(shield=True):
            loop = asyncio.get_running_loop()
            done.append(await loop.run_in_executor(self._threads, self._read, work))
        return done[0]

    async def glance(self, work: Callable[[Connection], T]) -> T:
        """The same for a few rows by their keys: here and now where that can be, else in a thread."""
        if self._glancing is not None:
            try:
                return self._on(self._glancing, work)
            except StoreBusyError as error:
                # A thread can wait, and the event loop cannot. Whatever else fails is no matter of waiting.
                _log.debug("a look waits in a thread: %s", error)
        return await self.read(work)

    async def close(self) -> None:
        """Let go of the connections."""
        await self._writers.close()
        self._threads.shutdown(wait=False)
        await anyio.to_thread.run_sync(self._close)

    def _close(self) -> None:
        for each in (self._writer, self._glancing):
            if each is not None:
                each.close()
        while True:
            try:
                self._readers.get_nowait().close()
            except Empty:
                return

    def _write(self, works: Sequence[Work]) -> list[Outcome]:
        return self._committed(works)

    def _committed(self, works: Sequence[Work], *, begun: bool = False) -> list[Outcome]:
        with self._pace.measured():
            outcomes = together(self._writer, works, begun=begun)
        if self._database.is_gone():
            # A file that somebody moved or deleted meanwhile is kept for nobody to find.
            return [Outcome(error=_gone("written")) for _ in outcomes]
        follow(self._writer)
        return outcomes

    def _read(self, work: Callable[[Connection], T]) -> T:
        try:
            conn = self._readers.get_nowait()
        except Empty:
            conn = self._connected()
        try:
            return self._on(conn, work)
        finally:
            self._readers.put(conn)

    def _connected(self) -> Connection:
        try:
            return self._database.connect(reads=True)
        except self._writer.errors as error:
            raise unavailable(error, "read") from None

    def _on(self, conn: Connection, work: Callable[[Connection], T]) -> T:
        try:
            done = read_here(conn, work)
        except StoreUnavailableError as error:
            raise (_gone("read") if self._database.is_gone() else error) from None
        if self._database.is_gone():
            raise _gone("read")
        return done


def read_here(conn: Connection, work: Callable[[Connection], T]) -> T:
    """One reading transaction in this thread."""
    try:
        conn.begin(reads=True)
        try:
            return work(conn)
        finally:
            conn.rollback()
    except conn.errors as error:
        raise unavailable(error, "read") from None


def _gone(doing: Doing) -> StoreGoneError:
    return StoreGoneError(not_done(doing, sentence("its file was moved or deleted")))
