from server.store import ledger
from server.store.actions import ActionFilter, State
from server.store.database import DatabaseStore
from server.store.plans import Connection
from tests.store.samples import DAY, NOW, approved, proposal, proposed


def fill(conn: Connection) -> list[str]:
    """Seven actions: odd ones by mms in a campaign, the last one a day later and approved."""
    made = [
        proposed(conn, proposal(f"d{n}", tool=f"send_{'mms' if n % 2 else 'sms'}", campaign="c" * (n % 2)))
        for n in range(6)
    ]
    return [action.id for action in made] + [approved(conn, proposal("d6", principal="p2"), NOW + DAY).id]


async def test_pages_are_newest_first_and_know_the_total(store: DatabaseStore) -> None:
    ids = await store.write(fill)
    for wanted in (ActionFilter(), ActionFilter(tool="send_sms")):
        expected = [i for n, i in enumerate(ids) if wanted.tool is None or n % 2 == 0][::-1]
        found: list[str] = []
        for page in (1, 2, 3, 4):
            rows, total = await store.read(
                lambda conn, wanted=wanted, page=page: ledger.list_actions(conn, wanted, page, 2)
            )
            assert total == len(expected)
            found += [action.id for action in rows]
        assert found == expected


async def test_every_filter_narrows(store: DatabaseStore) -> None:
    ids = await store.write(fill)
    cases = {
        ActionFilter(tool="send_mms"): [5, 3, 1],
        ActionFilter(state=State.APPROVED): [6],
        ActionFilter(day="2026-02-01"): [6],
        ActionFilter(day="2026-01-31", tool="send_sms"): [4, 2, 0],
        ActionFilter(campaign="c", principal="desk"): [5, 3, 1],
        ActionFilter(principal="p2"): [6],
        ActionFilter(batch_id="none"): [],
    }
    for wanted, expected in cases.items():
        rows, total = await store.read(lambda conn, wanted=wanted: ledger.list_actions(conn, wanted, 1, 50))
        assert [action.id for action in rows] == [ids[n] for n in expected]
        assert total == len(expected)


async def test_a_batch_without_an_id_is_nobodys(store: DatabaseStore) -> None:
    await store.write(fill)
    assert await store.read(lambda conn: ledger.by_batch(conn, "")) is None
