"""A SQLite file on its driver (APSW, which brings its own SQLite: decision 0004)."""

from collections.abc import Iterator, Sequence
from typing import Any

import apsw
from sqlalchemy.dialects.sqlite.base import SQLiteDialect

from server.store import engine
from server.store.plans import Connection, Found

_KEPT_STATEMENTS = 300
"""Prepared statements that the driver keeps; the store has about a hundred."""


class SqliteConnection(Connection):
    """One connection. `reads`: it can never write; `patient`: it waits for a busy database."""

    dialect = SQLiteDialect(paramstyle="qmark")
    errors = (apsw.Error,)

    def __init__(self, path: str, *, reads: bool = False, patient: bool = True) -> None:
        super().__init__()
        # Any: APSW's types name one that Python 3.11 has not.
        self._driver: Any = apsw.Connection(path, statementcachesize=_KEPT_STATEMENTS)
        # Else whatever joins or limits is planned anew whenever it is run, as long as all else that it takes:
        # this build would choose by statistics of the values, of which the store keeps none.
        self._driver.config(apsw.SQLITE_DBCONFIG_ENABLE_QPSG, 1)
        self._busy_ms = int(engine.BUSY_SECONDS * 1000)
        self._driver.set_busy_timeout(self._busy_ms)
        for pragma in engine.PRAGMAS:
            self._driver.execute(pragma).fetchall()
        if not patient:
            self._driver.set_busy_timeout(0)
        self._forbids_writing = False
        if reads:
            self._forbid_writing(wanted=reads)

    def run(self, sql: str, values: Sequence[Any]) -> Found:
        """See `Connection.run`. Text that is no UTF-8 was not written by us: the file is damaged."""
        cursor = self._driver.cursor()
        try:
            rows = cursor.execute(sql, values).fetchall()
        except UnicodeDecodeError:
            raise apsw.exception_for(apsw.SQLITE_CORRUPT) from None
        return Found(rows, self._driver.changes())

    def run_streaming(self, sql: str, values: Sequence[Any]) -> Iterator[tuple[Any, ...]]:
        """See `Connection.run_streaming`."""
        cursor = self._driver.cursor()
        try:
            yield from cursor.execute(sql, values)
        except UnicodeDecodeError:
            raise apsw.exception_for(apsw.SQLITE_CORRUPT) from None
        finally:
            cursor.close(force=True)

    def run_many(self, sql: str, rows: Sequence[Sequence[Any]]) -> int:
        """See `Connection.run_many`."""
        self._driver.cursor().executemany(sql, rows)
        return len(rows)

    def begin(self, *, reads: bool) -> None:
        """See `Connection.begin`."""
        self._forbid_writing(wanted=reads)
        self.reads = reads
        self._driver.execute("BEGIN" if reads else "BEGIN IMMEDIATE")

    def begin_at_once(self) -> bool:
        """See `Connection.begin_at_once`."""
        self._driver.set_busy_timeout(0)
        try:
            self.begin(reads=False)
        except apsw.BusyError:
            return False
        finally:
            self._driver.set_busy_timeout(self._busy_ms)
        return True

    def _forbid_writing(self, *, wanted: bool) -> None:
        # Only where it changes: the pragma makes SQLite prepare every statement of a connection anew.
        if wanted is not self._forbids_writing:
            self._driver.execute(f"PRAGMA query_only = {'ON' if wanted else 'OFF'}")
            self._forbids_writing = wanted

    def commit(self) -> None:
        """See `Connection.commit`."""
        self._driver.execute("COMMIT")

    def rollback(self) -> None:
        """See `Connection.rollback`."""
        if self._driver.in_transaction:
            self._driver.execute("ROLLBACK")

    def load(self, content: bytes) -> None:
        """Put a whole database in the place of this one; for one in memory."""
        self._driver.deserialize("main", content)

    def close(self) -> None:
        """See `Connection.close`."""
        self._driver.close(force=True)
