"""A new file of SQLite begins as Alembic left another one. All else of its opening stays as it is."""

from collections.abc import Callable
from pathlib import Path

from server.store.memory import empty_store

Create = Callable[[Path], bool]


def quickly(create: Create) -> Create:
    """The same, but what is made has the schema. What was there is migrated as ever, and so is PostgreSQL."""
    # Before the caller puts the other in place.
    migrated = empty_store()

    def create_quickly(path: Path) -> bool:
        made = create(path)
        if made:
            path.write_bytes(migrated)
        return made

    return create_quickly
