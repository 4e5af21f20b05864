"""A worker is a process of its own: it is started beside a server, or by whoever runs several."""

import json
import os
import platform
import signal
import sys
from functools import partial
from pathlib import Path

import anyio.to_thread
import pytest

from server.campaigns.local import lock_of, start_worker, whole
from server.file_locks import is_held
from server.settings.settings import Settings
from server.systems import start_detached
from tests.campaigns.playing import (
    is_done,
    people,
    planned,
    texts_at_the_vendor,
    write_list,
)
from tests.e2e.house import House
from tests.e2e.person import Person
from tests.gate.servers import fronted, until
from tests.store.postgres_server import Postgres

WORKER = (sys.executable, "-m", "server.command.cli", "worker")


async def has_ended(worker: int) -> bool:
    found, _status = await anyio.to_thread.run_sync(os.waitpid, worker, os.WNOHANG)
    return found == worker


async def nobody_works(settings: Settings) -> bool:
    return not is_held(lock_of(settings))


@pytest.mark.usefixtures("quick_start")
async def test_a_worker_that_is_started_carries_the_campaign_out_and_ends(house: House) -> None:
    async with fronted(house, Person(), every8d={"max_recipients": 10}) as session:
        assert session.parts
        write_list(house, people(100))
        campaign = (await planned(session))["campaign_id"]
        await session.facts("start_campaign", {"campaign_id": campaign})
        settings = session.parts.settings
        assert start_worker(settings)

        await until(partial(is_done, session.parts, campaign))
        assert set((await texts_at_the_vendor(house)).values()) == {1}
        assert len(await texts_at_the_vendor(house)) == 100
        await until(partial(nobody_works, settings))


async def test_a_worker_runs_nothing_of_the_folder_that_the_server_was_started_in(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A project's own package `server`, or one that was laid there to read the passwords."""
    (house.folder / "project" / "server").mkdir(parents=True)
    (house.folder / "project" / "server" / "__init__.py").write_text("raise SystemExit")
    monkeypatch.chdir(house.folder / "project")
    async with fronted(house, Person()) as session:
        assert session.parts
        write_list(house, people(2))
        campaign = (await planned(session))["campaign_id"]
        await session.facts("start_campaign", {"campaign_id": campaign})
        assert start_worker(session.parts.settings)
        await until(partial(is_done, session.parts, campaign))
        await until(partial(nobody_works, session.parts.settings))


def _threads(process: int) -> int:
    return len([*Path(f"/proc/{process}/task").iterdir()])


def _heaps_of_threads(process: int) -> int:
    """glibc reserves 64 MiB for each, of which most are not to be used yet."""
    reserved = 0
    for line in Path(f"/proc/{process}/maps").read_text(encoding="utf-8").splitlines():
        first, last = (int(at, 16) for at in line.split()[0].split("-"))
        reserved += line.split()[1] == "---p" and 32 << 20 < last - first <= 64 << 20
    return reserved


@pytest.mark.skipif(
    sys.platform != "linux" or platform.libc_ver()[0] != "glibc", reason="glibc alone does so"
)
async def test_the_threads_of_a_worker_share_their_memory(house: House) -> None:
    async with fronted(house, Person()) as session:
        assert session.parts
        given = json.dumps(whole(session.parts.settings)).encode()
        worker = start_detached([*WORKER, "--settings-from-stdin"], given)

        async def has_all_threads() -> bool:
            return _threads(worker) > 10

        try:
            await until(has_all_threads)
            assert _heaps_of_threads(worker) < 2
        finally:
            os.kill(worker, signal.SIGTERM)
            await until(partial(has_ended, worker))


@pytest.mark.usefixtures("quick_start")
@pytest.mark.xdist_group("postgresql")
async def test_workers_of_one_postgresql_share_its_campaigns(house: House, postgres: Postgres) -> None:
    store = {"url": postgres.fresh_database()}
    async with fronted(house, Person(), every8d={"max_recipients": 5}, store=store) as session:
        assert session.parts
        parts = session.parts
        write_list(house, people(100))
        campaigns = [(await planned(session, text=f"【測試】第{n}次"))["campaign_id"] for n in range(2)]
        for campaign in campaigns:
            await session.facts("start_campaign", {"campaign_id": campaign})
        given = json.dumps(whole(parts.settings)).encode()
        workers = [
            start_detached([*WORKER, "--until-idle", "--settings-from-stdin"], given) for _ in range(2)
        ]
        for campaign in campaigns:
            await until(partial(is_done, parts, campaign))
        texts = await texts_at_the_vendor(house)
        assert (len(texts), set(texts.values())) == (200, {1})
        for worker in workers:
            # Before the database goes: a worker waits for a store that is away.
            await until(partial(has_ended, worker))
