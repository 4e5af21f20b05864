"""A plan is rehearsed against a simulated vendor of its own: nothing leaves for the real one."""

import json
import os
import select
import signal
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import anyio
import anyio.to_thread
import pytest

from server.campaigns.local import whole
from server.gate import rehearsing
from server.settings.own_program import in_this_python
from server.systems import start_detached
from tests.campaigns.playing import people, planned, texts_at_the_vendor, write_list
from tests.e2e.house import House
from tests.e2e.person import Person
from tests.gate.servers import fronted, until
from tests.patience import PATIENCE

_SOCKETS_OF_ITS_OWN = 3
pytestmark = pytest.mark.usefixtures("quick_start")


async def test_a_rehearsal_tells_timeline_and_bill_and_sends_nothing(house: House) -> None:
    async with fronted(house, Person(), every8d={"max_recipients": 10}) as session:
        write_list(house, people(45))
        plan = await planned(session, trial="15")
        named = {"campaign_id": plan["campaign_id"]}
        found = await session.facts("rehearse_campaign", named)
        assert (found["texts"], found["points"], found["twice"]) == (45, plan["points"], 0)
        assert sum(each["texts"] for each in found["timeline"]) == 45
        assert "nothing left this machine" in found["conclusion"]
        assert "first 15 were the trial" in found["conclusion"]
        assert not await texts_at_the_vendor(house)
        status = await session.facts("get_campaign", named)
        assert (status["state"], status["waiting"]) == ("planned", 45)
        assert (await session.facts("start_campaign", named))["outcome"] == "done"
        assert (await session.problem("rehearse_campaign", named))["code"] == "state_changed"


async def test_a_rehearsal_is_played_where_the_terminal_speaks_chinese(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CAMPAIGN_OPS_LANGUAGE", "zh-TW")
    async with fronted(house, Person()) as session:
        write_list(house, people(3))
        named = {"campaign_id": (await planned(session))["campaign_id"]}
        assert (await session.facts("rehearse_campaign", named))["texts"] == 3


async def test_a_pace_over_days_is_played_in_seconds(house: House) -> None:
    async with fronted(house, Person()) as session:
        write_list(house, people(60))
        day = f"{datetime.now(UTC) + timedelta(days=3):%Y-%m-%d}"
        plan = await planned(session, send_at=f"{day}T09:00", per_hour=10)
        found = await session.facts("rehearse_campaign", {"campaign_id": plan["campaign_id"]})
        assert [each["texts"] for each in found["timeline"]] == [10] * 6
        assert found["timeline"][0]["at"].startswith(f"{day}T09:00")


async def test_another_campaign_is_nobodys_to_rehearse(house: House) -> None:
    async with fronted(house, Person()) as session:
        assert (await session.problem("rehearse_campaign", {"campaign_id": "7KQ2-M9XD"}))[
            "code"
        ] == "not_found"


def children(process: int) -> list[int]:
    """As Linux tells them."""
    return [int(each) for each in Path(f"/proc/{process}/task/{process}/children").read_text().split()]


def is_called(vendor: int) -> bool:
    """Whether it has a caller: a socket beside the two of its loop and the one by which it listens."""
    sockets = 0
    for each in Path(f"/proc/{vendor}/fd").iterdir():
        # One may be closed meanwhile.
        with suppress(FileNotFoundError):
            sockets += str(each.readlink()).startswith("socket:")
    return sockets > _SOCKETS_OF_ITS_OWN


def has_ended(process: int) -> bool:
    """Whether the process of this descriptor ends in time."""
    return bool(select.select([process], [], [], PATIENCE)[0])


async def test_a_rehearsal_that_is_killed_leaves_no_simulated_vendor_behind(house: House) -> None:
    """As one whose caller gave up."""
    async with fronted(house, Person()) as session:
        assert session.parts
        write_list(house, people(300))
        plan = await planned(session)
        given = json.dumps(whole(session.parts.settings)).encode()
        command = in_this_python("campaigns", "rehearse", plan["campaign_id"], "--settings-from-stdin")
        rehearsal = start_detached(command, given)

        async def is_played() -> bool:
            return any(map(is_called, children(rehearsal)))

        await until(is_played)
        (number,) = children(rehearsal)
        vendor = os.pidfd_open(number)
        os.kill(rehearsal, signal.SIGKILL)
        ended = await anyio.to_thread.run_sync(has_ended, vendor)
        if not ended:
            os.kill(number, signal.SIGKILL)
        os.close(vendor)
    assert ended


async def test_a_rehearsal_that_does_not_end_is_ended_and_the_plan_stands(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rehearsing, "MOST_SECONDS", 2.0)
    async with fronted(house, Person()) as session, anyio.create_task_group() as beside:
        write_list(house, people(30))
        plan = await planned(session)
        before = set(children(os.getpid()))
        named = {"campaign_id": plan["campaign_id"]}

        async def stop_it() -> None:
            async def is_started() -> bool:
                return bool(set(children(os.getpid())) - before)

            await until(is_started)
            for each in set(children(os.getpid())) - before:
                os.kill(each, signal.SIGSTOP)

        beside.start_soon(stop_it)
        problem = await session.problem("rehearse_campaign", named)
        assert problem["code"] == "not_rehearsed"
        assert "Nothing was played, and nothing was sent. It took too long" in problem["message"]
        assert set(children(os.getpid())) <= before
        assert (await session.facts("get_campaign", named))["state"] == "planned"
