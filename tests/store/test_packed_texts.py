"""A campaign's part has its texts in one row: whoever asks is told the same as of a row for each."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from tempfile import TemporaryDirectory
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from server.store import ledger, unpacking
from server.store.actions import Action, CapHit, Caps, State
from server.store.counting import cap_hit, full_today, usage
from server.store.database import DatabaseStore
from server.store.packed_texts import count_packed
from server.store.plans import Connection
from server.store.reports import reached
from server.store.schema import RECIPIENT_TEXTS, SENT_TEXTS
from server.store.sent_texts import Texted, repeated
from server.store.unpacking import unpack_before
from tests.store.samples import DAY, NOW, proposal

TIMES = (None, NOW + timedelta(hours=1), NOW + 3 * DAY)
How = Literal["rows", "packed", "unpacked"]
HOW: tuple[How, ...] = ("rows", "packed", "unpacked")
Rows = list[tuple[object, ...]]


def hashed(name: str) -> str:
    return sha256(name.encode()).hexdigest()


def begun(
    conn: Connection,
    digest: str,
    people: Sequence[tuple[str, datetime | None]],
    *,
    packed: bool,
    campaign: str = "spring",
    now: datetime = NOW,
) -> Action:
    """A part of a campaign to these people, with the text of its digest."""
    wanted = proposal(digest, points=2 * len(people), recipients=len(people), campaign=campaign)
    action, created = ledger.begin(
        conn,
        wanted,
        by="desk",
        channel="campaign",
        rule="a start",
        owner="w1",
        now=now,
        lease_seconds=200,
        recipients=[hashed(name) for name, _ in people],
        texts=[Texted(hashed(name + digest), at) for name, at in people],
        packed=packed,
    )
    assert created
    return action


def ended(conn: Connection, action: Action, state: State, batch_id: str = "") -> None:
    assert state in (State.SUCCEEDED, State.FAILED, State.UNKNOWN)
    assert ledger.finish(conn, action.id, owner="w1", state=state, outcome="{}", now=NOW, batch_id=batch_id)


def kept(conn: Connection) -> tuple[Rows, Rows]:
    """Every row of both tables, but for the action's id."""
    texts = select(*(each for each in SENT_TEXTS.c if each.name != "action_id"))
    counted = select(*(each for each in RECIPIENT_TEXTS.c if each.name != "action_id"))
    found = (sorted(tuple(row) for row in conn.execute(query)) for query in (texts, counted))
    return next(found), next(found)


def told(conn: Connection, names: Sequence[str], now: datetime) -> tuple[object, ...]:
    """What is known of the text `a` to these people, whatever the ids of the sends are."""
    texts = [Texted(hashed(name + "a"), None) for name in names]
    numbers = [hashed(name) for name in names]
    sends = repeated(conn, texts, now)
    hit = cap_hit(conn, proposal(recipients=len(names)), Caps(texts_per_recipient_per_day=1), numbers, now)
    return (
        [(each.state, each.answers, sorted(each.messages)) for each in sends],
        hit,
        full_today(conn, 1, numbers, now),
        usage(conn, now),
    )


@pytest.mark.parametrize("state", [State.SUCCEEDED, State.UNKNOWN, State.FAILED])
@pytest.mark.parametrize("later", [timedelta(), timedelta(hours=20), 2 * DAY], ids=str)
async def test_what_is_known_of_a_part_is_the_same_packed_and_unpacked(
    store: DatabaseStore, state: State, later: timedelta
) -> None:
    people = [("one", None), ("two", TIMES[1]), ("three", TIMES[2]), ("two", TIMES[2])]
    answers: dict[How, tuple[object, ...]] = {}

    class Undone(Exception):  # noqa: N818 - it undoes the transaction, and is no error
        pass

    for how in HOW:

        def work(conn: Connection, how: How = how) -> None:
            ended(conn, begun(conn, "a", people, packed=how != "rows"), state)
            if how == "unpacked":
                unpack_before(conn, NOW, 10)
            answers[how] = told(conn, ["one", "two", "four"], NOW + later)
            raise Undone

        with pytest.raises(Undone):
            await store.write(work)
    assert answers["packed"] == answers["rows"] == answers["unpacked"]
    assert bool(answers["rows"][0]) == (state is not State.FAILED)


NAMES = st.sampled_from(["one", "two", "three", "four", "five"])


@pytest.mark.usefixtures("quick_files")
@settings(max_examples=30, deadline=None)
@given(people=st.lists(st.tuples(NAMES, st.sampled_from(TIMES)), min_size=1, max_size=8))
async def test_the_rows_that_a_part_is_unpacked_to_are_those_that_any_other_send_has(
    people: list[tuple[str, datetime | None]],
) -> None:
    found: list[tuple[Rows, Rows]] = []
    with TemporaryDirectory() as folder:
        store = DatabaseStore(f"sqlite:///{folder}/store.sqlite3")
        for packed in (False, True):

            def work(conn: Connection, packed: bool = packed) -> None:  # noqa: FBT001 - bound for the loop
                action = begun(conn, f"{packed}", people, packed=packed)
                unpack_before(conn, NOW, 10)
                found.append(kept(conn))
                ended(conn, action, State.FAILED)
                assert kept(conn) == ([], [])

            await store.write(work)
        await store.close()
    of_rows, of_packed = ([row[1:] for row in texts] for texts, _ in found)
    assert sorted(of_rows, key=str) == sorted(of_packed, key=str)
    assert found[0][1] == found[1][1]


async def test_a_part_is_not_held_against_its_own_campaign_and_against_any_other(
    store: DatabaseStore,
) -> None:
    def work(conn: Connection) -> list[int]:
        begun(conn, "a", [("one", None)], packed=True)
        texts = [Texted(hashed("onea"), None)]
        return [len(repeated(conn, texts, NOW, of_campaign=each)) for each in ("spring", "autumn", "")]

    assert await store.write(work) == [0, 1, 1]


async def test_a_part_that_certainly_failed_is_forgotten_while_it_is_packed(store: DatabaseStore) -> None:
    def work(conn: Connection) -> tuple[int, object, list[object]]:
        ended(conn, begun(conn, "a", [("one", None), ("two", None)], packed=True), State.FAILED)
        return count_packed(conn), kept(conn), list(told(conn, ["one"], NOW))[:2]

    assert await store.write(work) == (0, ([], []), [[], None])


async def test_a_booking_that_was_erased_whole_while_it_was_packed_can_be_sent_again(
    store: DatabaseStore,
) -> None:
    def work(conn: Connection) -> list[int]:
        people = [("one", TIMES[1]), ("two", TIMES[1])]
        ended(conn, begun(conn, "a", people, packed=True), State.SUCCEEDED, "b1")
        texts = [Texted(hashed("onea"), TIMES[1])]
        before = len(repeated(conn, texts, NOW))
        erase = begun(conn, "e", [], packed=False)
        ledger.give_back(conn, erase_id=erase.id, batch_id="b1", points=Decimal(4), messages=2)
        return [before, len(repeated(conn, texts, NOW)), usage(conn, NOW).recipients_today]

    assert await store.write(work) == [1, 0, 0]


async def test_a_report_is_about_a_part_whose_numbers_are_packed(store: DatabaseStore) -> None:
    def work(conn: Connection) -> list[bool]:
        action = begun(conn, "a", [("one", None)], packed=True)
        return [reached(conn, action.id, hashed(name)) for name in ("one", "two")]

    assert await store.write(work) == [True, False]


async def test_no_more_parts_stay_packed_than_can_be_looked_through(
    store: DatabaseStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unpacking, "MOST_PACKED", 3)

    def work(conn: Connection) -> tuple[int, object]:
        for number in range(9):
            begun(conn, f"a{number}", [("one", None)], packed=True, now=NOW + timedelta(seconds=number))
        hit = cap_hit(conn, proposal(), Caps(texts_per_recipient_per_day=9), [hashed("one")], NOW)
        return count_packed(conn), hit

    packed, hit = await store.write(work)
    assert packed <= 3
    assert isinstance(hit, CapHit)
    assert hit.used == 9
