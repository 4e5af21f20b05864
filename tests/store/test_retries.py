"""A safe retry and the send that it repeats: neither may end so that somebody gets the text twice."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Literal

import pytest

from server.store import ledger
from server.store.actions import Action, Caps, State
from server.store.database import DatabaseStore
from server.store.plans import Connection
from tests.store.samples import MINUTE, NOW, approved, claim, dispatching, proposal, proposed

SEND = proposal("first", points=2)
RETRY = proposal("retry", tool="retry_safely", points=2)
LATER = NOW + 11 * MINUTE

End = Literal[State.SUCCEEDED, State.FAILED, State.UNKNOWN]
Settled = Literal[State.SUCCEEDED, State.FAILED]
Bring = Callable[[Connection, Action], Action]


class AbandonedError(Exception):
    """Undoes a transaction."""


def finish(conn: Connection, action: Action, state: End, points: Decimal | None = None) -> Action:
    ended = ledger.finish(
        conn, action.id, owner="w1", state=state, outcome='{"ok":true}', points_final=points, now=NOW
    )
    assert ended is not None
    return ended


def reconcile(conn: Connection, action: Action, state: Settled, by: str = "王小明") -> Action | None:
    return ledger.reconcile(conn, action.id, state=state, by=by, how="looked", outcome="{}", now=NOW)


def sent_unknown(conn: Connection) -> Action:
    return finish(conn, dispatching(conn, SEND), State.UNKNOWN)


def retry_of(first: Action) -> Callable[[Connection], Action]:
    return lambda conn: dispatching(conn, replace(RETRY, retry_of=first.id))


def as_it_is(conn: Connection, action: Action) -> Action:
    found = ledger.get(conn, action.id)
    assert found is not None
    return found


async def test_a_retry_that_was_charged_in_full_settles_its_first_send_as_free(store: DatabaseStore) -> None:
    """Without a recipient that was skipped nobody had the text: the first send cost nothing."""
    first = await store.write(sent_unknown)
    retry = await store.write(retry_of(first))
    await store.write(lambda conn: finish(conn, retry, State.SUCCEEDED, Decimal(2)))
    settled = await store.read(lambda conn: as_it_is(conn, first))
    assert (settled.state, settled.points_final, settled.finished_at) == (State.SUCCEEDED, Decimal(0), NOW)
    assert settled.reason.startswith(f"reconciled by server: safe retry {retry.id}")
    usage = await store.read(lambda conn: ledger.usage(conn, NOW))
    assert usage.points_today == 2


async def test_the_first_call_is_answered_from_memory_after_its_retry(store: DatabaseStore) -> None:
    first = await store.write(sent_unknown)
    retry = await store.write(retry_of(first))
    await store.write(lambda conn: finish(conn, retry, State.SUCCEEDED, Decimal(2)))
    live = await store.read(lambda conn: ledger.find_live(conn, SEND.key, NOW))
    assert live is not None
    assert (live.id, live.state) == (first.id, State.SUCCEEDED)
    again, created = await store.write(lambda conn: ledger.propose(conn, SEND, NOW))
    assert (again.id, created) == (first.id, False)


@pytest.mark.parametrize("charged", [Decimal("1.5"), Decimal(0), Decimal(3), None])
@pytest.mark.parametrize("known", [Decimal("0.5"), None])
async def test_a_retry_that_was_charged_otherwise_leaves_the_points_of_its_first_send(
    store: DatabaseStore, charged: Decimal | None, known: Decimal | None
) -> None:
    first = await store.write(lambda conn: finish(conn, dispatching(conn, SEND), State.UNKNOWN, points=known))
    retry = await store.write(retry_of(first))
    before = (await store.read(lambda conn: ledger.usage(conn, NOW))).points_today - retry.points
    ended = await store.write(lambda conn: finish(conn, retry, State.SUCCEEDED, charged))
    settled = await store.read(lambda conn: as_it_is(conn, first))
    assert (settled.state, settled.points_final) == (State.SUCCEEDED, known)
    counted = ended.points if charged is None else charged
    assert (await store.read(lambda conn: ledger.usage(conn, NOW))).points_today == before + counted


@pytest.mark.parametrize("state", [State.FAILED, State.UNKNOWN])
async def test_a_retry_without_success_says_nothing_of_its_first_send(
    store: DatabaseStore, state: Literal[State.FAILED, State.UNKNOWN]
) -> None:
    first = await store.write(sent_unknown)
    retry = await store.write(retry_of(first))
    await store.write(lambda conn: finish(conn, retry, state, Decimal(2)))
    assert await store.read(lambda conn: as_it_is(conn, first)) == first


@pytest.mark.parametrize("by", ["王小明", "callback"])
async def test_reconciling_a_retry_settles_its_first_send_in_the_same_transaction(
    store: DatabaseStore, by: str
) -> None:
    first = await store.write(sent_unknown)
    taken = await store.write(retry_of(first))
    retry = await store.write(lambda conn: finish(conn, taken, State.UNKNOWN))

    def settle(conn: Connection) -> tuple[Action | None, Action]:
        return reconcile(conn, retry, State.SUCCEEDED, by), as_it_is(conn, first)

    def settle_and_abandon(conn: Connection) -> None:
        settle(conn)
        raise AbandonedError

    with pytest.raises(AbandonedError):
        await store.write(settle_and_abandon)
    assert await store.read(lambda conn: as_it_is(conn, first)) == first
    assert await store.read(lambda conn: as_it_is(conn, retry)) == retry
    ended, settled = await store.write(settle)
    assert ended is not None
    assert (ended.state, settled.state) == (State.SUCCEEDED, State.SUCCEEDED)
    assert settled.points_final is None


async def test_reconciling_a_retry_as_not_done_leaves_its_first_send_unknown(store: DatabaseStore) -> None:
    first = await store.write(sent_unknown)
    taken = await store.write(retry_of(first))
    retry = await store.write(lambda conn: finish(conn, taken, State.UNKNOWN))
    assert await store.write(lambda conn: reconcile(conn, retry, State.FAILED)) is not None
    assert await store.read(lambda conn: as_it_is(conn, first)) == first


def retry_approved(conn: Connection, first: Action) -> Action:
    return approved(conn, replace(RETRY, retry_of=first.id))


def retry_dispatching(conn: Connection, first: Action) -> Action:
    return retry_of(first)(conn)


def retry_unknown(conn: Connection, first: Action) -> Action:
    return finish(conn, retry_of(first)(conn), State.UNKNOWN)


def retry_denied(conn: Connection, first: Action) -> Action:
    waiting = proposed(conn, replace(RETRY, retry_of=first.id))
    denied = ledger.deny(conn, waiting.id, by="王小明", channel="form", reason="declined", now=NOW)
    assert denied is not None
    return denied


def retry_expired(conn: Connection, first: Action) -> Action:
    retry_approved(conn, first)
    [expired] = ledger.expire_due(conn, LATER)
    return expired


def retry_failed(conn: Connection, first: Action) -> Action:
    return finish(conn, retry_of(first)(conn), State.FAILED)


OPEN: dict[State, Bring] = {
    State.APPROVED: retry_approved,
    State.DISPATCHING: retry_dispatching,
    State.UNKNOWN: retry_unknown,
}
CLOSED: dict[State, Bring] = {
    State.DENIED: retry_denied,
    State.EXPIRED: retry_expired,
    State.FAILED: retry_failed,
}


@pytest.mark.parametrize("state", OPEN)
async def test_a_send_is_not_closed_as_failed_while_a_retry_may_arrive(
    store: DatabaseStore, state: State
) -> None:
    """As failed it could be sent anew, and who gets the retry would have the text twice."""
    first = await store.write(sent_unknown)
    retry = await store.write(lambda conn: OPEN[state](conn, first))
    assert retry.state is state
    assert await store.write(lambda conn: reconcile(conn, first, State.FAILED)) is None
    assert await store.read(lambda conn: as_it_is(conn, first)) == first


@pytest.mark.parametrize("state", CLOSED)
async def test_a_send_is_closed_as_failed_when_its_retry_came_to_nothing(
    store: DatabaseStore, state: State
) -> None:
    first = await store.write(sent_unknown)
    retry = await store.write(lambda conn: CLOSED[state](conn, first))
    assert retry.state is state
    closed = await store.write(lambda conn: reconcile(conn, first, State.FAILED))
    assert closed is not None
    assert closed.state is State.FAILED


async def test_the_retry_of_another_send_holds_nothing_open(store: DatabaseStore) -> None:
    first = await store.write(sent_unknown)
    other = await store.write(lambda conn: finish(conn, dispatching(conn, proposal("other")), State.UNKNOWN))
    await store.write(retry_of(other))
    assert await store.write(lambda conn: reconcile(conn, first, State.FAILED)) is not None


@pytest.mark.parametrize("state", OPEN)
async def test_a_send_is_closed_as_arrived_whatever_its_retry_does(
    store: DatabaseStore, state: State
) -> None:
    first = await store.write(sent_unknown)
    await store.write(lambda conn: OPEN[state](conn, first))
    assert await store.write(lambda conn: reconcile(conn, first, State.SUCCEEDED)) is not None


@pytest.mark.parametrize("caps", [Caps(), Caps(points_per_day=Decimal(100))], ids=["no caps", "caps"])
@pytest.mark.parametrize("settled", [State.SUCCEEDED, State.FAILED])
async def test_a_retry_is_not_claimed_once_its_first_send_is_known(
    store: DatabaseStore, settled: Settled, caps: Caps
) -> None:
    first = await store.write(sent_unknown)
    retry = await store.write(lambda conn: proposed(conn, replace(RETRY, retry_of=first.id)))
    assert await store.write(lambda conn: reconcile(conn, first, settled)) is not None
    agreed = await store.write(
        lambda conn: ledger.approve(conn, retry.id, by="王小明", channel="form", rule="asked", now=NOW)
    )
    assert agreed is not None
    assert await store.write(lambda conn: claim(conn, retry.id, caps=caps)) is None
    assert await store.read(lambda conn: as_it_is(conn, retry)) == agreed


async def test_a_retry_is_claimed_while_its_first_send_is_unknown_and_not_before(
    store: DatabaseStore,
) -> None:
    first = await store.write(lambda conn: dispatching(conn, SEND))
    retry = await store.write(lambda conn: retry_approved(conn, first))
    assert await store.write(lambda conn: claim(conn, retry.id)) is None
    await store.write(lambda conn: finish(conn, first, State.UNKNOWN))
    taken = await store.write(lambda conn: claim(conn, retry.id))
    assert isinstance(taken, Action)
    assert taken.state is State.DISPATCHING
