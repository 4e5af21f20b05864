"""A new file of SQLite begins as Alembic left another one, and nobody waits for the disk.

All else of its opening stays as it is. A file that was there is migrated as ever, and so is PostgreSQL.
Only a crash of the machine would show what the disk has; the tests play that of a process.
"""

import os
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from sqlalchemy import URL

from server.store import engine, migrate


def be_quick(patch: pytest.MonkeyPatch) -> None:
    """Until the patch is undone."""
    create, content = migrate.create_private, migrated()

    def create_with_the_schema(path: Path) -> bool:
        made = create(path)
        if made:
            path.write_bytes(content)
        return made

    patch.setattr(migrate, "create_private", create_with_the_schema)
    patch.setattr(engine, "PRAGMAS", (*engine.PRAGMAS, "PRAGMA synchronous = OFF"))
    patch.setattr(os, "fsync", _stay)


@cache
def migrated() -> bytes:
    """A store without rows, as its first opening leaves it."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "store.sqlite3"
        migrate.open_and_migrate(URL.create("sqlite", database=str(path)))
        return path.read_bytes()


def _stay(_descriptor: int) -> None:
    """In memory, for any other process to read."""
