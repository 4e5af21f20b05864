"""Bringing a store to the newest schema, once over all processes that open it."""

import threading
from pathlib import Path

from sqlalchemy import URL, Connection, inspect, text

from server.file_locks import exclusively
from server.store.engine import is_sqlite, migration_engine
from server.store.files import create_private, private_directory
from server.store.sqlite import SqliteConnection
from server.store.sqlite_driver import error_name

NEWEST = "0014"
"""The newest migration; a test compares it with the folder."""

_VERSION = "SELECT version_num FROM alembic_version"
# Alembic keeps what it works on in module globals, and the file must not be opened beside SQLite's locks.
_one_at_a_time = threading.Lock()


def open_and_migrate(url: URL) -> None:
    """Make the store if there is none, and bring it to the newest schema. Blocks: run it in a thread.

    Raises:
        OSError: the folder or the file cannot be made.
        LockHeldError: another process brings it there, or stands still.
        sqlalchemy.exc.SQLAlchemyError: the database refused; of a file its driver's own error.
        StoreUnavailableError: the store was written by a newer version.
    """
    with _one_at_a_time:
        if not is_sqlite(url):
            _migrate_through(url)
            return
        path = Path(url.database or "")
        private_directory(path.parent)
        with exclusively(path.with_name(f"{path.name}.lock")):
            create_private(path)
            if not _is_newest(path):
                _migrate_through(url)


def migrate(conn: Connection) -> None:
    """Run what is missing, in the connection's transaction; nothing when the schema is the newest."""
    if _version(conn) == NEWEST:
        return
    from server.store.upgrading import upgrade  # noqa: PLC0415 - Alembic: only a new or an old store needs it

    upgrade(conn)


def _is_newest(file: Path) -> bool:
    """Whether a file needs nothing: what migrates takes longer to make than all else of an opening."""
    conn = SqliteConnection(str(file))
    try:
        conn.begin(reads=True)
        version = conn.exec_driver_sql(_VERSION).scalars().one_or_none()
        conn.rollback()
    except conn.errors as error:
        if error_name(error) != "SQLITE_ERROR":
            raise
        return False  # no such table
    finally:
        conn.close()
    return version == NEWEST


def _migrate_through(url: URL) -> None:
    engine = migration_engine(url)
    try:
        with engine.begin() as conn:
            migrate(conn)
    finally:
        engine.dispose()


def _version(conn: Connection) -> str | None:
    if not inspect(conn).has_table("alembic_version"):
        return None
    return conn.scalar(text(_VERSION))
