"""The one look before a free send finds whatever is known against it; what it finds is looked at closely."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from server.store import blocked, ledger, session_facts
from server.store.database import DatabaseStore
from server.store.hindrances import Asked, nothing_known
from server.store.packed_texts import pack
from server.store.packing import packing
from server.store.plans import Connection
from server.store.sent_texts import Texted, remember
from server.store.sessions import Session
from tests.store.samples import DAY, NOW, dispatching, proposal

SEND = proposal("wanted")
HERE = Session("desk", "s1")
ASKED = Asked(key=SEND.key, numbers=["hash-a"], texts=[Texted("message-a", None)], session=HERE)


def clear(conn: Connection, asked: Asked = ASKED) -> bool:
    return nothing_known(conn, asked, NOW)


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
    assert await store.read(lambda conn: clear(conn, replace(ASKED, session=None)))


async def test_one_look_does_not_answer_for_several_numbers(store: DatabaseStore) -> None:
    several = replace(ASKED, numbers=["hash-a", "hash-b"], texts=[Texted("a", None), Texted("b", None)])
    nobody = replace(ASKED, numbers=[], texts=[])
    assert not await store.read(lambda conn: clear(conn, several) or clear(conn, nobody))
