"""One database in memory for all seeds of a process: what SQLAlchemy has compiled once is used again."""

import sqlite3
from functools import cache
from typing import cast

from sqlalchemy import Connection, Engine, StaticPool, create_engine, delete, event

from server.store.schema import METADATA
from server.store.store import SynchronousStore


@cache
def shared_store() -> SynchronousStore:
    """The migrated store. The world itself looks at it without waiting."""
    return SynchronousStore(_at_once, engine=_engine(_migrated()))


def empty(conn: Connection) -> None:
    """Make it as new."""
    for table in reversed(METADATA.sorted_tables):
        conn.execute(delete(table))


async def _at_once() -> None:
    pass


def _migrated() -> bytes:
    """A migrated database, from the store itself."""

    def work(conn: Connection) -> bytes:
        return raw(conn).serialize()

    waiting = SynchronousStore(_at_once).read(work)
    try:
        waiting.send(None)
    except StopIteration as end:
        return cast("bytes", end.value)
    raise AssertionError("a store whose checkpoints do not wait never waits")


def _engine(content: bytes) -> Engine:
    """As the store's own, but transactions begin in the driver: three statements less for each."""
    memory = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    memory.deserialize(content)
    memory.execute("PRAGMA foreign_keys = ON")
    engine = create_engine("sqlite://", creator=lambda: memory, poolclass=StaticPool)
    event.listen(engine, "begin", _begin)
    return engine


def _begin(conn: Connection) -> None:
    raw(conn).execute("BEGIN IMMEDIATE")


def raw(conn: Connection) -> sqlite3.Connection:
    """The driver's own connection."""
    return cast("sqlite3.Connection", conn.connection.driver_connection)
