"""PostgreSQL crashes and stops under its writers. SOAK=1 plays it long."""

import json
import os
import time
from collections.abc import Callable

import anyio
import anyio.to_thread
import pytest
from sqlalchemy import select, text

from server.store import audit
from server.store.audit import AuditEntry, Head
from server.store.database import DatabaseStore
from server.store.errors import StoreUnavailableError
from server.store.plans import Connection
from server.store.schema import AUDIT
from tests.patience import PATIENCE
from tests.store.postgres_server import Postgres
from tests.store.samples import KEY, NOW

ROWS, RESTARTS = (10_000, 12) if os.environ.get("SOAK") else (300, 2)
BACK_WITHIN = 5.0


def append(number: int) -> Callable[[Connection], Head]:
    """A row that nothing makes unique: whoever repeats it doubles it."""
    entry = AuditEntry(event="row", principal="desk", details={"n": number})
    return lambda conn: audit.append(conn, entry, KEY, NOW)


def rows(conn: Connection) -> list[int]:
    return [json.loads(entry)["details"]["n"] for entry in conn.scalars(select(AUDIT.c.entry))]


class Writers:
    """Three tasks that write numbered rows; after a failure they look whether the row is there."""

    def __init__(self, store: DatabaseStore) -> None:
        self.store = store
        self.kept = 0
        self.failures = 0
        self.progress = anyio.Condition()

    async def write(self, first: int) -> None:
        for number in range(first, ROWS, 3):
            while not await self.is_kept(number):
                pass
            async with self.progress:
                self.kept += 1
                self.progress.notify_all()

    async def is_kept(self, number: int) -> bool:
        try:
            await self.store.write(append(number))
        except StoreUnavailableError:
            self.failures += 1
            return await self.is_there(number)
        return True

    async def is_there(self, number: int) -> bool:
        with anyio.fail_after(PATIENCE):
            while True:
                try:
                    return number in await self.store.read(rows)
                except StoreUnavailableError:
                    await anyio.sleep(0.005)

    async def reached(self, count: int) -> None:
        with anyio.fail_after(PATIENCE):
            async with self.progress:
                while self.kept < count:
                    await self.progress.wait()


async def test_postgresql_restarted_under_its_writers_loses_and_doubles_nothing(postgres: Postgres) -> None:
    store = DatabaseStore(postgres.fresh_database())
    writers = Writers(store)
    pauses: list[float] = []
    async with anyio.create_task_group() as group:
        for first in range(3):
            group.start_soon(writers.write, first)
        for restart in range(RESTARTS):
            await writers.reached((restart + 1) * ROWS // (RESTARTS + 1))
            await anyio.to_thread.run_sync(postgres.restart, "fast" if restart % 2 else "immediate")
            back = time.monotonic()
            # A quick server lets them write all the rest before it is looked at again.
            await writers.reached(min(writers.kept + 1, ROWS))
            pauses.append(time.monotonic() - back)
    found = await store.read(rows)
    chain = await store.read(lambda conn: audit.verify(conn, KEY))
    await store.close()
    assert sorted(found) == list(range(ROWS))
    assert chain.ok
    assert writers.failures, "no writer met a restart: the test proves nothing"
    assert max(pauses) < BACK_WITHIN


async def test_the_first_call_after_a_restart_works(postgres: Postgres) -> None:
    store = DatabaseStore(postgres.fresh_database())
    await store.write(append(1))
    await anyio.to_thread.run_sync(postgres.restart, "fast")
    # The pool's connections are dead; the next call notices by itself.
    await store.write(append(2))
    assert await store.read(rows) == [1, 2]
    await store.close()


async def test_a_connection_lost_before_the_commit_is_reported_and_nothing_is_repeated(
    postgres: Postgres,
) -> None:
    store = DatabaseStore(postgres.fresh_database())
    runs: list[int] = []

    def work(conn: Connection) -> None:
        runs.append(conn.scalars(text("SELECT pg_backend_pid()")).one())
        append(1)(conn)
        postgres.execute("postgres", f"SELECT pg_terminate_backend({runs[-1]})")

    with pytest.raises(StoreUnavailableError, match="could not be written"):
        await store.write(work)
    assert (await store.read(rows), len(runs)) == ([], 1)
    await store.close()
