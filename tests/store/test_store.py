import asyncio
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import anyio
import anyio.lowlevel
import pytest
from sqlalchemy import insert, text

from server.store import engine, ledger
from server.store.actions import ActionFilter
from server.store.database import DatabaseStore
from server.store.engine import journal_mode
from server.store.errors import StoreUnavailableError
from server.store.memory import SynchronousStore
from server.store.places import data_directory, default_url
from server.store.plans import Connection
from server.store.schema import META
from server.store.sqlite import SqliteConnection
from server.store.sqlite_driver import sqlite_version
from tests.store.samples import proposal, proposed

ROOT = Path(__file__).parents[2]


def put(conn: Connection, name: str = "a") -> None:
    conn.execute(insert(META).values(name=name, value="1"))


def names(conn: Connection) -> list[str]:
    return sorted(conn.scalars(text("SELECT name FROM meta")))


async def test_a_write_is_kept(store: DatabaseStore) -> None:
    await store.write(put)
    assert await store.read(names) == ["a"]


async def test_an_exception_rolls_back_and_passes_through(store: DatabaseStore) -> None:
    def work(conn: Connection) -> None:
        put(conn)
        raise LookupError("ours")

    with pytest.raises(LookupError, match="ours"):
        await store.write(work)
    assert await store.read(names) == []


async def test_a_read_cannot_write(store: DatabaseStore) -> None:
    with pytest.raises(StoreUnavailableError, match="could not be read"):
        await store.read(put)
    await store.write(put)
    assert await store.read(names) == ["a"]


async def test_a_read_in_memory_cannot_write() -> None:
    store = SynchronousStore()
    await store.write(put)
    with pytest.raises(StoreUnavailableError, match="could not be read"):
        await store.read(lambda conn: put(conn, "b"))
    await store.write(lambda conn: put(conn, "c"))
    assert await store.read(names) == ["a", "c"]


async def test_a_read_sees_one_moment(store: DatabaseStore) -> None:
    """What another transaction commits between two queries of a read is not seen by the second."""
    await store.write(put)

    def twice(conn: Connection) -> tuple[list[str], list[str]]:
        first = names(conn)
        conn.scalar(text("SELECT count(*) FROM actions"))
        return first, names(conn)

    seen: list[tuple[list[str], list[str]]] = []

    async def look() -> None:
        seen.append(await store.read(twice))

    async def write(number: int) -> None:
        await store.write(lambda conn: put(conn, f"n{number}"))

    async with anyio.create_task_group() as group:
        for number in range(20):
            group.start_soon(look)
            group.start_soon(write, number)
    assert all(first == second for first, second in seen)


async def test_an_error_of_the_engine_names_no_value(store: DatabaseStore) -> None:
    secret = "0912345678"
    await store.write(lambda conn: put(conn, secret))
    with pytest.raises(StoreUnavailableError) as caught:
        await store.write(lambda conn: put(conn, secret))
    assert secret not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


async def test_writers_of_two_stores_take_turns(store: DatabaseStore, store_url: str) -> None:
    other = DatabaseStore(store_url)

    async def write(writer: DatabaseStore, number: int) -> None:
        await writer.write(lambda conn: proposed(conn, proposal(f"d{number}")))

    async with anyio.create_task_group() as group:
        for number in range(15):
            group.start_soon(write, store, number)
            group.start_soon(write, other, number)
    _, total = await store.read(lambda conn: ledger.list_actions(conn, ActionFilter()))
    await other.close()
    assert total == 15


@pytest.mark.parametrize("native", [False, True])
async def test_a_cancelled_write_is_whole_or_not_there(store: DatabaseStore, *, native: bool) -> None:
    def two(conn: Connection, n: int) -> None:
        put(conn, f"{n}a")
        put(conn, f"{n}b")

    await store.read(names)
    for number in range(40):
        if native:
            task = asyncio.create_task(store.write(lambda conn, n=number: two(conn, n)))
            await asyncio.wait([task], timeout=number / 10_000)
            task.cancel()
            await asyncio.wait([task])
        else:
            with anyio.move_on_after(number / 10_000):
                await store.write(lambda conn, n=number: two(conn, n))
    found = await store.read(names)
    assert len(found) % 2 == 0
    assert {name[:-1] for name in found if name.endswith("a")} == {
        name[:-1] for name in found if name.endswith("b")
    }
    await store.write(lambda conn: put(conn, "after"))


async def test_a_write_that_began_is_carried_through_when_its_caller_leaves(store: DatabaseStore) -> None:
    loop = asyncio.get_running_loop()

    def work(conn: Connection) -> None:
        loop.call_soon_threadsafe(scope.cancel)
        put(conn)

    await store.read(names)
    with anyio.CancelScope() as scope:
        await store.write(work)
    assert await store.read(names) == ["a"]


async def test_a_closed_store_opens_again(store: DatabaseStore) -> None:
    await store.write(put)
    await store.close()
    assert await store.read(names) == ["a"]


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


async def test_the_files_are_for_their_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "data" / "deep" / "store.sqlite3"
    store = DatabaseStore(f"sqlite:///{path}")
    during: dict[str, int] = {}

    def work(conn: Connection) -> None:
        put(conn)
        during.update({child.name: mode(child) for child in path.parent.iterdir()})

    await store.write(work)
    await store.close()
    beside = ("-wal", "-shm") if journal_mode(sqlite_version()) == "WAL" else ("-journal",)
    assert during == dict.fromkeys([path.name, *(path.name + end for end in (*beside, ".lock"))], 0o600)
    assert (mode(path.parent), mode(path.parent.parent)) == (0o700, 0o700)


async def test_a_store_that_cannot_be_opened_says_so_without_its_path(tmp_path: Path) -> None:
    (tmp_path / "a-folder").mkdir()
    (tmp_path / "a-file").write_text("not a database, but long enough to be looked at" * 10)
    (tmp_path / "a-folder" / "store.lock").mkdir()
    paths = ["a-folder", "a-file", "a-file/store", "a-folder/store"]
    urls = [f"sqlite:///{tmp_path / path}" for path in paths]
    urls += ["postgresql://u:hunter2@127.0.0.1:1/x", "mysql://u:hunter2@h/x", "hunter2", "sqlite://"]
    for url in urls:
        store = DatabaseStore(url)
        with pytest.raises(StoreUnavailableError) as caught:
            await store.write(put)
        assert "hunter2" not in str(caught.value)
        assert str(tmp_path) not in str(caught.value)


async def test_a_full_disk_is_reported_and_the_store_goes_on_afterwards(tmp_path: Path) -> None:
    store = DatabaseStore(f"sqlite:///{tmp_path / 'store.sqlite3'}")

    def too_much(conn: Connection) -> None:
        # SQLite's own limit of pages gives the error of a full disk.
        pages = conn.scalar(text("PRAGMA page_count"))
        conn.execute(text(f"PRAGMA max_page_count = {pages}"))
        for number in range(2_000):
            put(conn, f"{number:060}")

    with pytest.raises(StoreUnavailableError, match="SQLITE_FULL"):
        await store.write(too_much)
    await store.close()
    await store.write(put)
    assert await store.read(names) == ["a"]
    await store.close()


async def test_a_store_is_opened_while_another_process_writes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "store.sqlite3"
    store = DatabaseStore(f"sqlite:///{path}")
    await store.write(put)
    await store.close()
    monkeypatch.setattr(engine, "BUSY_SECONDS", 0)
    with closing(SqliteConnection(str(path))) as writer:
        writer.begin(reads=False)
        assert await store.read(names) == ["a"]
    await store.close()


async def test_a_store_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite3"
    store = DatabaseStore(f"sqlite:///{path}")
    await store.write(put)
    await store.close()
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("UPDATE alembic_version SET version_num = '9999'")
        raw.commit()
    with pytest.raises(StoreUnavailableError, match="newer version"):
        await store.read(names)


async def test_sqlite_is_set_to_lose_nothing(tmp_path: Path) -> None:
    store = DatabaseStore(f"sqlite:///{tmp_path / 'store.sqlite3'}")
    pragmas = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")

    def look(conn: Connection) -> list[object]:
        return [conn.scalar(text(f"PRAGMA {pragma}")) for pragma in pragmas]

    expected = journal_mode(sqlite_version()).lower()
    assert await store.write(look) == await store.read(look) == [expected, 2, 1, 10_000]
    await store.close()


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ((3, 40, 1), "TRUNCATE"),
        ((3, 44, 5), "TRUNCATE"),
        ((3, 44, 6), "WAL"),
        ((3, 45, 0), "TRUNCATE"),
        ((3, 50, 6), "TRUNCATE"),
        ((3, 50, 7), "WAL"),
        ((3, 51, 0), "TRUNCATE"),
        ((3, 51, 2), "TRUNCATE"),
        ((3, 51, 3), "WAL"),
        ((3, 52, 0), "WAL"),
        ((4, 0, 0), "WAL"),
    ],
)
def test_a_write_ahead_log_is_used_only_where_it_is_sound(
    version: tuple[int, int, int], expected: str
) -> None:
    assert journal_mode(version) == expected


def test_the_default_store_is_a_file_in_the_users_data_folder() -> None:
    assert default_url() == f"sqlite:///{data_directory()}/store.sqlite3"
    assert data_directory().name == "campaign-ops-mcp"


async def test_the_simulations_store_behaves_alike() -> None:
    calls: list[str] = []

    async def checkpoint() -> None:
        calls.append("checkpoint")

    store = SynchronousStore(checkpoint)
    await store.write(lambda conn: (calls.append("work"), put(conn)))
    assert calls == ["checkpoint", "work", "checkpoint"]
    with pytest.raises(StoreUnavailableError):
        await store.read(put)
    with pytest.raises(StoreUnavailableError):
        await store.write(put)
    assert await SynchronousStore().read(names) == []
    other = store.beside(anyio.lowlevel.checkpoint)
    await other.write(lambda conn: put(conn, "b"))
    assert await store.read(names) == ["a", "b"]
    await store.close()


async def test_a_crash_at_a_checkpoint_loses_nothing_committed() -> None:
    class CrashError(Exception):
        pass

    crashes = iter([False, True])

    async def checkpoint() -> None:
        if next(crashes):
            raise CrashError

    store = SynchronousStore()
    with pytest.raises(CrashError):
        await store.beside(checkpoint).write(put)
    assert await store.read(names) == ["a"]


async def test_a_file_that_is_gone_is_no_store_and_a_new_one_is_opened_next(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite3"
    store = DatabaseStore(f"sqlite:///{path}")
    await store.write(put)
    await anyio.to_thread.run_sync(lambda: [each.unlink() for each in tmp_path.iterdir()])
    with pytest.raises(StoreUnavailableError, match="moved or deleted"):
        await store.write(put)
    assert await store.read(names) == []
    await store.close()
