"""Engines of SQLAlchemy, set up so that both databases give the same serial transactions.

A write is alone: SQLite begins it with BEGIN IMMEDIATE, PostgreSQL takes one advisory lock first, so there
is one order of writes and one audit chain over all processes. A read sees one moment and cannot write.
"""

import sqlite3
from typing import Any, Final

from sqlalchemy import URL, Connection, Engine, StaticPool, create_engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from server.store import sqlite_driver

BUSY_SECONDS: Final = 10
_WRITER_LOCK: Final = 0x43414D504F505300
"""PostgreSQL: the advisory lock of whoever writes; any constant of ours does ("CAMPOPS" in ASCII)."""

_READ_ONLY: Final = "store_read_only"
_SERVER_OPTIONS: Final = " ".join(
    f"-c {name}={value}"
    for name, value in {
        "lock_timeout": f"{BUSY_SECONDS}s",
        "statement_timeout": "60s",
        # A process that hangs in a transaction must not stop every other one for ever.
        "idle_in_transaction_session_timeout": "60s",
    }.items()
)


def read_url(url: str) -> URL:
    """The URL as SQLAlchemy has it: `sqlite:///path` or `postgresql://…`.

    Raises:
        ValueError: another kind of URL. Its text, which can hold a password, is not repeated.
    """
    try:
        parsed = make_url(url)
    except Exception:  # noqa: BLE001 - whatever it is, its text repeats the URL
        raise ValueError("the store's URL cannot be read.") from None
    if parsed.get_backend_name() not in ("sqlite", "postgresql"):
        raise ValueError("the store's URL must begin with sqlite:/// or postgresql://.")
    return parsed


def is_sqlite(url: URL) -> bool:
    """Whether the URL is of SQLite."""
    return url.get_backend_name() == "sqlite"


def asynchronous_engine(url: URL) -> AsyncEngine:
    """An engine for the event loop: psycopg 3 in its asynchronous form."""
    engine = create_async_engine(url.set(drivername="postgresql+psycopg"), **_arguments(url))
    _prepare(engine.sync_engine, url)
    return engine


def synchronous_engine(url: URL) -> Engine:
    """An engine for a thread: SQLite's transactions, and all migrations."""
    if is_sqlite(url):
        engine = create_engine(url.set(drivername="sqlite"), module=sqlite_driver, **_arguments(url))
    else:
        engine = create_engine(url.set(drivername="postgresql+psycopg"), **_arguments(url))
    _prepare(engine, url)
    return engine


def reading_engine(url: URL) -> Engine:
    """An engine of its own for SQLite's reads: its connections can never write."""
    engine = synchronous_engine(url)
    event.listen(engine, "connect", _forbid_writing)
    return engine.execution_options(**reading(sqlite=True))


def memory_engine(content: bytes | None = None) -> Engine:
    """SQLite in memory, one connection, no threads; `content` is a database to begin with."""
    # Python's own SQLite, as SQLAlchemy knows it: a simulation opens thousands, and none waits for a disk.
    memory = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    if content is not None:
        memory.deserialize(content)
    url = make_url("sqlite://")
    engine = create_engine(url, creator=lambda: memory, poolclass=StaticPool, hide_parameters=True)
    event.listen(engine, "begin", _forbid_or_allow_writing)
    _prepare(engine, url)
    return engine


def reading(*, sqlite: bool) -> dict[str, Any]:
    """Execution options of a connection that only reads, and sees one moment."""
    if sqlite:
        return {_READ_ONLY: True}
    return {_READ_ONLY: True, "isolation_level": "REPEATABLE READ", "postgresql_readonly": True}


def journal_mode(version: tuple[int, int, int]) -> str:
    """WAL where it is sound: older SQLites can corrupt it under two connections (design, "Dependencies")."""
    mended_lines = (3, 44, 6) <= version < (3, 45, 0) or (3, 50, 7) <= version < (3, 51, 0)
    return "WAL" if version >= (3, 51, 3) or mended_lines else "TRUNCATE"


def _arguments(url: URL) -> dict[str, Any]:
    # Statements' values are arguments, texts and numbers: they never stand in an exception.
    common: dict[str, Any] = {"hide_parameters": True}
    if is_sqlite(url):
        return {**common, "connect_args": {"timeout": BUSY_SECONDS}}
    options = f"{url.query.get('options', '')} {_SERVER_OPTIONS}".strip()
    connect = {"connect_timeout": 5, "tcp_user_timeout": 20_000, "options": options}
    return {
        **common,
        "isolation_level": "READ COMMITTED",
        # After a restart of the server the pool's connections are dead: one is tried before it is used.
        "pool_pre_ping": True,
        "connect_args": connect,
    }


def _prepare(engine: Engine, url: URL) -> None:
    if is_sqlite(url):
        event.listen(engine, "connect", _set_pragmas)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        event.listen(engine, "begin", _begin_postgresql)


def _set_pragmas(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA journal_mode = {journal_mode(sqlite_driver.sqlite_version())}")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _forbid_writing(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    # At connect, not at each begin: the pragma makes SQLite prepare every statement of a connection anew.
    cursor = connection.cursor()
    cursor.execute("PRAGMA query_only = ON")
    cursor.close()


def _forbid_or_allow_writing(connection: Connection) -> None:
    """For the one connection that reads and writes: the pragma only when it changes."""
    reads = _reads(connection)
    if connection.info.get(_READ_ONLY) is not reads:
        connection.exec_driver_sql(f"PRAGMA query_only = {'ON' if reads else 'OFF'}")
        connection.info[_READ_ONLY] = reads


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN" if _reads(connection) else "BEGIN IMMEDIATE")


def _begin_postgresql(connection: Connection) -> None:
    if not _reads(connection):
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITER_LOCK})")


def _reads(connection: Connection) -> bool:
    return connection.get_execution_options().get(_READ_ONLY, False)
