"""A jot is a short transaction that may run on the event loop: only where nobody would feel it."""

import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import anyio
import anyio.lowlevel
import apsw
import pytest
from sqlalchemy import insert, text

from server.store import engine, runners
from server.store.database import DatabaseStore
from server.store.errors import StoreGoneError
from server.store.plans import Connection
from server.store.schema import META

SLOW_SECONDS = 0.02


class Jots:
    """Writes names, and remembers in which thread each was written."""

    def __init__(self) -> None:
        self.threads: list[int] = []

    def put(self, name: str) -> Callable[[Connection], None]:
        def work(conn: Connection) -> None:
            self.threads.append(threading.get_ident())
            conn.execute(insert(META).values(name=name, value="1"))

        return work

    @property
    def here(self) -> list[bool]:
        return [each == threading.get_ident() for each in self.threads]


def names(conn: Connection) -> list[str]:
    return sorted(conn.scalars(text("SELECT name FROM meta")))


class Clock:
    """By which transactions are measured: this machine's mood is not."""

    def __init__(self) -> None:
        self.now = 0.0

    def perf_counter(self) -> float:
        return self.now

    def takes_long(self, _: Connection) -> None:
        """As on a slow disk."""
        self.now += SLOW_SECONDS


def takes_a_while(_: Connection) -> None:
    end = time.perf_counter() + SLOW_SECONDS
    while time.perf_counter() < end:
        pass


@pytest.fixture
def file(tmp_path: Path, quick_files: None) -> Path:
    return tmp_path / "store.sqlite3"


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(runners, "time", clock)
    return clock


@pytest.fixture
async def quick(file: Path, clock: Clock) -> AsyncIterator[DatabaseStore]:
    opened = DatabaseStore(f"sqlite:///{file}")
    await opened.read(names)
    yield opened
    await opened.close()


async def test_a_jot_is_kept_and_what_it_raises_undoes_it(store: DatabaseStore) -> None:
    jots = Jots()
    await store.jot(jots.put("a"))

    def fails(conn: Connection) -> None:
        jots.put("b")(conn)
        raise LookupError("ours")

    with pytest.raises(LookupError, match="ours"):
        await store.jot(fails)
    await store.jot(jots.put("c"))
    assert await store.read(names) == ["a", "c"]


async def test_a_jot_runs_on_the_event_loop_where_the_file_is_quick(quick: DatabaseStore) -> None:
    jots = Jots()
    await quick.jot(jots.put("a"))
    assert jots.here == [True]


async def test_what_a_jot_raises_on_the_event_loop_undoes_it_and_is_raised(quick: DatabaseStore) -> None:
    jots = Jots()

    def fails(conn: Connection) -> None:
        jots.put("a")(conn)
        raise LookupError("ours")

    with pytest.raises(LookupError, match="ours"):
        await quick.jot(fails)
    await quick.jot(jots.put("b"))
    assert jots.here == [True, True]
    assert await quick.read(names) == ["b"]


async def test_what_is_to_be_done_once_a_jot_is_committed_is_done(quick: DatabaseStore) -> None:
    followed: list[str] = []

    def follows(conn: Connection) -> None:
        conn.once_committed.append(lambda: followed.append("done"))

    await quick.jot(follows)
    assert followed == ["done"]


async def test_a_jot_into_a_file_that_is_gone_is_not_said_to_be_kept(
    quick: DatabaseStore, file: Path
) -> None:
    jots = Jots()
    await anyio.Path(file).rename(file.with_suffix(".elsewhere"))
    with pytest.raises(StoreGoneError):
        await quick.jot(jots.put("a"))
    assert jots.here == [True]


async def test_a_jot_waits_in_a_thread_while_another_process_writes(quick: DatabaseStore, file: Path) -> None:
    jots = Jots()
    held: Any = apsw.Connection(str(file))
    with closing(held) as other:
        other.execute("BEGIN IMMEDIATE")

        async def jot() -> None:
            await quick.jot(jots.put("a"))

        async with anyio.create_task_group() as group:
            group.start_soon(jot)
            began = time.perf_counter()
            await anyio.lowlevel.checkpoint()
            assert time.perf_counter() - began < engine.BUSY_SECONDS / 2, "the event loop waited"
            assert jots.threads == []
            other.execute("COMMIT")
    assert jots.here == [False]
    assert await quick.read(names) == ["a"]


async def test_a_jot_keeps_its_place_behind_those_who_write(quick: DatabaseStore) -> None:
    jots = Jots()
    async with anyio.create_task_group() as group:
        group.start_soon(quick.write, takes_a_while)
        group.start_soon(quick.jot, jots.put("a"))
    assert jots.here == [False]


async def test_on_a_slow_disk_jots_go_to_the_thread_until_it_is_quick_again(
    quick: DatabaseStore, clock: Clock
) -> None:
    jots = Jots()
    await quick.write(clock.takes_long)
    await quick.jot(jots.put("a"))
    await quick.jot(jots.put("once more"))
    for number in range(20):
        await quick.write(jots.put(f"b{number}"))
    await quick.jot(jots.put("c"))
    assert jots.here == [False] * 22 + [True]
