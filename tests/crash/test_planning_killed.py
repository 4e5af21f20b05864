"""kill -9 while a list is made a plan: the plan is whole or not there, and nothing of a half one stays."""

import os
import signal
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import func, select

from server.batches import retention
from server.demo.rows import rows_of
from server.parts import Parts, utc_now
from server.store.campaign_tables import CAMPAIGNS, CHUNKS, RECIPIENTS
from server.store.plans import Connection
from server.store.unstarted_plans import SILENT
from tests.campaigns.playing import carried_out, people, planned, progress, texts_at_the_vendor, write_list
from tests.crash.cut import AT_ONCE, MODULE, stands_still
from tests.crash.storm import ROOT
from tests.e2e.house import House
from tests.e2e.person import Person
from tests.e2e.process import Served, at_the_sandbox, served
from tests.gate.servers import fronted, posts, until
from tests.patience import PATIENCE

pytestmark = [pytest.mark.xdist_group("time"), pytest.mark.usefixtures("quick_start")]

PEOPLE, SIZE, WRITTEN = 2_500, 125, 1_000
"""A plan in three transactions, of which each writes so many."""
PLAN = {"name": "提醒", "list": "due.csv", "text": "【測試】{姓名}您好，明天見", "trial": "2%"}
SLICE = ("INSERT INTO campaign_recipients", "INSERT INTO campaign_chunks", "COMMITTED")
HALF = {
    "begun": ("INSERT INTO campaigns", "COMMITTED"),
    "its first recipients are not committed": (*SLICE[:-1], "COMMIT$"),
    "the first of them are": SLICE,
    "all are": (*SLICE, *SLICE, *SLICE),
    "its trial is set apart": ("UPDATE campaign_chunks", "COMMITTED"),
    "it is whole and not committed": ("UPDATE campaigns SET seal", "COMMIT$"),
}
WHOLE = ("UPDATE campaigns SET seal", "COMMITTED")


class _Later:
    """The present, or so much later."""

    def __init__(self) -> None:
        self.by = timedelta()

    def __call__(self) -> datetime:
        return utc_now() + self.by


@asynccontextmanager
async def _served(house: House, store_url: str, how: str, moment: tuple[str, ...]) -> AsyncGenerator[Served]:
    """A server that kills or stops itself at this moment of a plan."""
    settings = {"STORE__URL": store_url, "FILES__FOLDER": str(house.folder / "images")}
    env = at_the_sandbox(house, **settings, EVERY8D__MAX_RECIPIENTS=str(SIZE)) | {AT_ONCE: str(WRITTEN)}
    command = (*MODULE, how, *moment, "--")
    async with served(env=env, folder=ROOT, era=house.era, command=command) as server:
        await server.ready()
        await server.tell("tools/call", {"name": "plan_campaign", "arguments": PLAN})
        yield server


async def _killed(house: House, store_url: str, moment: tuple[str, ...]) -> None:
    async with _served(house, store_url, "KILL", moment) as server:
        assert await server.ended_within(PATIENCE) == -signal.SIGKILL


def _rows(conn: Connection) -> tuple[int, int, int]:
    """Campaigns, the recipients that their chunks are said to have, and those that are kept for them."""
    campaigns, kept = (
        conn.scalar(select(func.count()).select_from(each)) for each in (CAMPAIGNS, RECIPIENTS)
    )
    return campaigns or 0, conn.scalar(select(func.sum(CHUNKS.c.recipients))) or 0, kept or 0


async def _stored(parts: Parts) -> tuple[int, int, int]:
    return await parts.memory.keeper.read(_rows)


async def _nothing_stays(parts: Parts) -> bool:
    return await _stored(parts) == (0, 0, 0)


async def test_a_plan_that_was_cut_off_is_not_there_and_nothing_of_it_stays(
    house: House, store_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "LOOKS_EVERY_SECONDS", 0.05)
    write_list(house, people(PEOPLE))
    small: dict[str, Any] = {"every8d": {"max_recipients": SIZE}, "store": {"url": store_url}}
    clock = _Later()
    async with fronted(house, Person(), clock=clock, **small) as session:
        assert session.parts
        parts = session.parts
        for moment, cut in HALF.items():
            await _killed(house, store_url, cut)
            assert (await _stored(parts))[0] == 1, moment
            assert (await session.facts("list_campaigns"))["total"] == 0, moment
            clock.by = SILENT
            await until(partial(_nothing_stays, parts))
            clock.by = timedelta()
        await planned(session, **PLAN)
        assert await _stored(parts) == (1, PEOPLE, PEOPLE)
        assert (await session.facts("list_campaigns"))["total"] == 1
        assert await posts(house) == 0


async def test_a_plan_whose_answer_nobody_heard_is_whole_and_can_be_started(
    house: House, store_url: str
) -> None:
    write_list(house, people(PEOPLE))
    small: dict[str, Any] = {"every8d": {"max_recipients": SIZE}, "store": {"url": store_url}}
    async with fronted(house, Person(), **small) as session:
        assert session.parts
        parts = session.parts
        await house.vendor.control("credit", uid="sandbox", points=PEOPLE)
        await _killed(house, store_url, WHOLE)
        assert await _stored(parts) == (1, PEOPLE, PEOPLE)
        (row,) = rows_of(await session.facts("list_campaigns"))
        assert await posts(house) == 0
        await session.facts("start_campaign", {"campaign_id": row["campaign_id"]})
        await carried_out(parts, row["campaign_id"])
        assert (await progress(parts, row["campaign_id"])).sent == PEOPLE * 2 // 100
        assert set((await texts_at_the_vendor(house)).values()) == {1}


async def test_a_server_that_stood_still_over_a_plan_until_it_was_forgotten_keeps_nothing_of_it(
    house: House, store_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "LOOKS_EVERY_SECONDS", 0.05)
    write_list(house, people(PEOPLE))
    clock = _Later()
    async with (
        fronted(house, Person(), clock=clock, store={"url": store_url}) as session,
        _served(house, store_url, "STOP", SLICE) as server,
    ):
        assert session.parts
        await until(partial(stands_still, server.process.pid))
        clock.by = SILENT
        await until(partial(_nothing_stays, session.parts))
        clock.by = timedelta()
        os.kill(server.process.pid, signal.SIGCONT)
        answer = await server.answer()
        assert answer["isError"]
        assert "the plan that was being made is gone" in str(answer["content"])
        assert await _stored(session.parts) == (0, 0, 0)
        assert await posts(house) == 0
