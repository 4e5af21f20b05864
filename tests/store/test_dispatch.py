from decimal import Decimal
from typing import Literal

import pytest

from server.store import ledger
from server.store.actions import Action, State
from server.store.database import DatabaseStore
from server.store.plans import Connection
from server.store.superseding import supersede
from tests.store.samples import MINUTE, NOW, approved, claim, dispatching, proposal, proposed

End = Literal[State.SUCCEEDED, State.FAILED, State.UNKNOWN]


def finish(conn: Connection, action: Action, state: End, *, owner: str = "w1") -> bool:
    ended = ledger.finish(
        conn,
        action.id,
        owner=owner,
        state=state,
        outcome='{"ok":true}',
        vendor_answer="1,2,3\r\n",
        batch_id="b-1",
        points_final=Decimal("1.5"),
        now=NOW,
    )
    return ended is not None


async def test_a_claim_takes_an_approved_action_with_a_lease(store: DatabaseStore) -> None:
    action = await store.write(lambda conn: dispatching(conn, proposal()))
    assert (action.state, action.owner) == (State.DISPATCHING, "w1")
    assert (action.dispatched_at, action.lease_until) == (NOW, NOW + MINUTE)


async def test_only_one_claim_wins(store: DatabaseStore) -> None:
    action = await store.write(lambda conn: dispatching(conn, proposal()))
    assert await store.write(lambda conn: claim(conn, action.id, owner="w2")) is None


async def test_nothing_is_claimed_unapproved_or_after_its_time(store: DatabaseStore) -> None:
    open_question = await store.write(lambda conn: proposed(conn, proposal("open")))
    assert await store.write(lambda conn: claim(conn, open_question.id)) is None
    agreed = await store.write(lambda conn: approved(conn, proposal("agreed")))
    assert await store.write(lambda conn: claim(conn, agreed.id, now=NOW + 11 * MINUTE)) is None
    assert await store.write(lambda conn: claim(conn, "0000-0000")) is None


async def test_an_outcome_is_recorded_once_by_its_owner(store: DatabaseStore) -> None:
    action = await store.write(lambda conn: dispatching(conn, proposal()))
    assert not await store.write(lambda conn: finish(conn, action, State.SUCCEEDED, owner="w2"))
    assert await store.write(lambda conn: finish(conn, action, State.SUCCEEDED))
    assert not await store.write(lambda conn: finish(conn, action, State.FAILED))
    done = await store.read(lambda conn: ledger.by_batch(conn, "b-1"))
    assert done is not None
    assert (done.id, done.state, done.finished_at) == (action.id, State.SUCCEEDED, NOW)
    assert (done.vendor_answer, done.points_final) == ("1,2,3\r\n", Decimal("1.5"))


async def test_a_dispatch_without_a_living_owner_becomes_unknown(store: DatabaseStore) -> None:
    action = await store.write(lambda conn: dispatching(conn, proposal()))
    assert await store.write(lambda conn: ledger.reap(conn, NOW + MINUTE)) == []
    [reaped] = await store.write(lambda conn: ledger.reap(conn, NOW + 2 * MINUTE))
    assert (reaped.id, reaped.state) == (action.id, State.UNKNOWN)
    assert await store.write(lambda conn: claim(conn, action.id, owner="w2")) is None


async def test_the_owners_answer_counts_although_its_lease_ran_out(store: DatabaseStore) -> None:
    action = await store.write(lambda conn: dispatching(conn, proposal()))
    await store.write(lambda conn: ledger.reap(conn, NOW + 2 * MINUTE))
    assert not await store.write(lambda conn: finish(conn, action, State.SUCCEEDED, owner="w2"))
    assert await store.write(lambda conn: finish(conn, action, State.SUCCEEDED))


async def test_an_owner_who_said_unknown_does_not_say_more(store: DatabaseStore) -> None:
    action = await store.write(lambda conn: dispatching(conn, proposal()))
    assert await store.write(lambda conn: finish(conn, action, State.UNKNOWN))
    assert not await store.write(lambda conn: finish(conn, action, State.SUCCEEDED))


@pytest.mark.parametrize("state", [State.SUCCEEDED, State.FAILED])
async def test_only_an_unknown_outcome_is_reconciled_and_only_once(
    store: DatabaseStore, state: Literal[State.SUCCEEDED, State.FAILED]
) -> None:
    action = await store.write(lambda conn: dispatching(conn, proposal()))

    def settle(conn: Connection) -> Action | None:
        return ledger.reconcile(conn, action.id, state=state, by="callback", how="b-9", outcome="{}", now=NOW)

    assert await store.write(settle) is None
    await store.write(lambda conn: finish(conn, action, State.UNKNOWN))
    settled = await store.write(settle)
    assert settled is not None
    assert (settled.state, settled.batch_id, settled.points_final) == (state, "b-1", Decimal("1.5"))
    assert "callback" in settled.reason
    assert await store.write(settle) is None


async def test_what_was_done_to_the_same_target_since_makes_a_call_repeatable(store: DatabaseStore) -> None:
    calls = {
        tool: proposal(tool, tool=tool, target=target)
        for tool, target in (("pause_launch", "1182"), ("resume_launch", "1182"), ("delete_launch", "7"))
    }
    for wanted in calls.values():
        action = await store.write(lambda conn, wanted=wanted: dispatching(conn, wanted))
        await store.write(lambda conn, action=action: finish(conn, action, State.SUCCEEDED))
    resumed = await store.read(lambda conn: ledger.find_live(conn, calls["resume_launch"].key, NOW))
    assert resumed is not None
    await store.write(lambda conn: supersede(conn, resumed))
    live = [
        tool
        for tool, wanted in calls.items()
        if await store.read(lambda conn, wanted=wanted: ledger.find_live(conn, wanted.key, NOW))
    ]
    assert live == ["resume_launch", "delete_launch"]


async def test_text_that_an_engine_refuses_is_kept_as_near_as_it_can_be(store: DatabaseStore) -> None:
    action = await store.write(lambda conn: dispatching(conn, proposal()))
    answer = "a\0b\ud800c 王小明 \U0001f600"
    await store.write(
        lambda conn: ledger.finish(
            conn,
            action.id,
            owner="w1",
            state=State.UNKNOWN,
            outcome="{}",
            vendor_answer=answer,
            points_final=Decimal("0.00001"),
            now=NOW,
        )
    )
    kept = await store.read(lambda conn: ledger.get(conn, action.id))
    assert kept is not None
    assert (kept.vendor_answer, kept.points_final) == ("a�b?c 王小明 \U0001f600", Decimal("0.0001"))
