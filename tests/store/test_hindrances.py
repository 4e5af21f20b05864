"""The one look before a free send finds whatever is known against it; what it finds is looked at closely."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from server.store import blocked, ledger, session_facts
from server.store.actions import ActionFilter, CapHit, Caps, State, Usage
from server.store.counting import cap_hit, cap_hit_of_one, usage
from server.store.database import DatabaseStore
from server.store.hindrances import Asked, Counted, counted_where_nothing_known, nothing_known
from server.store.packed_texts import pack
from server.store.packing import packing
from server.store.plans import Connection
from server.store.schema import SENT_TEXTS
from server.store.sent_texts import Texted, remember
from server.store.sessions import Session
from tests.store.samples import DAY, NOW, approved, claim, dispatching, proposal

SEND = proposal("wanted")
HERE = Session("desk", "s1")
ASKED = Asked(key=SEND.key, numbers=["hash-a"], texts=[Texted("message-a", None)])


def clear(conn: Connection, asked: Asked = ASKED) -> bool:
    return counted_where_nothing_known(conn, asked, HERE, NOW) is not None


def block(conn: Connection) -> None:
    blocked.add(conn, "hash-a", "0912***678", "", NOW)


def read_outside_text(conn: Connection) -> None:
    session_facts.remember_outside_text(conn, HERE, NOW)


def propose_it(conn: Connection) -> None:
    ledger.propose(conn, SEND, NOW)


def send_the_text(conn: Connection) -> None:
    remember(conn, dispatching(conn, proposal("other")).id, ASKED.texts, NOW)


def leave_the_text_unknown(conn: Connection) -> None:
    """Remembered for as long as nobody knows what became of it, whatever its age."""
    long_ago = NOW - 3 * DAY
    action = dispatching(conn, proposal("other"), long_ago)
    remember(conn, action.id, ASKED.texts, long_ago)
    ledger.reap(conn, NOW)


def pack_some_part(conn: Connection) -> None:
    """What is packed has to be looked through."""
    pack(conn, dispatching(conn, proposal("other")).id, NOW, packing([], []), "spring")


KNOWN = (pack_some_part, block, read_outside_text, propose_it, send_the_text, leave_the_text_unknown)


@pytest.mark.parametrize("become_known", KNOWN)
async def test_whatever_is_known_against_a_send_is_found(
    store: DatabaseStore, become_known: Callable[[Connection], None]
) -> None:
    assert await store.read(clear)
    await store.write(become_known)
    assert not await store.read(clear)


async def test_what_is_known_of_others_is_nothing(store: DatabaseStore) -> None:
    def others(conn: Connection) -> None:
        blocked.add(conn, "hash-b", "0912***679", "", NOW)
        session_facts.remember_outside_text(conn, Session("desk", "s2"), NOW)
        other = dispatching(conn, proposal("other"))
        remember(conn, other.id, [Texted("message-b", None)], NOW)

    await store.write(others)
    assert await store.read(clear)


async def test_outside_text_does_not_matter_where_a_person_is_asked(store: DatabaseStore) -> None:
    await store.write(read_outside_text)
    assert await store.read(lambda conn: nothing_known(conn, ASKED, NOW))


def send(conn: Connection, name: str, number: str, at: datetime = NOW) -> None:
    made = approved(conn, proposal(name, points=Decimal("2.5"), recipients=1), at)
    claim(conn, made.id, now=at, recipients=[number])


async def test_what_a_free_send_counts_on_to_comes_with_the_same_look(store: DatabaseStore) -> None:
    nothing = Counted(Usage(points_today=Decimal(0), points_month=Decimal(0), recipients_today=0), 0)
    assert await store.read(lambda conn: counted_where_nothing_known(conn, ASKED, HERE, NOW)) == nothing

    def others(conn: Connection) -> None:
        send(conn, "yesterday", "hash-a", NOW - DAY)
        for name, number in (("one", "hash-a"), ("two", "hash-a"), ("three", "hash-b")):
            send(conn, name, number)

    await store.write(others)
    found = await store.read(lambda conn: counted_where_nothing_known(conn, ASKED, HERE, NOW))
    assert found is not None
    assert found == Counted(await store.read(lambda conn: usage(conn, NOW)), 2)
    assert found.usage.recipients_today == 3


@pytest.mark.parametrize(
    "caps",
    [
        Caps(points_per_day=Decimal(8)),
        Caps(points_per_month=Decimal(10)),
        Caps(recipients_per_day=3),
        Caps(texts_per_recipient_per_day=2),
        Caps(points_per_day=Decimal(9), recipients_per_day=4, texts_per_recipient_per_day=3),
    ],
)
async def test_the_caps_say_the_same_of_what_the_look_brought(store: DatabaseStore, caps: Caps) -> None:
    asked = proposal("wanted", points=Decimal("0.5"), recipients=1)

    def both(conn: Connection) -> tuple[CapHit | None, CapHit | None]:
        for number in range(3):
            send(conn, f"n{number}", "hash-a" if number else "hash-b")
        counted = counted_where_nothing_known(conn, ASKED, HERE, NOW)
        assert counted is not None
        return cap_hit(conn, asked, caps, ASKED.numbers, NOW), cap_hit_of_one(asked, caps, *counted)

    of_store, of_look = await store.write(both)
    assert of_look == of_store


async def test_one_look_does_not_answer_for_several_numbers(store: DatabaseStore) -> None:
    several = replace(ASKED, numbers=["hash-a", "hash-b"], texts=[Texted("a", None), Texted("b", None)])
    nobody = replace(ASKED, numbers=[], texts=[])
    assert not await store.read(lambda conn: clear(conn, several) or clear(conn, nobody))


async def test_what_is_over_is_forgotten_with_later_sends_once_a_minute(store: DatabaseStore) -> None:
    later = NOW + DAY + timedelta(seconds=1)

    def remembered(conn: Connection, name: str, at: datetime) -> list[str]:
        action = dispatching(conn, proposal(name), at)
        remember(conn, action.id, [Texted(name, None)], at)
        return [*conn.scalars(select(SENT_TEXTS.c.message).order_by(SENT_TEXTS.c.message))]

    async def kept(name: str, at: datetime) -> list[str]:
        return await store.write(lambda conn: remembered(conn, name, at))

    assert await kept("a", NOW) == ["a"]
    await store.write(settle_all)
    assert await kept("b", later - timedelta(seconds=30)) == ["a", "b"]
    assert await kept("c", later) == ["a", "b", "c"]
    assert await kept("d", later + timedelta(seconds=30)) == ["b", "c", "d"]


def settle_all(conn: Connection) -> None:
    for action in ledger.list_actions(conn, ActionFilter(), 1, 10)[0]:
        ledger.finish(conn, action.id, owner="w1", state=State.SUCCEEDED, outcome="{}", now=NOW)
