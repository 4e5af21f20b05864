from server.store import ledger
from server.store.database import DatabaseStore
from tests.store.samples import proposal, proposed


async def test_a_batch_without_an_id_is_nobodys(store: DatabaseStore) -> None:
    await store.write(lambda conn: proposed(conn, proposal()))
    assert await store.read(lambda conn: ledger.by_batch(conn, "")) is None
