import pytest
from sqlalchemy import delete, update

from server.store import audit, ledger, triggers
from server.store.database import DatabaseStore
from server.store.errors import StoreUnavailableError
from server.store.plans import Connection
from server.store.schema import ACTIONS, AUDIT
from tests.store.samples import KEY, NOW, proposal
from tests.store.unguarding import unguard

FORBIDDEN = {
    "an action deleted": delete(ACTIONS),
    "an entry deleted": delete(AUDIT),
    "an entry changed": update(AUDIT).values(entry="{}"),
}


def _write(conn: Connection) -> None:
    ledger.propose(conn, proposal(), NOW)
    audit.append(conn, audit.AuditEntry(event="proposed", principal="desk", details={}), KEY, NOW)


@pytest.mark.parametrize("what", FORBIDDEN)
async def test_the_database_itself_refuses_to_forget(store: DatabaseStore, what: str) -> None:
    await store.write(_write)
    with pytest.raises(StoreUnavailableError):
        await store.write(lambda conn: conn.execute(FORBIDDEN[what]))

    def on_purpose(conn: Connection) -> int:
        unguard(conn)
        return conn.execute(FORBIDDEN[what]).rowcount

    assert await store.write(on_purpose) == 1


async def test_triggers_that_are_gone_are_named_and_can_be_made_again(fresh_url: str) -> None:
    store = DatabaseStore(fresh_url)
    assert await store.read(triggers.missing) == []
    on_audit = "" if fresh_url.startswith("sqlite") else " ON audit"
    await store.write(lambda conn: conn.exec_driver_sql(f"DROP TRIGGER audit_is_kept{on_audit}"))
    assert await store.read(triggers.missing) == ["audit_is_kept"]
    await store.write(lambda conn: triggers.create(conn, triggers.missing(conn)))
    assert await store.read(triggers.missing) == []
    await store.close()
