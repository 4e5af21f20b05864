"""What the database itself refuses: to delete an action or an entry of the audit, and to change an entry.

The program never does either. A person with the database open is stopped from doing it by accident; whoever
drops these triggers on purpose is found out by `missing`.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Protocol

from sqlalchemy import Dialect

_KEPT = {
    "actions_are_kept": ("DELETE", "actions"),
    "audit_is_kept": ("DELETE", "audit"),
    "audit_is_as_written": ("UPDATE", "audit"),
}
"""Each trigger: what it refuses, on which table."""

_WHY = "campaign-ops-mcp keeps every row of this table as it was written"
_OF_SQLITE = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
_OF_POSTGRESQL = (
    "SELECT tgname FROM pg_trigger "
    "WHERE tgrelid IN ('actions'::regclass, 'audit'::regclass) AND tgenabled IN ('O', 'A')"
)
_REFUSING = f"""
CREATE OR REPLACE FUNCTION refuse_to_forget() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '{_WHY}'; END $$
"""


class Runs(Protocol):
    """A connection of the store's, or that of a migration."""

    @property
    def dialect(self) -> Dialect:
        """Whose SQL it takes."""
        ...

    def exec_driver_sql(self, statement: str) -> Iterable[Any]:
        """Run SQL as it is written."""
        ...


def missing(conn: Runs) -> list[str]:
    """The triggers that are gone or switched off."""
    found = {name for (name,) in conn.exec_driver_sql(_OF_SQLITE if _is_sqlite(conn) else _OF_POSTGRESQL)}
    return [name for name in _KEPT if name not in found]


def create(conn: Runs, names: Sequence[str] = tuple(_KEPT)) -> None:
    """Make these triggers, which are not there or switched off."""
    if not _is_sqlite(conn):
        conn.exec_driver_sql(_REFUSING)
    for name in names:
        for statement in _statements(name, sqlite=_is_sqlite(conn)):
            conn.exec_driver_sql(statement)


def _statements(name: str, *, sqlite: bool) -> Sequence[str]:
    what, table = _KEPT[name]
    if sqlite:
        body = f"BEGIN SELECT RAISE(ABORT, '{_WHY}'); END"
        return (f"CREATE TRIGGER {name} BEFORE {what} ON {table} {body}",)
    # PostgreSQL can also empty a table at once.
    refused = f"{what} OR TRUNCATE" if what == "DELETE" else what
    made = f"CREATE TRIGGER {name} BEFORE {refused} ON {table}"
    return (
        f"DROP TRIGGER IF EXISTS {name} ON {table}",
        f"{made} FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_forget()",
    )


def _is_sqlite(conn: Runs) -> bool:
    return conn.dialect.name == "sqlite"
