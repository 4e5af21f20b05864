"""How both databases are set up, so that they give the same serial transactions.

A write is alone: SQLite begins it with BEGIN IMMEDIATE, PostgreSQL takes one advisory lock first, so there
is one order of writes and one audit chain over all processes. A read sees one moment and cannot write.
"""

from typing import Any, Final

from sqlalchemy import URL, Connection, Engine, NullPool, create_engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from server.store import sqlite_driver

BUSY_SECONDS: Final = 10
STILL_SECONDS: Final = 8
"""PostgreSQL: so long a process may do nothing within a write: less than others wait for it."""
STATEMENT_SECONDS: Final = 60
WRITER_LOCK: Final = 0x43414D504F505300
"""PostgreSQL: the advisory lock of whoever writes; any constant of ours does ("CAMPOPS" in ASCII)."""


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


def migration_engine(url: URL) -> Engine:
    """An engine of SQLAlchemy, for what Alembic does alone in a thread."""
    if is_sqlite(url):
        engine = create_engine(
            url.set(drivername="sqlite"),
            module=sqlite_driver,
            poolclass=NullPool,
            hide_parameters=True,
            connect_args={"timeout": BUSY_SECONDS},
        )
        event.listen(engine, "connect", _set_pragmas)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    engine = create_engine(
        url.set(drivername="postgresql+psycopg"),
        poolclass=NullPool,
        hide_parameters=True,
        connect_args=patience(url),
    )
    event.listen(engine, "begin", _begin_postgresql)
    return engine


def patience(url: URL, *, reads: bool = True) -> dict[str, Any]:
    """PostgreSQL: how long what is waited for. `reads`: nobody waits for what this connection does."""
    limits = {
        "lock_timeout": f"{BUSY_SECONDS}s",
        "statement_timeout": f"{STATEMENT_SECONDS}s",
        # A process that stands still in a transaction must not stop every other one.
        "idle_in_transaction_session_timeout": f"{60 if reads else STILL_SECONDS}s",
    }
    ours = " ".join(f"-c {name}={value}" for name, value in limits.items())
    options = f"{url.query.get('options', '')} {ours}".strip()
    return {"connect_timeout": 5, "tcp_user_timeout": 20_000, "options": options}


def journal_mode(version: tuple[int, int, int]) -> str:
    """WAL where it is sound: older SQLites can corrupt it under two connections (design, "Dependencies")."""
    mended_lines = (3, 44, 6) <= version < (3, 45, 0) or (3, 50, 7) <= version < (3, 51, 0)
    return "WAL" if version >= (3, 51, 3) or mended_lines else "TRUNCATE"


PRAGMAS: Final = (
    f"PRAGMA journal_mode = {journal_mode(sqlite_driver.sqlite_version())}",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
)
"""How every connection to a file of SQLite is set up."""


def _set_pragmas(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    for pragma in PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _begin_postgresql(connection: Connection) -> None:
    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITER_LOCK})")
