"""A campaign's part has its texts in one row: whoever asks is told the same as of a row for each."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import current_thread
from typing import Any, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from server.ledger import looking
from server.ledger.book import Book
from server.store import ledger, packed_texts, unpacking
from server.store.actions import NO_CAPS, Action, CallKey, CapHit, Caps, State
from server.store.columns import moment_text
from server.store.counting import cap_hit, full_today, usage
from server.store.database import DatabaseStore
from server.store.packed_texts import count_packed
from server.store.plans import Connection
from server.store.reports import reached
from server.store.schema import PACKED_TEXTS, RECIPIENT_TEXTS, SENT_TEXTS
from server.store.sent_texts import Repeated, Texted, repeated, sends_with
from server.store.unpacking import unpack_before
from tests.gate.test_journal import journal_in
from tests.store.samples import DAY, NOW, part_begun, proposal
from tools.operation import Message

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
    recipients = [hashed(name) for name, _ in people]
    texts = [Texted(hashed(name + digest), at) for name, at in people]
    return part_begun(conn, wanted, recipients, texts, now, packed=packed)


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


@pytest.mark.parametrize(
    ("name", "words"), [("one", "b"), ("two", "b"), ("three", "c"), ("four", "c"), ("other", "a")]
)
async def test_whoever_is_in_a_part_is_found_wherever_they_stand(
    store: DatabaseStore, name: str, words: str
) -> None:
    """In the oldest packed part and in the newest, the first of it and the last, and in one just unpacked."""

    def work(conn: Connection) -> None:
        ended(conn, begun(conn, "a", [("other", None)], packed=True), State.SUCCEEDED)
        unpack_before(conn, NOW, 10)
        for digest, people in (("b", ("one", "two")), ("c", ("three", "four"))):
            part = begun(conn, digest, [(each, None) for each in people], packed=True)
            ended(conn, part, State.SUCCEEDED)
        (send,) = repeated(conn, [Texted(hashed(name + words), None)], NOW)
        assert send.messages == {(hashed(name + words), "")}
        assert full_today(conn, 1, [hashed(name)], NOW)

    await store.write(work)


NAMES = st.sampled_from(["one", "two", "three", "four", "five"])


@pytest.mark.usefixtures("quick_files")
@settings(max_examples=30)
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
        had = [hashed("onea")]
        return [len(sends_with(conn, had, NOW, of_campaign=each)) for each in ("spring", "autumn", "")]

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


def clash(of: str, digits: str) -> str:
    """A hash that is none of anybody's and begins as this one does."""
    return of[:8] + digits * 56


@pytest.mark.parametrize("others", [0, 20], ids=["few", "many"])
async def test_whose_hash_begins_as_a_packed_one_does_was_not_texted(
    store: DatabaseStore, others: int
) -> None:
    numbers = [clash(hashed("one"), "0"), *(hashed(f"another {each}") for each in range(others))]
    texts = [Texted(clash(hashed("onea"), "0"), None), *(Texted(each, None) for each in numbers[1:])]

    def work(conn: Connection) -> list[object]:
        begun(conn, "a", [("one", None), ("two", TIMES[1])], packed=True)
        had = [full_today(conn, 1, [*numbers, hashed(name)], NOW) for name in ("one", "two")]
        sends = repeated(conn, [*texts, Texted(hashed("twoa"), None)], NOW)
        return [repeated(conn, texts, NOW), full_today(conn, 1, numbers, NOW), had, sends[0].messages]

    sent = {(hashed("twoa"), moment_text(NOW + timedelta(hours=1)))}
    assert await store.write(work) == [[], set(), [{hashed("one")}, {hashed("two")}], sent]


@pytest.mark.parametrize("count", [1, 20], ids=["few", "many"])
async def test_a_look_reads_no_part_that_has_none_of_these(
    store: DatabaseStore, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    """A part is 50 KB, and there may be 400 of them: a send looks through them on the event loop."""
    read: list[str] = []
    real = packed_texts.packed_of

    def counting(conn: Connection, action_id: str) -> packed_texts.PackedTexts | None:
        read.append(action_id)
        return real(conn, action_id)

    names = [f"nobody {each}" for each in range(count - 1)]

    def work(conn: Connection) -> str:
        wanted = begun(conn, "a", [("one", None), ("two", None)], packed=True)
        for number in range(8):
            begun(conn, f"a{number}", [(f"{number} {each}", None) for each in range(50)], packed=True)
        monkeypatch.setattr(packed_texts, "packed_of", counting)
        told(conn, ["nobody", *names], NOW)
        assert not read
        told(conn, ["one", *names], NOW)
        return wanted.id

    wanted = await store.write(work)
    assert set(read) == {wanted}


@pytest.mark.parametrize("column", ["messages", "recipients"])
async def test_a_damaged_row_of_a_part_hides_no_other_and_goes_when_it_is_unpacked(
    store: DatabaseStore, column: str
) -> None:
    def work(conn: Connection) -> list[object]:
        first = begun(conn, "a", [("one", None)], packed=True)
        begun(conn, "a2", [("one", None)], packed=True)
        damaged = update(PACKED_TEXTS).where(PACKED_TEXTS.c.action_id == first.id)
        conn.execute(damaged.values({column: "{"}))
        used = [full_today(conn, most, [hashed("one")], NOW) for most in (1, 2)]
        unpack_before(conn, NOW, 10)
        return [*used, count_packed(conn), len(kept(conn)[0])]

    texts = 1 if column == "messages" else 2
    assert await store.write(work) == [{hashed("one")}, set(), 0, texts]


async def test_a_part_whose_marks_were_damaged_is_looked_at_itself(store: DatabaseStore) -> None:
    numbers = [hashed("one"), *(f"{each:064x}" for each in range(20))]

    def work(conn: Connection) -> set[str]:
        begun(conn, "a", [("one", None)], packed=True)
        conn.execute(update(PACKED_TEXTS).values(recipient_marks="AAAA"))
        return full_today(conn, 1, numbers, NOW)

    assert await store.write(work) == {hashed("one")}


async def test_a_part_that_failed_is_forgotten_without_a_row_for_each(
    store: DatabaseStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its outcome is written on the event loop."""
    monkeypatch.setattr(unpacking, "unpack_texts", None)

    def work(conn: Connection) -> tuple[int, object]:
        ended(conn, begun(conn, "a", [("one", None)], packed=True), State.FAILED)
        return count_packed(conn), kept(conn)

    assert await store.write(work) == (0, ([], []))


async def test_a_part_unknown_and_packed_that_is_found_to_have_failed_is_forgotten(
    store: DatabaseStore,
) -> None:
    def work(conn: Connection) -> list[object]:
        action = begun(conn, "a", [("one", None)], packed=True)
        ended(conn, action, State.UNKNOWN)
        before = told(conn, ["one"], NOW + 2 * DAY)[0]
        assert ledger.reconcile(
            conn, action.id, state=State.FAILED, by="desk", how="asked", outcome="{}", now=NOW
        )
        return [before, *told(conn, ["one"], NOW)[:3], count_packed(conn)]

    before, *after = await store.write(work)
    assert before
    assert after == [[], None, set(), 0]


@pytest.mark.parametrize("standing", [True, False])
async def test_many_packed_parts_are_looked_through_beside_the_event_loop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, standing: bool
) -> None:
    """Of a million texts that takes 60 ms, in which no other call would go on."""
    monkeypatch.setattr(looking, "_MOST_AT_ONCE", 1)
    journal = journal_in(tmp_path)
    book = Book(journal, owner="w1", caps=NO_CAPS)
    threads: list[str] = []

    def watched(*given: Any) -> list[Repeated]:
        threads.append(current_thread().name.partition("_")[0])
        return repeated(*given)

    monkeypatch.setattr(looking, "repeated", watched)
    key = CallKey(principal="someone", tool="send_sms", digest="another")
    message = Message("+886912345678", "A text")
    for digest in ("a", "b"):
        await journal.store.write(partial(begun, digest=digest, people=[("one", None)], packed=True))
        seen = await book.look(key, [message.to], [message], standing=standing)
        assert (seen.live, seen.blocked, seen.repeats) == (None, (), ())
    assert threads == [current_thread().name, "store"]
    await journal.store.close()
