"""A worker that stands still in the midst of a part, is replaced, and comes back: nothing goes out twice."""

import json
import os
import signal
import sys
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from functools import partial
from typing import Any, TypeVar

import anyio
import anyio.to_thread
import pytest
from sqlalchemy import func, select

from server.batches.keeper import Keeper
from server.campaigns import worker
from server.campaigns.course import Course, Wave
from server.campaigns.local import whole
from server.campaigns.worker import Worker
from server.gate.campaign_chunks import ChunkSender
from server.parts import Parts
from server.store.actions import State
from server.store.campaign_progress import Progress
from server.store.plans import Connection
from server.store.schema import ACTIONS
from server.systems import start_detached
from tests.campaigns.playing import (
    carried_out,
    charged,
    is_done,
    people,
    planned,
    progress,
    texts_at_the_vendor,
    write_list,
)
from tests.crash.cut import stands_still
from tests.e2e.house import House, Session
from tests.e2e.person import Person
from tests.gate.servers import fronted, until
from tests.patience import PATIENCE
from tests.store.postgres_server import Postgres

pytestmark = [pytest.mark.xdist_group("time"), pytest.mark.usefixtures("quick_start")]

T = TypeVar("T")
PEOPLE, SIZE = 10, 5
LAUNCHER = (sys.executable, "-m", "tests.campaigns.launcher")
LONG, SHORT = "600", "0.1"
"""Seconds of a lease: one that no test outlasts, and one that each does."""
MOMENTS = {
    "before its claim": ("CLAIM$", 0),
    "claimed, not posted": ("POST .*SendParam", SIZE),
    "answered, not written down": ("POSTED .*SendParam", SIZE),
}
"""The moment, and how many recipients nobody knows about as long as the worker stands still."""


@asynccontextmanager
async def _worker(parts: Parts, moment: str, lease: str) -> AsyncGenerator[int]:
    """One that stops itself at this moment; killed where it is still there."""
    given = json.dumps(whole(parts.settings)).encode()
    worker = start_detached([*LAUNCHER, "--lease", lease, "--cut", "STOP", moment], given)
    try:
        yield worker
    finally:
        with suppress(ProcessLookupError):
            os.kill(worker, signal.SIGKILL)
        with suppress(ChildProcessError):
            await anyio.to_thread.run_sync(os.waitpid, worker, 0)


async def _ended(worker: int) -> bool:
    return (await anyio.to_thread.run_sync(os.waitpid, worker, os.WNOHANG))[0] == worker


async def _taken_over(parts: Parts, campaign: str) -> None:
    """A store of one machine has one worker, so by this process."""
    await carried_out(parts, campaign)
    await parts.book.give_up_others(campaign)


async def _no_lease_is_left(parts: Parts) -> bool:
    found = select(func.max(ACTIONS.c.lease_until)).where(ACTIONS.c.state == State.UNKNOWN)
    ends = await parts.memory.keeper.read(lambda conn: conn.scalar(found))
    return parts.memory.keeper.clock() > ends


@asynccontextmanager
async def _replaced(
    house: House, store_url: str, moment: str, lease: str
) -> AsyncGenerator[tuple[Session, str, int, Progress]]:
    """A campaign whose worker stands still at this moment and was replaced; and how far it is.

    One call at a time: the part over which it stands still is the only one that it has claimed.
    """
    small: dict[str, Any] = {"max_recipients": SIZE, "calls_at_once": 1}
    async with fronted(house, Person(), every8d=small, store={"url": store_url}) as session:
        assert session.parts
        write_list(house, people(PEOPLE))
        campaign: str = (await planned(session))["campaign_id"]
        await session.facts("start_campaign", {"campaign_id": campaign})
        async with _worker(session.parts, moment, lease) as stopped:
            await until(partial(stands_still, stopped))
            await _taken_over(session.parts, campaign)
            yield session, campaign, stopped, await progress(session.parts, campaign)


async def _comes_back(stopped: int) -> None:
    os.kill(stopped, signal.SIGCONT)
    await until(partial(_ended, stopped))


@pytest.mark.parametrize(("moment", "unknown"), MOMENTS.values(), ids=list(MOMENTS))
async def test_a_worker_that_comes_back_sends_nothing_again_and_its_outcome_counts(
    house: House, store_url: str, moment: str, unknown: int
) -> None:
    async with _replaced(house, store_url, moment, LONG) as (session, campaign, stopped, meanwhile):
        assert session.parts
        parts = session.parts
        assert (meanwhile.sent, meanwhile.unknown, meanwhile.sending) == (PEOPLE - unknown, unknown, 0)
        await _comes_back(stopped)
        ended = await progress(parts, campaign)
        texts = await texts_at_the_vendor(house)
        assert set(texts.values()) == {1}
        assert (ended.sent, ended.unknown, ended.sending) == (PEOPLE, 0, 0)
        assert len(texts) == PEOPLE
        ours, theirs = await charged(parts, house)
        assert ours == theirs


async def test_what_a_worker_stood_still_over_for_too_long_is_not_sent_and_waits_for_a_person(
    house: House, store_url: str
) -> None:
    async with _replaced(house, store_url, "CLAIMED", SHORT) as (session, campaign, stopped, meanwhile):
        assert session.parts
        parts = session.parts
        assert (meanwhile.sent, meanwhile.unknown) == (PEOPLE - SIZE, SIZE)
        await until(partial(_no_lease_is_left, parts))
        await _comes_back(stopped)
        ended = await progress(parts, campaign)
        assert (ended.sent, ended.unknown, ended.failed) == (PEOPLE - SIZE, 0, SIZE)
        status = await session.facts("get_campaign", {"campaign_id": campaign})
        assert status["state"] == "paused"
        assert f"all was tried, and {SIZE} were certainly not sent to" in status["conclusion"]
        await session.facts("resume_campaign", {"campaign_id": campaign})
        await carried_out(parts, campaign)
        assert await is_done(parts, campaign)
        texts = await texts_at_the_vendor(house)
        assert (len(texts), set(texts.values())) == (PEOPLE, {1})


class _Looked(Keeper):
    """Counts a worker's looks."""

    looks = 0

    async def write(self, work: Callable[[Connection], T]) -> T:
        self.looks += 1
        return await super().write(work)


@pytest.mark.xdist_group("postgresql")
@pytest.mark.parametrize("killed", [True, False], ids=["killed", "stopped"])
async def test_a_worker_until_idle_stays_while_another_carries_on_and_takes_over_once_it_is_silent(
    house: House, postgres: Postgres, monkeypatch: pytest.MonkeyPatch, *, killed: bool
) -> None:
    monkeypatch.setattr(worker, "STALE", timedelta(hours=1))
    monkeypatch.setattr(worker, "_LOOK_SECONDS", 0.01)
    small: dict[str, Any] = {"max_recipients": SIZE, "calls_at_once": 1}
    async with fronted(house, Person(), every8d=small, store={"url": postgres.fresh_database()}) as session:
        assert session.parts
        parts = session.parts
        write_list(house, people(PEOPLE))
        campaign: str = (await planned(session))["campaign_id"]
        await session.facts("start_campaign", {"campaign_id": campaign})
        course = Course(parts.campaigns, ChunkSender(parts.context))

        async def carry_out(its: str, epoch: int) -> None:
            while await course.wave(its, epoch) is not Wave.OVER:
                pass

        async with _worker(parts, "POST .*SendParam", LONG) as first, anyio.create_task_group() as group:
            await until(partial(stands_still, first))
            if killed:
                os.kill(first, signal.SIGKILL)
            keeper = _Looked(parts.journal, house.folder / "numbers.key")
            second, ended = Worker(keeper, "second", carry_out, parts.book), anyio.Event()

            async def work() -> None:
                await second.work(until_idle=True)
                ended.set()

            async def has_looked_again() -> bool:
                return ended.is_set() or keeper.looks > 3

            group.start_soon(work)
            await until(has_looked_again)
            assert not ended.is_set()
            assert (await progress(parts, campaign)).sent == 0
            monkeypatch.setattr(worker, "STALE", timedelta())
            with anyio.fail_after(PATIENCE):
                await ended.wait()
            how_far = await progress(parts, campaign)
            assert (how_far.sent, how_far.unknown) == (PEOPLE - SIZE, SIZE)
        assert await is_done(parts, campaign)
