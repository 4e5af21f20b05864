"""The ledger held against a chain that an earlier version began."""

from pathlib import Path

import pytest
from sqlalchemy import delete, update

from server.ledger.book import Book, Settled
from server.ledger.deciding import Decision
from server.ledger.finishing import Ending
from server.ledger.journal import Journal
from server.ledger.past import HeadFile
from server.store import audit, ledger
from server.store.actions import NO_CAPS, State
from server.store.audit import AuditEntry
from server.store.comparing import Comparing, Comparison
from server.store.database import DatabaseStore
from server.store.plans import Connection
from server.store.schema import ACTIONS
from tests.store.samples import NOW, proposal
from tests.store.unguarding import unguard


@pytest.fixture
def journal(store: DatabaseStore, tmp_path: Path) -> Journal:
    heads = HeadFile(tmp_path / "audit.head")
    return Journal(store, key_file=tmp_path / "audit.key", heads=heads, clock=lambda: NOW)


async def compared(journal: Journal) -> Comparison:
    key = await journal.key()

    def work(conn: Connection) -> Comparison:
        comparing = Comparing(key)
        assert audit.verify(conn, key, take=comparing.take).ok
        return next(each for each in comparing.compare(conn) if each.table == "actions")

    return await journal.store.read(work)


async def noted_by_an_earlier_version(journal: Journal, digest: str) -> str:
    key = await journal.key()

    def work(conn: Connection) -> str:
        action, _ = ledger.propose(conn, proposal(digest), NOW)
        entry = AuditEntry(event="proposed", principal="desk", action_id=action.id, details={})
        audit.append(conn, entry, key, NOW)
        return action.id

    return await journal.store.write(work)


async def test_what_an_earlier_version_wrote_is_counted_and_no_error(journal: Journal) -> None:
    for digest in ("d1", "d2", "d3"):
        await noted_by_an_earlier_version(journal, digest)
    found = await compared(journal)
    assert (found.ok, found.not_compared) == (True, 3)


async def test_a_step_of_this_version_makes_it_compared(journal: Journal) -> None:
    first, _ = [await noted_by_an_earlier_version(journal, digest) for digest in ("d1", "d2")]
    journal.past.heads.write(await journal.store.read(audit.head))
    book = Book(journal, owner="w1", caps=NO_CAPS)
    assert await book.void(first, "no longer true")
    found = await compared(journal)
    assert (found.ok, found.not_compared) == (True, 1)


async def test_an_action_of_an_earlier_version_that_is_gone_is_missed(journal: Journal) -> None:
    action_id = await noted_by_an_earlier_version(journal, "d1")

    def forget(conn: Connection) -> None:
        unguard(conn)
        conn.execute(delete(ACTIONS))

    await journal.store.write(forget)
    found = await compared(journal)
    assert (found.ok, found.gone.names) == (False, [action_id])


async def test_an_action_that_is_begun_now_cannot_pass_for_an_earlier_one(journal: Journal) -> None:
    """Its row is written past the journal, and the chain has begun to say what rows are."""
    book = Book(journal, owner="w1", caps=NO_CAPS)
    await book.propose(proposal("d1"), 600, ["r1"])
    action_id = await noted_by_an_earlier_version(journal, "d2")
    found = await compared(journal)
    assert (found.ok, found.unknown.names) == (False, [action_id])


async def test_a_step_on_what_was_edited_does_not_make_it_true(journal: Journal) -> None:
    book = Book(journal, owner="w1", caps=NO_CAPS)
    action, _ = await book.propose(proposal("d1"), 600, ["r1"])
    await book.approve(action.id, Decision(by="a person", channel="terminal"))
    await book.claim(action.id, ["+886912345678"])
    await book.finish(action.id, Ending(state=State.UNKNOWN, outcome="{}"))
    await journal.store.write(lambda conn: conn.execute(update(ACTIONS).values(recipients=0)))
    settled = Settled(state=State.SUCCEEDED, by="a person", how="asked the vendor")
    assert await book.reconcile(action.id, settled) is not None
    found = await compared(journal)
    assert (found.ok, found.altered.names) == (False, [action.id])


async def test_no_step_of_a_send_leaves_the_chain_behind(journal: Journal) -> None:
    book = Book(journal, owner="w1", caps=NO_CAPS)
    seen: list[bool] = []

    async def look() -> None:
        seen.append((await compared(journal)).ok)

    action, _ = await book.propose(proposal("d1"), 600, ["r1"])
    await look()
    await book.send_out_of_band(action.id)
    await look()
    await book.approve(action.id, Decision(by="a person", channel="terminal"))
    await look()
    await book.claim(action.id, ["+886912345678"])
    await look()
    await book.finish(action.id, Ending(state=State.UNKNOWN, outcome="{}"))
    await look()
    assert seen == [True] * 5
