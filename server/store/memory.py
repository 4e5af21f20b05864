"""A store in memory, without threads: what the deterministic simulation plays on."""

import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from functools import cache
from typing import TypeVar, cast

import anyio.lowlevel
from sqlalchemy import Connection, Engine

from server.store.engine import memory_engine, reading
from server.store.migrate import migrate
from server.store.runners import transact_here
from server.store.transactions import Store

T = TypeVar("T")
Checkpoint = Callable[[], Awaitable[None]]


class SynchronousStore(Store):
    """SQLite in memory behind the same interface, without threads: for the deterministic simulation.

    `checkpoint` is awaited before each transaction and after each commit: the places where a scheduler can
    let others run, or a crash can be played.
    """

    def __init__(
        self, checkpoint: Checkpoint = anyio.lowlevel.checkpoint, *, engine: Engine | None = None
    ) -> None:
        self._engine = engine or memory_engine(_empty_store())
        self._readers = self._engine.execution_options(**reading(sqlite=True))
        self._checkpoint = checkpoint

    def beside(self, checkpoint: Checkpoint) -> "SynchronousStore":
        """Another worker's store over the same database."""
        return SynchronousStore(checkpoint, engine=self._engine)

    async def write(self, work: Callable[[Connection], T]) -> T:
        """See `Store.write`."""
        return await self._transact(self._engine, work, "written")

    async def read(self, work: Callable[[Connection], T]) -> T:
        """See `Store.read`."""
        return await self._transact(self._readers, work, "read")

    async def _transact(self, engine: Engine, work: Callable[[Connection], T], doing: str) -> T:
        await self._checkpoint()
        result = transact_here(engine, work, doing)
        await self._checkpoint()
        return result

    async def close(self) -> None:
        """See `Store.close`; the data is gone with it."""
        self._engine.dispose()


@cache
def _empty_store() -> bytes:
    """A migrated database to copy: the simulation makes thousands."""
    engine = memory_engine()
    with engine.begin() as conn:
        migrate(conn)
    with closing(engine.raw_connection()) as raw:
        content = cast("sqlite3.Connection", raw.driver_connection).serialize()
    engine.dispose()
    return content
