from random import Random

import pytest

from server.store import ledger
from server.store.actions import Action, CallKey, RequestIdReusedError, State, new_id
from server.store.database import DatabaseStore
from server.store.plans import Connection
from tests.store.samples import DAY, MINUTE, NOW, approved, claim, dispatching, proposal, proposed
from tools.action_id import normalise_id


async def test_a_proposal_is_returned_as_it_was_given(store: DatabaseStore) -> None:
    action, is_new = await store.write(lambda conn: ledger.propose(conn, proposal(), NOW))
    assert is_new
    assert action.state is State.PROPOSED
    assert (action.created_at, action.expires_at) == (NOW, NOW + 10 * MINUTE)
    assert (action.arguments, action.points, action.points_final) == (proposal().arguments, 2, None)
    assert await store.read(lambda conn: ledger.get(conn, action.id)) == action


async def test_the_same_call_finds_its_action(store: DatabaseStore) -> None:
    first = await store.write(lambda conn: proposed(conn, proposal()))
    again = await store.write(lambda conn: ledger.propose(conn, proposal(), NOW + MINUTE))
    assert again == (first, False)


@pytest.mark.parametrize(
    "other",
    [
        proposal("d2"),
        proposal(principal="somebody else"),
        proposal(tool="send_mms"),
        proposal(request_id="once more"),
    ],
)
async def test_another_call_is_another_action(store: DatabaseStore, other: object) -> None:
    assert isinstance(other, type(proposal()))
    await store.write(lambda conn: proposed(conn, proposal()))
    assert (await store.write(lambda conn: ledger.propose(conn, other, NOW)))[1]


async def test_an_expired_proposal_is_expired_on_the_way_and_proposed_anew(store: DatabaseStore) -> None:
    first = await store.write(lambda conn: proposed(conn, proposal()))
    later = NOW + 10 * MINUTE
    assert not (await store.write(lambda conn: ledger.propose(conn, proposal(), later)))[1]
    later += MINUTE
    assert (await store.write(lambda conn: ledger.propose(conn, proposal(), later)))[1]
    old = await store.read(lambda conn: ledger.get(conn, first.id))
    assert old is not None
    assert old.state is State.EXPIRED


@pytest.mark.parametrize(("age", "is_new"), [(DAY - MINUTE, False), (DAY, True)])
async def test_a_success_is_replayed_for_24_hours(store: DatabaseStore, age: object, is_new: object) -> None:
    assert isinstance(age, type(DAY))
    action = await store.write(lambda conn: dispatching(conn, proposal()))
    await store.write(
        lambda conn: ledger.finish(conn, action.id, owner="w1", state=State.SUCCEEDED, outcome="{}", now=NOW)
    )
    found = await store.read(lambda conn: ledger.find_live(conn, proposal().key, NOW + age))
    assert (found is None) is is_new
    again, new = await store.write(lambda conn: ledger.propose(conn, proposal(), NOW + age))
    assert (new, again.id == action.id) == (is_new, not is_new)


async def test_what_may_still_have_happened_is_found_for_ever(store: DatabaseStore) -> None:
    action = await store.write(lambda conn: dispatching(conn, proposal()))
    late = NOW + 400 * DAY
    assert (await store.write(lambda conn: ledger.propose(conn, proposal(), late)))[0].id == action.id
    await store.write(lambda conn: ledger.reap(conn, late))
    again, is_new = await store.write(lambda conn: ledger.propose(conn, proposal(), late))
    assert (again.id, again.state, is_new) == (action.id, State.UNKNOWN, False)


async def test_a_failure_is_not_replayed(store: DatabaseStore) -> None:
    action = await store.write(lambda conn: dispatching(conn, proposal()))
    await store.write(
        lambda conn: ledger.finish(conn, action.id, owner="w1", state=State.FAILED, outcome="{}", now=NOW)
    )
    assert (await store.write(lambda conn: ledger.propose(conn, proposal(), NOW)))[1]


async def test_a_request_id_with_other_arguments_is_refused(store: DatabaseStore) -> None:
    first = await store.write(lambda conn: proposed(conn, proposal(request_id="r1")))
    with pytest.raises(RequestIdReusedError, match=first.id):
        await store.write(lambda conn: proposed(conn, proposal("d2", request_id="r1")))
    other_tool = proposal("d2", request_id="r1", tool="send_mms")
    assert (await store.write(lambda conn: ledger.propose(conn, other_tool, NOW)))[1]
    assert (await store.write(lambda conn: ledger.propose(conn, proposal("d2", request_id="r1"), NOW + DAY)))[
        1
    ]


async def test_a_request_id_of_an_unknown_outcome_stays_taken(store: DatabaseStore) -> None:
    await store.write(lambda conn: dispatching(conn, proposal(request_id="r1")))
    with pytest.raises(RequestIdReusedError):
        await store.write(lambda conn: proposed(conn, proposal("d2", request_id="r1"), NOW + 3 * DAY))


async def test_only_one_decision_counts(store: DatabaseStore) -> None:
    action = await store.write(lambda conn: approved(conn, proposal()))
    assert (action.state, action.decided_by, action.channel) == (State.APPROVED, "王小明", "terminal")
    again = await store.write(
        lambda conn: ledger.approve(conn, action.id, by="x", channel="page", rule="asked", now=NOW)
    )
    assert again is None


async def test_a_no_vetoes_until_the_claim(store: DatabaseStore) -> None:
    action = await store.write(lambda conn: approved(conn, proposal()))
    denied = await store.write(lambda conn: no(conn, action.id))
    assert denied is not None
    assert (denied.state, denied.decided_by) == (State.DENIED, "x")
    assert await store.write(lambda conn: claim(conn, action.id)) is None
    begun = await store.write(lambda conn: dispatching(conn, proposal("d2")))
    assert await store.write(lambda conn: no(conn, begun.id)) is None


@pytest.mark.parametrize(("channel", "approves"), [("form", False), ("terminal", True)])
async def test_what_was_sent_out_of_band_is_approved_there_alone(
    store: DatabaseStore, channel: str, *, approves: bool
) -> None:
    action = await store.write(lambda conn: proposed(conn, proposal()))
    marked = await store.write(lambda conn: ledger.send_out_of_band(conn, action.id, now=NOW))
    assert marked is not None
    assert marked.out_of_band
    done = await store.write(
        lambda conn: ledger.approve(conn, action.id, by="x", channel=channel, rule="", now=NOW)
    )
    assert (done is not None) is approves


def no(conn: Connection, action_id: str) -> Action | None:
    return ledger.deny(conn, action_id, by="x", channel="page", reason="no", now=NOW)


async def test_a_denial_frees_the_call(store: DatabaseStore) -> None:
    action = await store.write(lambda conn: proposed(conn, proposal()))
    denied = await store.write(
        lambda conn: ledger.deny(conn, action.id, by="x", channel="page", reason="no", now=NOW)
    )
    assert denied is not None
    assert (denied.state, denied.reason) == (State.DENIED, "no")
    assert (await store.write(lambda conn: ledger.propose(conn, proposal(), NOW)))[1]


async def test_a_request_id_may_be_used_again_for_the_same_call(store: DatabaseStore) -> None:
    wanted = proposal(request_id="r1")
    action = await store.write(lambda conn: proposed(conn, wanted))
    await store.write(lambda conn: ledger.void(conn, action.id, reason="drift"))
    assert (await store.write(lambda conn: ledger.propose(conn, wanted, NOW)))[1]


async def test_nothing_is_decided_after_its_time(store: DatabaseStore) -> None:
    action = await store.write(lambda conn: proposed(conn, proposal()))
    late = NOW + 11 * MINUTE
    approval = await store.write(
        lambda conn: ledger.approve(conn, action.id, by="x", channel="page", rule="asked", now=late)
    )
    denial = await store.write(
        lambda conn: ledger.deny(conn, action.id, by="x", channel="page", reason="", now=late)
    )
    assert (approval, denial) == (None, None)


async def test_due_proposals_and_approvals_expire_and_the_rest_waits(store: DatabaseStore) -> None:
    old = await store.write(lambda conn: proposed(conn, proposal("old")))
    agreed = await store.write(lambda conn: approved(conn, proposal("agreed")))
    young = await store.write(lambda conn: proposed(conn, proposal("young"), NOW + 5 * MINUTE))
    late = NOW + 11 * MINUTE
    expired = await store.write(lambda conn: ledger.expire_due(conn, late))
    assert {(action.id, action.state) for action in expired} == {
        (old.id, State.EXPIRED),
        (agreed.id, State.EXPIRED),
    }
    assert await store.read(lambda conn: ledger.waiting(conn, late)) == [young]


async def test_a_voided_approval_cannot_be_used(store: DatabaseStore) -> None:
    action = await store.write(lambda conn: approved(conn, proposal()))
    voided = await store.write(lambda conn: ledger.void(conn, action.id, reason="the price changed"))
    assert voided is not None
    assert (voided.state, voided.reason) == (State.EXPIRED, "the price changed")
    assert await store.write(lambda conn: ledger.void(conn, action.id, reason="again")) is None


async def test_find_live_changes_nothing(store: DatabaseStore) -> None:
    action = await store.write(lambda conn: proposed(conn, proposal()))
    late = NOW + 11 * MINUTE
    assert await store.read(lambda conn: ledger.find_live(conn, proposal().key, late)) is None
    assert await store.read(lambda conn: ledger.get(conn, action.id)) == action
    unknown = CallKey(principal="nobody", tool="send_sms", digest="d1")
    assert await store.read(lambda conn: ledger.find_live(conn, unknown, NOW)) is None


async def test_an_id_that_is_taken_is_drawn_again(store: DatabaseStore) -> None:
    ids = iter(["7KQ2-M9XD", "7KQ2-M9XD", "0000-0001"])
    for digest in ("d1", "d2"):
        await store.write(
            lambda conn, digest=digest: ledger.propose(
                conn, proposal(digest), NOW, fresh_id=lambda: next(ids)
            )
        )
    assert await store.read(lambda conn: ledger.get(conn, "0000-0001")) is not None


def test_an_id_is_read_as_people_write_it() -> None:
    assert normalise_id(" 7kq2m9xd") == normalise_id("7KQ2 M9XD") == "7KQ2-M9XD"
    assert normalise_id("OIL1-0000") == "0111-0000"
    assert (
        new_id(Random(1).getrandbits)
        == new_id(Random(1).getrandbits)
        == normalise_id(new_id(Random(1).getrandbits))
    )
