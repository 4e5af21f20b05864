"""Writers that wait together share one transaction, and each is told of its own work alone."""

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from threading import Event

import anyio
import pytest

from server.store import grouping, ledger
from server.store.actions import ActionFilter
from server.store.database import DatabaseStore
from server.store.errors import StoreUnavailableError
from server.store.grouping import MOST, Outcome, Writers, follow, together
from server.store.memory import SynchronousStore
from server.store.plans import Connection
from tests.store.samples import proposal, proposed


@pytest.fixture(autouse=True)
def _time_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grouping, "LONG_SECONDS", 60.0)


def names(conn: Connection) -> set[str]:
    return {action.digest for action in ledger.list_actions(conn, ActionFilter(), 1, 100)[0]}


def put(name: str) -> Callable[[Connection], str]:
    def work(conn: Connection) -> str:
        proposed(conn, proposal(name))
        return name

    return work


def fails(conn: Connection) -> None:
    proposed(conn, proposal("undone"))
    raise LookupError("ours")


def clashes(conn: Connection) -> None:
    proposed(conn, proposal("clash"))
    conn.exec_driver_sql("INSERT INTO meta (name, value) VALUES ('x', 'y')")
    conn.exec_driver_sql("INSERT INTO meta (name, value) VALUES ('x', 'z')")


async def test_what_one_writer_raises_undoes_its_own_work_alone(store: DatabaseStore) -> None:
    told: dict[str, object] = {}

    async def write(name: str, work: Callable[[Connection], object]) -> None:
        try:
            told[name] = await store.write(work)
        except (LookupError, StoreUnavailableError) as error:
            told[name] = type(error)

    await store.read(names)
    works = {"a": put("a"), "fails": fails, "b": put("b"), "clashes": clashes, "c": put("c")}
    async with anyio.create_task_group() as group:
        for name, work in works.items():
            group.start_soon(write, name, work)
    assert told == {"a": "a", "b": "b", "c": "c", "fails": LookupError, "clashes": StoreUnavailableError}
    assert await store.read(names) == {"a", "b", "c"}


class Watched:
    """A database whose transactions are counted, and whose commit can fail."""

    def __init__(self, conn: Connection, monkeypatch: pytest.MonkeyPatch, *, failing: bool = False) -> None:
        self.commits = 0
        commit = conn.commit

        def counted() -> None:
            self.commits += 1
            if failing:
                conn.exec_driver_sql("no SQL")
            commit()

        monkeypatch.setattr(conn, "commit", counted)


async def opened() -> Connection:
    found: list[Connection] = []
    await SynchronousStore().read(found.append)
    return found[0]


async def test_those_who_wait_together_share_a_commit(monkeypatch: pytest.MonkeyPatch) -> None:
    conn = await opened()
    watched = Watched(conn, monkeypatch)
    first, held = Event(), Event()

    def run(works: Sequence[Callable[[Connection], object]]) -> list[Outcome]:
        if not first.is_set():
            first.set()
            held.wait(10)
        return together(conn, works)

    writers = Writers(run)
    waiting = [asyncio.create_task(writers.write(put(f"n{number}"))) for number in range(MOST)]
    await anyio.to_thread.run_sync(first.wait, 10)
    held.set()
    assert await asyncio.gather(*waiting) == [f"n{number}" for number in range(MOST)]
    assert watched.commits == 2
    await writers.close()


async def test_a_group_that_takes_long_leaves_the_others_to_the_next_in_their_order(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(grouping, "LONG_SECONDS", 0.0)
    conn = await opened()
    watched, ran = Watched(conn, monkeypatch), list[str]()

    def noted(name: str) -> Callable[[Connection], str]:
        def work(conn: Connection) -> str:
            ran.append(name)
            return put(name)(conn)

        return work

    writers = Writers(partial(together, conn))
    each = [f"n{number}" for number in range(5)]
    assert await asyncio.gather(*(writers.write(noted(name)) for name in each)) == each
    assert ran == each
    assert watched.commits == 5
    await writers.close()


@pytest.mark.parametrize(("disk", "fit"), [(0.001, 2), (0.011, 5), (9.0, 9)])
async def test_on_a_slow_disk_a_group_works_as_long_as_the_last_one_waited_and_no_longer_than_a_moment(
    monkeypatch: pytest.MonkeyPatch, disk: float, fit: int
) -> None:
    """Each work takes 2.3 ms by this clock; half of the wait is for what follows the commit."""
    monkeypatch.setattr(grouping, "LONG_SECONDS", 0.003)
    conn, now = await opened(), [0.0]
    monkeypatch.setattr(grouping.time, "perf_counter", lambda: now[0])
    commit = conn.commit

    def passes(seconds: float) -> None:
        now[0] += seconds

    def slow() -> None:
        passes(disk / 2)
        commit()

    def work(conn: Connection) -> None:
        passes(0.0023)
        conn.once_committed[:] = [partial(passes, disk / 2)]

    monkeypatch.setattr(conn, "commit", slow)
    together(conn, [work])
    follow(conn)
    assert len(together(conn, [work] * MOST)) == fit


async def test_where_the_database_is_lost_those_who_were_not_begun_try_it_in_the_next_group(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(grouping, "LONG_SECONDS", 0.0)
    conn = await opened()
    Watched(conn, monkeypatch, failing=True)
    outcomes = together(conn, [put("a"), put("b")])
    assert [type(outcome.error) for outcome in outcomes] == [StoreUnavailableError]


async def test_where_the_commit_fails_nobody_is_told_that_it_was_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    conn = await opened()
    Watched(conn, monkeypatch, failing=True)
    outcomes = together(conn, [put("a"), put("b")])
    assert [type(outcome.error) for outcome in outcomes] == [StoreUnavailableError] * 2
    conn.begin(reads=True)
    assert names(conn) == set()


async def test_what_follows_the_commit_is_done_for_those_alone_who_were_committed_the_newest_first() -> None:
    conn, done = await opened(), list[str]()

    def wishing(name: str, error: Exception | None = None) -> Callable[[Connection], None]:
        def work(conn: Connection) -> None:
            conn.once_committed.append(partial(done.append, name))
            if error is not None:
                raise error

        return work

    together(conn, [wishing("a"), wishing("b", ValueError()), wishing("c")])
    assert done == []
    follow(conn)
    assert done == ["c", "a"]
    together(conn, [wishing("d", ValueError())])
    follow(conn)
    assert done == ["c", "a"]


async def test_nothing_follows_a_commit_that_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    conn, done = await opened(), list[int]()
    Watched(conn, monkeypatch, failing=True)
    together(conn, [lambda conn: conn.once_committed.append(lambda: done.append(1))])
    follow(conn)
    assert done == []


async def begun(store: DatabaseStore) -> tuple["asyncio.Task[None]", Event]:
    """A write that is at work until it is let go on."""
    first, held = Event(), Event()

    def slow(_: Connection) -> None:
        first.set()
        held.wait(10)

    await store.read(names)
    writing = asyncio.create_task(store.write(slow))
    await anyio.to_thread.run_sync(first.wait, 10)
    return writing, held


async def test_who_leaves_before_the_turn_comes_writes_nothing(store: DatabaseStore) -> None:
    before, held = await begun(store)
    leaving = asyncio.create_task(store.write(put("left")))
    await asyncio.sleep(0)
    leaving.cancel()
    held.set()
    await asyncio.wait([before, leaving])
    assert leaving.cancelled()
    await store.write(put("after"))
    assert await store.read(names) == {"after"}


async def test_a_store_that_is_closed_carries_through_what_waits(store: DatabaseStore) -> None:
    before, held = await begun(store)
    waiting = asyncio.create_task(store.write(put("waited")))
    await asyncio.sleep(0)
    closing = asyncio.create_task(store.close())
    await asyncio.sleep(0)
    held.set()
    await asyncio.gather(before, waiting, closing)
    assert await store.read(names) == {"waited"}


@pytest.mark.parametrize("native", [False, True])
async def test_who_leaves_while_the_work_runs_is_told_what_came_of_it(
    store: DatabaseStore, *, native: bool
) -> None:
    told, scope = list[str](), anyio.CancelScope()
    first, held = Event(), Event()

    def slow(conn: Connection) -> str:
        first.set()
        held.wait(10)
        return put("slow")(conn)

    async def leave() -> None:
        with scope:
            told.append(await store.write(slow))

    await store.read(names)
    leaving = asyncio.create_task(leave())
    await anyio.to_thread.run_sync(first.wait, 10)
    if native:
        leaving.cancel()
    else:
        scope.cancel()
    for _ in range(5):
        await asyncio.sleep(0)
    assert not leaving.done()
    held.set()
    await asyncio.wait([leaving])
    assert told == ["slow"]
