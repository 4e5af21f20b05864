from datetime import timedelta
from decimal import Decimal
from typing import Literal

import pytest

from server.store import ledger
from server.store.actions import Action, CapHit, Caps, State, Usage
from server.store.database import DatabaseStore
from server.store.plans import Connection
from tests.store.samples import DAY, NOW, approved, claim, dispatching, proposal


def usage_of(points: float | str, recipients: int, month: float | str | None = None) -> Usage:
    return Usage(
        points_today=Decimal(points),
        points_month=Decimal(points if month is None else month),
        recipients_today=recipients,
    )


def end(
    conn: Connection,
    action: Action,
    state: Literal[State.SUCCEEDED, State.FAILED, State.UNKNOWN],
    points: Decimal | None = None,
    batch_id: str = "",
) -> bool:
    ended = ledger.finish(
        conn,
        action.id,
        owner="w1",
        state=state,
        outcome="{}",
        points_final=points,
        batch_id=batch_id,
        now=NOW,
    )
    return ended is not None


@pytest.mark.parametrize(
    ("caps", "hit"),
    [
        (
            Caps(points_per_day=Decimal("4.5")),
            CapHit(rule="points_per_day", limit=Decimal("4.5"), used=Decimal("2.5"), asked=Decimal("2.5")),
        ),
        (
            Caps(points_per_month=Decimal(3)),
            CapHit(rule="points_per_month", limit=Decimal(3), used=Decimal("2.5"), asked=Decimal("2.5")),
        ),
        (Caps(recipients_per_day=3), CapHit(rule="recipients_per_day", limit=3, used=2, asked=2)),
        (
            Caps(texts_per_recipient_per_day=1),
            CapHit(rule="texts_per_recipient_per_day", limit=1, used=1, asked=1),
        ),
    ],
)
async def test_a_claim_that_would_pass_a_cap_changes_nothing(
    store: DatabaseStore, caps: Caps, hit: CapHit
) -> None:
    first = await store.write(lambda conn: approved(conn, proposal("d1", points=Decimal("2.5"))))
    second = await store.write(lambda conn: approved(conn, proposal("d2", points=Decimal("2.5"))))
    taken = await store.write(lambda conn: claim(conn, first.id, caps=caps, recipients=["h1", "h2"]))
    assert isinstance(taken, Action)
    refused = await store.write(lambda conn: claim(conn, second.id, caps=caps, recipients=["h2", "h3"]))
    assert refused == hit
    assert await store.read(lambda conn: ledger.get(conn, second.id)) == second
    assert await store.read(lambda conn: ledger.usage(conn, NOW)) == usage_of("2.5", 2)


async def test_a_cap_may_be_used_up_to_the_last_point(store: DatabaseStore) -> None:
    caps = Caps(
        points_per_day=Decimal(4),
        points_per_month=Decimal(4),
        recipients_per_day=4,
        texts_per_recipient_per_day=2,
    )
    for digest in ("d1", "d2"):
        action = await store.write(lambda conn, digest=digest: approved(conn, proposal(digest)))
        taken = await store.write(lambda conn, i=action.id: claim(conn, i, caps=caps, recipients=["h1"]))
        assert isinstance(taken, Action)


async def test_a_recipient_twice_in_one_call_is_two_texts(store: DatabaseStore) -> None:
    action = await store.write(lambda conn: approved(conn, proposal()))
    caps = Caps(texts_per_recipient_per_day=1)
    hit = await store.write(lambda conn: claim(conn, action.id, caps=caps, recipients=["h1", "h1"]))
    assert hit == CapHit(rule="texts_per_recipient_per_day", limit=1, used=0, asked=2)


async def test_more_recipients_than_a_statement_takes_are_all_checked(store: DatabaseStore) -> None:
    everyone = [f"h{number}" for number in range(1_200)]
    caps = Caps(texts_per_recipient_per_day=1)
    first = await store.write(lambda conn: approved(conn, proposal("d1")))
    second = await store.write(lambda conn: approved(conn, proposal("d2")))
    assert isinstance(
        await store.write(lambda conn: claim(conn, first.id, caps=caps, recipients=everyone)), Action
    )
    last = [f"x{number}" for number in range(1_199)] + ["h1199"]
    hit = await store.write(lambda conn: claim(conn, second.id, caps=caps, recipients=last))
    assert hit == CapHit(rule="texts_per_recipient_per_day", limit=1, used=1, asked=1)


async def test_a_failure_releases_what_was_reserved(store: DatabaseStore) -> None:
    caps = Caps(texts_per_recipient_per_day=1)
    for digest in ("d1", "d2"):
        action = await store.write(lambda conn, digest=digest: approved(conn, proposal(digest)))
        taken = await store.write(lambda conn, i=action.id: claim(conn, i, caps=caps, recipients=["h1"]))
        assert isinstance(taken, Action)
        assert await store.write(lambda conn, taken=taken: end(conn, taken, State.FAILED))
    assert await store.read(lambda conn: ledger.usage(conn, NOW)) == usage_of(0, 0)


async def test_an_unknown_outcome_keeps_its_reservation_until_it_is_settled(store: DatabaseStore) -> None:
    action = await store.write(lambda conn: dispatching(conn, proposal()))
    await store.write(lambda conn: end(conn, action, State.UNKNOWN))
    assert await store.read(lambda conn: ledger.usage(conn, NOW)) == usage_of(2, 2)
    await store.write(
        lambda conn: ledger.reconcile(
            conn, action.id, state=State.FAILED, by="person", how="asked", outcome="{}", now=NOW
        )
    )
    assert await store.read(lambda conn: ledger.usage(conn, NOW)) == usage_of(0, 0)


async def test_final_points_replace_the_estimate(store: DatabaseStore) -> None:
    action = await store.write(lambda conn: dispatching(conn, proposal()))
    await store.write(lambda conn: end(conn, action, State.SUCCEEDED, Decimal("3.25")))
    assert await store.read(lambda conn: ledger.usage(conn, NOW)) == usage_of("3.25", 2)


async def test_days_and_months_are_those_of_taipei(store: DatabaseStore) -> None:
    await store.write(lambda conn: dispatching(conn, proposal()))
    before_midnight = NOW.replace(hour=15, minute=59)
    assert await store.read(lambda conn: ledger.usage(conn, before_midnight)) == usage_of(2, 2)
    february = before_midnight + timedelta(minutes=1)
    assert await store.read(lambda conn: ledger.usage(conn, february)) == usage_of(0, 0)
    yesterday = NOW - DAY
    assert await store.read(lambda conn: ledger.usage(conn, yesterday)) == usage_of(0, 0, month=2)


async def test_an_erased_booking_gives_its_points_back_once(store: DatabaseStore) -> None:
    sent = await store.write(lambda conn: dispatching(conn, proposal()))
    await store.write(lambda conn: end(conn, sent, State.SUCCEEDED, Decimal(2), "b-1"))
    erase = proposal("erase", tool="erase_sms_booking", points=0, recipients=0)
    erasing = await store.write(lambda conn: dispatching(conn, erase))

    def give_back(conn: Connection) -> bool:
        return ledger.give_back(conn, erase_id=erasing.id, batch_id="b-1", points=Decimal("1.5"))

    assert await store.write(give_back)
    assert not await store.write(give_back)
    assert await store.read(lambda conn: ledger.usage(conn, NOW)) == usage_of("0.5", 2)


async def test_no_more_points_come_back_than_were_counted(store: DatabaseStore) -> None:
    sent = await store.write(lambda conn: dispatching(conn, proposal()))
    await store.write(lambda conn: end(conn, sent, State.SUCCEEDED, Decimal(2), "b-1"))
    erase = proposal("erase", tool="erase_sms_booking", points=0, recipients=0)
    erasing = await store.write(lambda conn: dispatching(conn, erase))
    await store.write(
        lambda conn: ledger.give_back(conn, erase_id=erasing.id, batch_id="b-1", points=Decimal(99))
    )
    assert await store.read(lambda conn: ledger.usage(conn, NOW)) == usage_of(0, 2)


@pytest.mark.parametrize(("points", "messages", "left"), [(2, 2, 0), (2, 1, 2), (1, 2, 2)])
async def test_recipients_come_back_once_and_only_with_the_whole_booking(
    store: DatabaseStore, points: int, messages: int, left: int
) -> None:
    """Of a part nobody can tell whose texts they were."""
    caps = Caps(texts_per_recipient_per_day=1)
    two = ["a", "b"]

    def send(conn: Connection, digest: str) -> Action | CapHit | None:
        return claim(conn, approved(conn, proposal(digest)).id, caps=caps, recipients=two)

    def erase(conn: Connection, digest: str, back: int = points) -> bool:
        what = proposal(digest, tool="erase_sms_booking", points=0, recipients=0)
        return ledger.give_back(
            conn,
            erase_id=dispatching(conn, what).id,
            batch_id="b-1",
            points=Decimal(back),
            messages=messages,
        )

    sent = await store.write(lambda conn: send(conn, "first"))
    assert isinstance(sent, Action)
    await store.write(lambda conn: end(conn, sent, State.SUCCEEDED, Decimal(2), "b-1"))
    assert await store.write(lambda conn: erase(conn, "erase"))
    assert (await store.read(lambda conn: ledger.usage(conn, NOW))).recipients_today == left
    again = await store.write(lambda conn: send(conn, "second"))
    assert isinstance(again, CapHit) is (left > 0)
    before = await store.read(lambda conn: ledger.usage(conn, NOW))
    await store.write(lambda conn: erase(conn, "erase again", 0))
    after = await store.read(lambda conn: ledger.usage(conn, NOW))
    assert after.recipients_today == before.recipients_today


async def test_a_batch_that_is_not_ours_gives_nothing_back(store: DatabaseStore) -> None:
    erasing = await store.write(lambda conn: dispatching(conn, proposal()))
    given = await store.write(
        lambda conn: ledger.give_back(conn, erase_id=erasing.id, batch_id="b-x", points=Decimal(1))
    )
    assert not given
