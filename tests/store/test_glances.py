"""A glance is a look on the event loop: where the store is busy a thread makes it, and only there."""

import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import apsw
import pytest
from sqlalchemy import text

from server.ledger.past import PastLostError
from server.store.database import DatabaseStore
from server.store.errors import StoreUnavailableError
from server.store.plans import Connection


@pytest.fixture
async def opened(tmp_path: Path, quick_files: None) -> AsyncIterator[DatabaseStore]:
    store = DatabaseStore(f"sqlite:///{tmp_path / 'store.sqlite3'}")
    await store.read(one)
    yield store
    await store.close()


def one(conn: Connection) -> int:
    return conn.execute(text("SELECT 1")).one()[0]


def failing_once(error: Exception, threads: list[int]) -> Callable[[Connection], int]:
    """A look that fails so at first, and would find something the second time."""

    def work(conn: Connection) -> int:
        threads.append(threading.get_ident())
        if len(threads) == 1:
            raise error
        return one(conn)

    return work


async def test_a_look_at_a_busy_store_waits_in_a_thread(opened: DatabaseStore) -> None:
    threads: list[int] = []
    assert await opened.glance(failing_once(apsw.exception_for(apsw.SQLITE_BUSY), threads)) == 1
    assert [each == threading.get_ident() for each in threads] == [True, False]


LOST = {
    "damaged": apsw.exception_for(apsw.SQLITE_CORRUPT),
    "unreadable": apsw.exception_for(apsw.SQLITE_IOERR),
    "older": PastLostError("the store is an older copy"),
}


@pytest.mark.parametrize("error", LOST.values(), ids=LOST)
async def test_what_shows_that_a_store_is_lost_is_not_looked_for_again(
    opened: DatabaseStore, error: Exception
) -> None:
    """Another connection may still have in its memory what the file has lost."""
    threads: list[int] = []
    with pytest.raises(StoreUnavailableError):
        await opened.glance(failing_once(error, threads))
    assert len(threads) == 1
