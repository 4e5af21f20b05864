"""A plan that takes longer than a call: the call says so, the plan goes on, and the same call finds it."""

import anyio
import pytest

from server import call_time
from server.call_time import timed_call
from server.gate import in_background
from tests.campaigns.playing import people, planned, write_list
from tests.campaigns.test_index import content
from tests.e2e.good_cases_lists import put_list
from tests.e2e.house import House
from tests.gate.servers import fronted
from tests.patience import PATIENCE
from tools.problems import Problem, RefusedError

MANY = "25_large_100k.csv"
WISH = {"name": "提醒", "list": MANY, "text": "【測試】{姓名}您好"}


@pytest.fixture
def _short(monkeypatch: pytest.MonkeyPatch) -> None:
    """A call has a tenth of a second beside the time for its answer."""
    monkeypatch.setattr(call_time, "CALL_SECONDS", 4.1)


@pytest.mark.usefixtures("_short")
async def test_what_takes_longer_than_a_call_goes_on_and_the_same_call_finds_it(house: House) -> None:
    put_list(house, MANY, content(MANY))
    async with fronted(house, policy={"calls_per_minute": 10_000}) as session:
        told = await session.told("plan_campaign", WISH)
        assert (told.facts["code"], told.facts["retryable"]) == ("still_planning", True)
        assert "Nothing was sent" in told.facts["message"]
        with anyio.fail_after(PATIENCE):
            while told.is_error:
                told = await session.told("plan_campaign", WISH)
                assert told.facts.get("code") in (None, "still_planning")
        assert told.facts["recipients"] == 99_992
        # One plan was made, whoever asked for it how often; and the next call makes another.
        assert (await session.facts("list_campaigns"))["total"] == 1


@pytest.mark.usefixtures("_short")
async def test_a_server_that_ends_leaves_no_half_a_plan_that_could_be_started(house: House) -> None:
    put_list(house, MANY, content(MANY))
    async with fronted(house) as session:
        assert (await session.problem("plan_campaign", WISH))["code"] == "still_planning"
    async with fronted(house) as session:
        assert (await session.facts("list_campaigns"))["total"] == 0


async def test_a_call_that_is_given_up_ends_its_plan(house: House) -> None:
    put_list(house, MANY, content(MANY))
    async with fronted(house, policy={"calls_per_minute": 10_000}) as session:
        with anyio.move_on_after(0.3) as scope:
            await session.facts("plan_campaign", WISH)
        assert scope.cancelled_caught
        write_list(house, people(3))
        assert (await planned(session))["recipients"] == 3
        with anyio.fail_after(PATIENCE):
            while (await session.facts("list_campaigns"))["total"] != 1:
                await anyio.lowlevel.checkpoint()


async def test_what_nobody_asks_for_any_more_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(in_background, "_KEPT_SECONDS", 0.0)
    monkeypatch.setattr(call_time, "CALL_SECONDS", 0.0)
    made, may_end, background = list[int](), anyio.Event(), in_background.InBackground()

    async def work() -> int:
        made.append(len(made))
        await may_end.wait()
        return made[-1]

    with timed_call(), pytest.raises(RefusedError):
        await background.result("key", work, _unfinished)
    may_end.set()
    await anyio.wait_all_tasks_blocked()
    # A turn of the loop in which the timer is due.
    for _ in range(3):
        await anyio.lowlevel.checkpoint()
    assert await background.result("key", work, _unfinished) == 1


def _unfinished() -> Problem:
    return Problem(code="still_planning", message="", next="")
