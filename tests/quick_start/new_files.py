"""A new file of SQLite gets the schema that Alembic made once. All else of its opening stays as it is."""

from collections.abc import Callable
from functools import cache

from sqlalchemy import Connection, inspect

from server.store.memory import empty_store
from server.store.migrate import NEWEST
from server.store.sqlite import SqliteConnection

Upgrade = Callable[[Connection], None]


def quickly(upgrade: Upgrade) -> Upgrade:
    """The same for a store that is new; one that was there is migrated as ever, and so is PostgreSQL."""

    # Before the caller puts the other in place: the model is a migration as ever.
    statements = _statements()

    def upgrade_quickly(conn: Connection) -> None:
        if conn.dialect.name != "sqlite" or inspect(conn).get_table_names():
            upgrade(conn)
            return
        for statement in statements:
            conn.exec_driver_sql(statement)

    return upgrade_quickly


@cache
def _statements() -> tuple[str, ...]:
    conn = SqliteConnection(":memory:")
    conn.load(empty_store())
    ours = "sql IS NOT NULL AND name NOT LIKE 'sqlite~_%' ESCAPE '~'"
    made = conn.run(f"SELECT sql FROM sqlite_master WHERE {ours} ORDER BY rowid", ()).rows  # noqa: S608 - all ours
    conn.close()
    version = f"INSERT INTO alembic_version VALUES ('{NEWEST}')"  # noqa: S608 - as above
    return (*(sql for (sql,) in made), version)
