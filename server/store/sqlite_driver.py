"""SQLite for SQLAlchemy: as much of the DB-API 2.0 as it uses, over APSW, which brings its own SQLite.

Python 3.11 often comes with a SQLite whose WAL can be corrupted by two connections. And a commit waits for
the disk: APSW's build syncs the log's data alone, where others sync the file's times and size too, which
takes many times as long (decision 0004).
"""

from collections.abc import Callable, Sequence
from itertools import islice
from typing import Any, Final, TypeVar

import apsw

T = TypeVar("T")
# The names that follow are those of the DB-API 2.0, of which this module is one.
paramstyle: Final = "qmark"
Error = apsw.Error
ProgrammingError = apsw.MisuseError


def sqlite_version() -> tuple[int, int, int]:
    """The version of the library that the store's files are opened with."""
    major, minor, patch, *_ = (*map(int, apsw.sqlite_lib_version().split(".")), 0)
    return major, minor, patch


sqlite_version_info: Final = sqlite_version()


def error_name(error: BaseException | None) -> str:
    """SQLite's own name of an error (SQLITE_FULL); empty when the error is not SQLite's."""
    code: Any = getattr(error, "result", None)
    return str(apsw.mapping_result_codes.get(code, "")) if isinstance(error, apsw.Error) else ""


def _read(fetch: Callable[[], T]) -> T:
    """Text that is no UTF-8 was not written by us: an error of the database, as its other damages are."""
    try:
        return fetch()
    except UnicodeDecodeError:
        raise apsw.exception_for(apsw.SQLITE_CORRUPT) from None


class Cursor:
    """One statement at a time, and its rows."""

    def __init__(self, connection: Any) -> None:
        # Any: APSW's types name one that Python 3.11 has not.
        self._connection = connection
        self._cursor = connection.cursor()
        # APSW forgets the columns with the last row; the result of nothing has columns too.
        self._cursor.exec_trace = self._remember_columns
        self.description: Sequence[Sequence[Any]] | None = None

    def execute(self, statement: str, values: Sequence[Any] = ()) -> None:
        """Run a statement up to its first row; one without rows runs to its end."""
        self.description = None
        self._cursor.execute(statement, values)

    def executemany(self, statement: str, rows: Sequence[Sequence[Any]]) -> None:
        """Run a statement once for each row of values."""
        self.description = None
        self._cursor.executemany(statement, rows)

    def fetchone(self) -> tuple[Any, ...] | None:
        """The next row."""
        return _read(self._cursor.fetchone)

    def fetchmany(self, size: int = 1) -> list[tuple[Any, ...]]:
        """The next rows."""
        return _read(lambda: list(islice(self._cursor, size)))

    def fetchall(self) -> list[tuple[Any, ...]]:
        """All rows that are left."""
        return _read(self._cursor.fetchall)

    @property
    def rowcount(self) -> int:
        """How many rows the last INSERT, UPDATE or DELETE of the connection changed."""
        return self._connection.changes()

    @property
    def lastrowid(self) -> int:
        """The key of the row that the connection inserted last."""
        return self._connection.last_insert_rowid()

    def close(self) -> None:
        """Let go of the statement, whether or not all rows were read."""
        self._cursor.close(force=True)

    def _remember_columns(self, cursor: apsw.Cursor, _statement: str, _values: object) -> bool:
        self.description = cursor.description or None
        return True


class Connection:
    """An open database. Nothing begins a transaction by itself."""

    def __init__(self, path: str, timeout: float) -> None:
        self._connection: Any = apsw.Connection(path)
        self._connection.set_busy_timeout(int(timeout * 1000))

    def cursor(self) -> Cursor:
        """A cursor of its own."""
        return Cursor(self._connection)

    def commit(self) -> None:
        """Commit what was begun."""
        if self._connection.in_transaction:
            self._connection.execute("COMMIT")

    def rollback(self) -> None:
        """Undo what was begun."""
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")

    def create_function(self, name: str, arguments: int, body: Callable[..., Any], **options: bool) -> None:
        """SQLAlchemy gives every connection two functions of its own."""
        self._connection.create_scalar_function(name, body, arguments, **options)

    def serialize(self) -> bytes:
        """The whole database."""
        return self._connection.serialize("main")

    def close(self) -> None:
        """Close the database."""
        self._connection.close(force=True)


def connect(path: str, *, timeout: float = 0, **_other: object) -> Connection:
    """Open a database; a writer waits so many seconds for another one."""
    return Connection(path, timeout)
