"""The journal when the store's file is lost under a running server: the next file is a store of its own."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from threading import Event, Thread, current_thread

import anyio
import anyio.to_thread
import pytest

from server.ledger.journal import Journal
from server.ledger.notes import Note
from server.ledger.past import HeadFile
from server.store import audit
from server.store.database import DatabaseStore
from server.store.errors import StoreUnavailableError
from server.store.head_file import Head, read_head
from server.store.key_mark import known_mark, mark_of, remember_mark
from server.store.plans import Connection

NOW = datetime(2026, 1, 31, 3, 0, tzinfo=UTC)
NOTE = Note(what="looked")


def journal_in(folder: Path, heads: HeadFile | None = None) -> Journal:
    store = DatabaseStore(f"sqlite:///{folder / 'store.sqlite3'}")
    heads = heads or HeadFile(folder / "audit.head")
    return Journal(store, key_file=folder / "audit.key", heads=heads, clock=lambda: NOW)


async def lose(folder: Path, journal: Journal, put_back: Callable[[], object] = lambda: None) -> None:
    """Somebody deletes the file, and puts another one there; the call that meets it is refused."""
    await anyio.to_thread.run_sync(lambda: [each.unlink() for each in folder.glob("store.sqlite3*")])
    put_back()
    with pytest.raises(StoreUnavailableError, match="moved or deleted"):
        await journal.record(NOTE)


async def test_a_store_that_begins_anew_is_marked_with_the_key(tmp_path: Path) -> None:
    journal = journal_in(tmp_path)
    await journal.record(NOTE)
    await lose(tmp_path, journal)
    await journal.record(NOTE)
    assert await journal.store.read(known_mark) == mark_of(await journal.key())
    await journal.store.close()


async def test_a_store_of_another_key_is_not_used_either(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    other = journal_in(tmp_path / "other")
    await other.record(NOTE)
    await other.store.close()
    journal = journal_in(tmp_path)
    await journal.record(NOTE)
    file = "store.sqlite3"
    await lose(tmp_path, journal, lambda: (tmp_path / "other" / file).rename(tmp_path / file))
    for _ in range(2):
        with pytest.raises(StoreUnavailableError, match="key is not the one"):
            await journal.record(NOTE)
    await journal.store.close()


async def test_the_remembered_head_still_tells_of_the_lost_entries(tmp_path: Path) -> None:
    """Once the new chain is longer than the old one, its head would take the old one's place."""
    journal = journal_in(tmp_path)
    for _ in range(3):
        await journal.record(NOTE)
    await journal.remember_head()
    kept = read_head(tmp_path / "audit.head")
    await lose(tmp_path, journal)
    for _ in range(5):
        await journal.record(NOTE)
    await journal.remember_head()
    assert kept is not None
    assert read_head(tmp_path / "audit.head") == kept
    await journal.store.close()


class Watched(HeadFile):
    """Notes by which thread each head was written."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.by: list[str] = []

    def write(self, head: Head, *, after_loss: bool = False, lasting: bool = True) -> None:
        self.by.append(current_thread().name)
        super().write(head, after_loss=after_loss, lasting=lasting)


async def test_the_head_of_what_is_posted_next_is_written_by_the_thread_that_committed_it(
    tmp_path: Path,
) -> None:
    heads = Watched(tmp_path / "audit.head")
    journal = journal_in(tmp_path, heads)
    await journal.record(NOTE)
    begun = len(heads.by)
    await journal.write(lambda _conn, _now: (None, NOTE), ahead=True)
    tip = await journal.store.read(audit.head)
    named = read_head(heads.path)
    assert named is not None
    assert (named.sequence, named.mac) == tip[:2]
    assert [name.startswith("store-writer") for name in heads.by[begun:]] == [True]
    # The disk keeps it within a second, once.
    for _ in range(2):
        await journal.remember_head()
    assert len(heads.by) == begun + 2
    await journal.store.close()


class Overtaken(HeadFile):
    """Another server claims something, and names it, just before each look reads the head."""

    def __init__(self, path: Path, other: Journal) -> None:
        super().__init__(path)
        self._other = other
        self.torn: list[bool] = []
        """What the next readings find: parts of two heads, or one."""

    def read(self, *, alone: bool = False) -> Head | None:
        torn = self.torn.pop(0) if self.torn else None
        if torn is not None:
            claiming = Thread(target=partial(asyncio.run, self._claim()))
            claiming.start()
            claiming.join()
        head = super().read(alone=alone)
        return head._replace(mac="0" * 64) if torn and head else head

    async def _claim(self) -> None:
        await self._other.write(lambda _conn, _now: (None, NOTE), ahead=True)


@pytest.mark.parametrize("torn", [[False], [True, False]], ids=["whole", "read while it is written"])
async def test_what_another_server_claims_while_somebody_looks_is_no_loss_of_the_past(
    tmp_path: Path, torn: list[bool], caplog: pytest.LogCaptureFixture
) -> None:
    """The head names it, and the moment of the store that the look sees has to know of it."""
    other = journal_in(tmp_path)
    heads = Overtaken(tmp_path / "audit.head", other)
    journal = journal_in(tmp_path, heads)
    await journal.record(NOTE)
    begun = (await journal.store.read(audit.head)).sequence
    heads.torn = [*torn]
    seen = await journal.read_standing(lambda conn, _: audit.head(conn))
    assert seen.sequence == begun + len(torn)
    # A second look may find nothing missing; that the first one did stopped every send of that moment.
    assert (journal.past.lost, caplog.text) == ("", "")
    await journal.store.close()
    await other.store.close()


async def test_of_those_that_were_committed_together_the_newest_head_is_written_for_all(
    tmp_path: Path,
) -> None:
    heads = Watched(tmp_path / "audit.head")
    journal = journal_in(tmp_path, heads)
    await journal.record(NOTE)
    begun, let_go = len(heads.by), Event()

    def held(_conn: Connection, _now: datetime) -> tuple[None, Note]:
        let_go.wait(10)
        return None, NOTE

    async with anyio.create_task_group() as group:
        group.start_soon(journal.write, held)
        for _ in range(3):
            group.start_soon(partial(journal.write, lambda _conn, _now: (None, NOTE), ahead=True))
        await anyio.wait_all_tasks_blocked()
        let_go.set()
    tip = await journal.store.read(audit.head)
    named = read_head(heads.path)
    assert named is not None
    assert (named.sequence, named.mac) == tip[:2]
    assert [name.startswith("store-writer") for name in heads.by[begun:]] == [True]
    await journal.store.close()


async def test_of_two_servers_that_begin_at_once_the_second_is_told_the_mark_of_the_first(
    tmp_path: Path,
) -> None:
    """Both found no mark; the one that writes it later must not take its own for the store's."""
    store = journal_in(tmp_path).store
    assert await store.write(lambda conn: remember_mark(conn, "first")) == "first"
    assert await store.write(lambda conn: remember_mark(conn, "second")) == "first"
    await store.close()
