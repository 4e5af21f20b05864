"""`begin` is propose, approve and claim in one row: what it leaves is what those three leave."""

from dataclasses import asdict
from decimal import Decimal

import pytest
from sqlalchemy import select

from server.store import ledger
from server.store.actions import Action, Caps, RequestIdReusedError, State, Usage
from server.store.counting import cap_hit
from server.store.database import DatabaseStore
from server.store.plans import Connection
from server.store.schema import ACTIONS, RECIPIENT_TEXTS
from tests.store.samples import DAY, MINUTE, NOW, approved, claim, proposal, proposed

WHOM = ["hash-a", "hash-b", "hash-a"]


def begun(conn: Connection, digest: str = "d1", *, request_id: str = "") -> tuple[Action, bool]:
    wanted = proposal(digest, request_id=request_id)
    return ledger.begin(
        conn,
        wanted,
        by="王小明",
        channel="terminal",
        rule="asked",
        owner="w1",
        now=NOW,
        lease_seconds=60,
        recipients=WHOM,
    )


def stepped(conn: Connection) -> Action:
    taken = claim(conn, approved(conn, proposal("steps")).id, recipients=WHOM)
    assert isinstance(taken, Action)
    return taken


def texts(conn: Connection, action: Action) -> list[tuple[str, int]]:
    table = RECIPIENT_TEXTS.c
    rows = conn.execute(select(table.recipient, table.texts).where(table.action_id == action.id))
    return sorted((recipient, count) for recipient, count in rows)


async def test_its_row_is_that_of_three_steps_and_counts_the_same(store: DatabaseStore) -> None:
    made, fresh = await store.write(begun)
    once = await store.read(lambda conn: ledger.usage(conn, NOW))
    steps = await store.write(stepped)
    both = await store.read(lambda conn: ledger.usage(conn, NOW))
    own = {"id", "sequence", "digest", "live_key"}
    kept = {name: value for name, value in asdict(made).items() if name not in own}
    assert fresh
    assert kept == {name: value for name, value in asdict(steps).items() if name not in own}
    assert once == Usage(points_today=Decimal(2), points_month=Decimal(2), recipients_today=2)
    assert both == Usage(points_today=Decimal(4), points_month=Decimal(4), recipients_today=4)
    counted = await store.read(lambda conn: (texts(conn, made), texts(conn, steps)))
    assert counted == ([("hash-a", 2), ("hash-b", 1)],) * 2
    caps = Caps(texts_per_recipient_per_day=4)
    hit = await store.read(lambda conn: cap_hit(conn, proposal("third"), caps, ["hash-a"], NOW))
    assert hit is not None


@pytest.mark.parametrize("state", list(State))
async def test_it_begins_only_what_a_proposal_would_begin(store: DatabaseStore, state: State) -> None:
    """A live action of the same call is found again, in whatever state, and nothing more is counted."""

    def hold(conn: Connection) -> Action:
        first = proposed(conn, proposal(), NOW - MINUTE)
        conn.execute(ACTIONS.update().where(ACTIONS.c.id == first.id).values(state=state))
        return first

    held = await store.write(hold)
    found = await store.read(lambda conn: ledger.find_live(conn, proposal().key, NOW))
    action, fresh = await store.write(begun)
    usage = await store.read(lambda conn: ledger.usage(conn, NOW))
    assert fresh is (found is None)
    assert (action.id == held.id) is not fresh
    assert usage.recipients_today == (2 if fresh else 0)


async def test_an_expired_holder_makes_room_and_is_expired(store: DatabaseStore) -> None:
    old = await store.write(lambda conn: approved(conn, proposal(), NOW - DAY))
    action, fresh = await store.write(begun)
    assert (fresh, action.state) == (True, State.DISPATCHING)
    left = await store.read(lambda conn: ledger.get(conn, old.id))
    assert left is not None
    assert left.state is State.EXPIRED


async def test_a_request_id_of_another_call_is_refused_and_nothing_is_counted(store: DatabaseStore) -> None:
    await store.write(lambda conn: proposed(conn, proposal("other", request_id="r-1"), NOW - MINUTE))
    with pytest.raises(RequestIdReusedError):
        await store.write(lambda conn: begun(conn, request_id="r-1"))
    usage = await store.read(lambda conn: ledger.usage(conn, NOW))
    assert (usage.points_today, usage.recipients_today) == (0, 0)
