"""The store's plans on Python's own SQLite, in memory: a world opens thousands, and none waits for a disk."""

import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy.dialects.sqlite.base import SQLiteDialect

from server.store.plans import Connection, Found

_STATEMENTS = 1_000
"""More than there are: none is prepared twice."""


class PlannedConnection(Connection):
    """One database in memory, that begins as `content`."""

    dialect = SQLiteDialect(paramstyle="qmark")
    errors = (sqlite3.Error,)

    def __init__(self, content: bytes) -> None:
        super().__init__()
        self.raw = sqlite3.connect(
            ":memory:", isolation_level=None, check_same_thread=False, cached_statements=_STATEMENTS
        )
        self._written = 0
        self.raw.deserialize(content)
        self.raw.execute("PRAGMA foreign_keys = ON")

    def run(self, sql: str, values: Sequence[Any]) -> Found:
        cursor = self.raw.execute(sql, values)
        return Found(cursor.fetchall(), cursor.rowcount)

    def run_streaming(self, sql: str, values: Sequence[Any]) -> Iterator[tuple[Any, ...]]:
        return self.raw.execute(sql, values)

    def run_many(self, sql: str, rows: Sequence[Sequence[Any]]) -> int:
        return self.raw.executemany(sql, rows).rowcount

    def begin(self, *, reads: bool) -> None:
        self.reads = reads
        if reads:
            # Nobody else can write meanwhile, so one moment is seen anyway.
            self._written = self.raw.total_changes
        else:
            self.raw.execute("BEGIN IMMEDIATE")

    def commit(self) -> None:
        self.raw.execute("COMMIT")

    def rollback(self) -> None:
        if not self.reads:
            self.raw.execute("ROLLBACK")
        elif self.raw.total_changes != self._written:
            raise AssertionError("a look wrote into the store")

    def close(self) -> None:
        self.raw.close()
