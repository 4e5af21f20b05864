"""A PostgreSQL on its driver (psycopg 3), used from threads: one connection each."""

from collections.abc import Iterator, Sequence
from typing import Any, cast

import psycopg
from psycopg.abc import RV, PQGen
from psycopg.pq import TransactionStatus
from sqlalchemy import URL
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from server.store.engine import BUSY_SECONDS, STATEMENT_SECONDS, WRITER_LOCK, patience
from server.store.plans import Connection, Found

_WRITE: Any = f"BEGIN ISOLATION LEVEL READ COMMITTED; SELECT pg_advisory_xact_lock({WRITER_LOCK})"
_PIECE = 1_000
_VALUES = " VALUES "
_TOGETHER = 8
"""Rows of one INSERT: the driver prepares a statement for each number of them."""
ANSWER_SECONDS = STATEMENT_SECONDS + BUSY_SECONDS + 5.0
"""So long an answer is waited for: the server itself gives up before, unless it stands still."""
_READ: Any = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"


class _Answered(psycopg.Connection[Any]):
    """A connection that is given up when the server does not answer: it may stand still."""

    def wait(self, gen: PQGen[RV], interval: float = 0.1, timeout: float | None = None) -> RV:
        """See `psycopg.Connection.wait`, by which every statement waits."""
        try:
            return super().wait(gen, interval, ANSWER_SECONDS if timeout is None else timeout)
        except psycopg.OperationalError:
            if self.info.transaction_status is TransactionStatus.ACTIVE:
                # What it answers later would be taken for the answer to another statement.
                self.close()
            raise


def encoding_of(url: URL) -> str:
    """How the database keeps text; '' where the server does not say."""
    arguments = PostgresConnection.dialect.create_connect_args(url)[1]
    with psycopg.connect(autocommit=True, **{**arguments, **patience(url, reads=True)}) as connection:
        return connection.info.parameter_status("server_encoding") or ""


class PostgresConnection(Connection):
    """One connection. A dead one is opened anew at the next `begin`: nothing was done in it by then."""

    dialect = PGDialect_psycopg(paramstyle="format")
    errors = (psycopg.Error,)

    def __init__(self, url: URL, *, reads: bool = False) -> None:
        super().__init__()
        self._url, self._patience = url, patience(url, reads=reads)
        self._driver = self._connected()

    def run(self, sql: str, values: Sequence[Any]) -> Found:
        """See `Connection.run`."""
        cursor: Any = self._driver.execute(cast("Any", sql), values)
        if cursor.description is None:
            return Found([], cursor.rowcount)
        return Found(cursor.fetchall(), cursor.rowcount)

    def run_streaming(self, sql: str, values: Sequence[Any]) -> Iterator[tuple[Any, ...]]:
        """See `Connection.run_streaming`: a cursor of the server's."""
        with self._driver.cursor(name="streaming") as cursor:
            cursor.itersize = _PIECE
            cursor.execute(cast("Any", sql), values)
            yield from cursor

    def run_many(self, sql: str, rows: Sequence[Sequence[Any]]) -> int:
        """See `Connection.run_many`. A few rows go in one statement, in place of one each."""
        begin, values, row = sql.partition(_VALUES)
        if values and len(rows) <= _TOGETHER:
            together = begin + values + ", ".join([row] * len(rows))
            return self.run(together, [value for given in rows for value in given]).changed
        cursor: Any = self._driver.cursor()
        cursor.executemany(sql, rows)
        return cursor.rowcount

    def begin(self, *, reads: bool) -> None:
        """See `Connection.begin`. The advisory lock comes with the same round trip."""
        self.reads = reads
        statement = _READ if reads else _WRITE
        try:
            self._driver.execute(statement)
        except psycopg.OperationalError:
            if not self._driver.closed:
                raise
            self._driver = self._connected()
            self._driver.execute(statement)

    def commit(self) -> None:
        """See `Connection.commit`."""
        self._driver.execute("COMMIT")

    def rollback(self) -> None:
        """See `Connection.rollback`."""
        if not self._driver.closed and self._driver.info.transaction_status:
            self._driver.execute("ROLLBACK")

    def close(self) -> None:
        """See `Connection.close`."""
        self._driver.close()

    def _connected(self) -> _Answered:
        arguments = self.dialect.create_connect_args(self._url)[1]
        return _Answered.connect(autocommit=True, **{**arguments, **self._patience})
