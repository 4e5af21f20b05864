"""A store in memory, without threads: what the deterministic simulation plays on."""

from collections.abc import Awaitable, Callable
from functools import cache
from typing import Any, TypeVar, cast

import anyio.lowlevel
from sqlalchemy import StaticPool, create_engine

from server.store import sqlite_driver
from server.store.grouping import together
from server.store.migrate import migrate
from server.store.plans import Connection
from server.store.runners import read_here
from server.store.sqlite import SqliteConnection
from server.store.transactions import Store

T = TypeVar("T")
Checkpoint = Callable[[], Awaitable[None]]


class SynchronousStore(Store):
    """SQLite in memory behind the same interface, without threads: for the deterministic simulation.

    `checkpoint` is awaited before each transaction and after each commit: the places where a scheduler can
    let others run, or a crash can be played.
    """

    def __init__(
        self, checkpoint: Checkpoint = anyio.lowlevel.checkpoint, *, conn: Connection | None = None
    ) -> None:
        self._conn = conn or _migrated()
        self._checkpoint = checkpoint

    def beside(self, checkpoint: Checkpoint) -> "SynchronousStore":
        """Another worker's store over the same database."""
        return SynchronousStore(checkpoint, conn=self._conn)

    async def write(self, work: Callable[[Connection], T]) -> T:
        """See `Store.write`."""
        await self._checkpoint()
        (outcome,) = together(self._conn, [work])
        if outcome.error is not None:
            raise outcome.error
        await self._checkpoint()
        return outcome.value

    async def jot(self, work: Callable[[Connection], T]) -> T:
        """See `Store.jot`."""
        return await self.write(work)

    async def read(self, work: Callable[[Connection], T]) -> T:
        """See `Store.read`."""
        await self._checkpoint()
        result = read_here(self._conn, work)
        await self._checkpoint()
        return result

    glance = read

    async def close(self) -> None:
        """See `Store.close`; the data is gone with it."""
        self._conn.close()


def _migrated() -> SqliteConnection:
    conn = SqliteConnection(":memory:")
    conn.load(empty_store())
    return conn


@cache
def empty_store() -> bytes:
    """A migrated database without rows, to copy: the simulation makes thousands."""
    engine = create_engine("sqlite://", module=sqlite_driver, poolclass=StaticPool)
    with engine.begin() as conn:
        migrate(conn)
        content = cast("Any", conn.connection.driver_connection).serialize()
    engine.dispose()
    return content
