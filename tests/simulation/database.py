"""One database in memory for all seeds of a process: the plan of each statement is made once."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from functools import cache
from itertools import compress
from typing import Any, cast

from sqlalchemy import Delete, Select, delete, exists, select

from server.store.grouping import together
from server.store.memory import Checkpoint, SynchronousStore, empty_store
from server.store.plans import Connection
from server.store.schema import METADATA
from tests.simulation.plans import PlannedConnection
from tests.store.unguarding import unguard


class SharedStore(SynchronousStore):
    """The store as one worker has it, over a database that outlives it."""

    def __init__(self, database: PlannedConnection, checkpoint: Checkpoint) -> None:
        super().__init__(checkpoint, conn=database)
        self._database = database

    def beside(self, checkpoint: Checkpoint) -> "SharedStore":
        """Another worker's store over the same database."""
        return SharedStore(self._database, checkpoint)

    def forget(self) -> None:
        """What a process remembers of its connection: another world has used it."""
        self._database.info.clear()

    def copy(self) -> bytes:
        """The whole database, as a backup has it."""
        return self._database.raw.serialize()

    def begun_anew(self) -> bytes:
        """A database that nothing was written to."""
        return _migrated()

    def put_back(self, content: bytes) -> None:
        """Go on with another content.

        Not by `deserialize`: SQLite keeps `json_each` with the schema that it then frees, and uses it again.
        """
        with closing(sqlite3.connect(":memory:")) as copy:
            copy.deserialize(content)
            copy.backup(self._database.raw)

    def newest(self) -> tuple[int, str]:
        """Number and MAC of the audit's newest entry."""
        found = self._database.raw.execute("SELECT sequence, mac FROM audit ORDER BY sequence DESC LIMIT 1")
        return found.fetchone() or (0, "")

    def holds(self, sequence: int, mac: str) -> bool:
        """Whether the audit has this entry; before the first one nothing can be missing."""
        if sequence == 0:
            return True
        found = self._database.raw.execute("SELECT mac FROM audit WHERE sequence = ?", (sequence,))
        return found.fetchone() == (mac,)

    @property
    def raw(self) -> sqlite3.Connection:
        """The driver's own connection."""
        return self._database.raw

    async def close(self) -> None:
        """See `Store.close`; the database is the process's."""


@cache
def shared_store() -> SharedStore:
    """The migrated store. The world itself looks at it without waiting."""
    return SharedStore(PlannedConnection(_migrated()), _at_once)


@cache
def _of_all_tables() -> tuple[Select[*tuple[Any, ...]], Sequence[Delete]]:
    """Known as late as this, when every module of tables is imported; what refers to others comes first."""
    tables = METADATA.sorted_tables[::-1]
    return select(*(exists().select_from(table).label(table.name) for table in tables)), [
        *map(delete, tables)
    ]


def empty(conn: Connection) -> None:
    """Make it as new."""
    which_have_rows, emptying = _of_all_tables()
    for each in compress(emptying, conn.execute(which_have_rows).one()):
        conn.execute(each)


async def _at_once() -> None:
    pass


@cache
def _migrated() -> bytes:
    """A migrated database that can be tampered with."""
    database = PlannedConnection(empty_store())
    together(database, [unguard])
    return database.raw.serialize()


def raw(conn: Connection) -> sqlite3.Connection:
    """The driver's own connection."""
    return cast("PlannedConnection", conn).raw
