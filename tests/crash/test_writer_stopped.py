"""PostgreSQL: who stands still within a write is ended by the server, and a server that does is given up."""

import os
import signal
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import anyio
import psycopg
import pytest
from sqlalchemy import make_url

from server.store import engine
from server.store import postgres as driver
from tests.crash.cut import stands_still
from tests.e2e.house import House
from tests.gate.servers import FREE, FREE_SEND, fronted, posts, until
from tests.patience import PATIENCE
from tests.store.postgres_server import Postgres

pytestmark = pytest.mark.xdist_group("postgresql")

_STOPS = """
import signal, sys, threading
import anyio
from sqlalchemy import text
from sqlalchemy import make_url

from server.store import engine
from server.store.database import DatabaseStore

engine.STILL_SECONDS = int(sys.argv[2])

def stops(conn):
    conn.execute(text("UPDATE meta SET value = value"))
    signal.pthread_kill(threading.get_ident(), signal.SIGSTOP)

anyio.run(DatabaseStore(sys.argv[1]).write, stops)
"""
FOREVER = 3600


@asynccontextmanager
async def stopped_in_a_write(url: str, still: int) -> AsyncGenerator[None]:
    """Another process of this store, which the server ends after so many seconds of silence."""
    command = [sys.executable, "-c", _STOPS, url, str(still)]
    async with await anyio.open_process(command, stderr=None) as process:
        await until(partial(stands_still, process.pid))
        try:
            yield
        finally:
            process.kill()


async def test_a_send_waits_until_the_server_ended_the_write_of_one_that_stands_still(
    house: House, postgres: Postgres
) -> None:
    store = {"url": postgres.fresh_database()}
    async with fronted(house, policy=FREE, store=store) as session:
        await session.facts("query_credit")
        async with stopped_in_a_write(store["url"], 1):
            assert (await session.facts("send_sms", FREE_SEND))["outcome"] == "done"
    assert engine.STILL_SECONDS < engine.BUSY_SECONDS


async def test_a_send_that_waited_in_vain_is_refused_and_nothing_of_it_is_left(
    house: House, postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "BUSY_SECONDS", 0.5)
    store = {"url": postgres.fresh_database()}
    async with fronted(house, policy=FREE, store=store) as session:
        await session.facts("query_credit")
        async with stopped_in_a_write(store["url"], FOREVER):
            refused = await session.problem("send_sms", FREE_SEND)
            looked = await session.facts("query_credit")
        assert refused["code"] == "store_unavailable"
        assert "Nothing was sent." in refused["message"]
        assert "nothing can be changed for now" in looked["warning"]
        assert await posts(house) == 0
        assert (await session.facts("send_sms", FREE_SEND))["outcome"] == "done"


def backends(postgres: Postgres, database: str) -> list[int]:
    """The server's own processes for this database."""
    with psycopg.connect(postgres.url("postgres")) as conn:
        found: Any = conn.execute("SELECT pid FROM pg_stat_activity WHERE datname = %s", [database])
        return [row[0] for row in found]


async def test_a_server_that_stands_still_is_not_waited_for_for_ever(
    house: House, postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(driver, "ANSWER_SECONDS", 0.5)
    store = {"url": postgres.fresh_database()}
    async with fronted(house, policy=FREE, store=store) as session:
        await session.facts("query_credit")
        stopped = backends(postgres, make_url(store["url"]).database or "")
        for each in stopped:
            os.kill(each, signal.SIGSTOP)
        try:
            with anyio.fail_after(PATIENCE):
                assert (await session.facts("send_sms", FREE_SEND))["outcome"] == "done"
        finally:
            for each in stopped:
                os.kill(each, signal.SIGCONT)
    assert stopped
