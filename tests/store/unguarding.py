"""As whoever tampers on purpose: past the triggers that keep the ledger and the audit."""

from server.store import triggers
from server.store.plans import Connection

DROPPING = tuple(
    f"DROP TRIGGER IF EXISTS {name}" for name in ("actions_are_kept", "audit_is_kept", "audit_is_as_written")
)


def unguard(conn: Connection) -> None:
    """For this transaction on PostgreSQL, whose database the tests share; for good in a file of SQLite."""
    if conn.dialect.name != "sqlite":
        conn.exec_driver_sql("SET LOCAL session_replication_role = replica")
        return
    for statement in DROPPING:
        conn.exec_driver_sql(statement)
    assert triggers.missing(conn)
