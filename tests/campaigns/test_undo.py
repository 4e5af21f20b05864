"""A campaign that goes out when it is started is held for some minutes, as a send is."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from server.sandbox.state.messages import BOOKED
from tests.campaigns.playing import carried_out, people, planned, write_list
from tests.e2e.house import Facts, House, Session
from tests.e2e.person import Person
from tests.gate.servers import Clock, an_hour_from, fronted

UNDO: dict[str, Any] = {"undo_minutes": 3, "undo_above_recipients": 20}
SMALL: dict[str, Any] = {"every8d": {"max_recipients": 10}}


async def started(house: House, session: Session, count: int, **asked: Any) -> tuple[Facts, Facts]:
    """A campaign of parts of ten that a person started: its plan, and the answer to its start."""
    write_list(house, people(count))
    plan = await planned(session, **asked)
    return plan, await session.facts("start_campaign", {"campaign_id": plan["campaign_id"]})


async def booked(house: House) -> int:
    """Messages that the vendor has not sent yet."""
    batches = (await house.vendor.state())["batches"]
    return sum(message["status"] == BOOKED for batch in batches for message in batch["messages"])


async def test_parts_of_a_large_campaign_are_booked_ahead_and_all_are_taken_back(house: House) -> None:
    person, clock = Person(), Clock()
    async with fronted(house, person, clock=clock, policy=UNDO, **SMALL) as session:
        assert session.parts
        plan, told = await started(house, session, 25)
        assert any("taken back for 3 minutes" in each for each in plan["warnings"])
        assert "Can be taken back: for 3 minutes" in person.asked[-1]
        until = datetime.fromisoformat(told["undo_until"])
        assert until - clock() == pytest.approx(timedelta(minutes=3), abs=timedelta(seconds=1))
        assert told["undo_until"] in told["note"]
        named = {"campaign_id": plan["campaign_id"]}
        await carried_out(session.parts, plan["campaign_id"])
        assert await booked(house) == 25
        status = await session.facts("get_campaign", named)
        assert f"cancel_campaign takes all of it back until {told['undo_until']}" in status["next"]
        clock.advance(minutes=2, seconds=55)
        undone = await session.facts("cancel_campaign", named)
        assert (undone["recipients"], undone["points_returned"]) == (25, 25)
        assert await booked(house) == 0
        assert (await session.facts("query_credit"))["credit"] == 10000


async def test_it_goes_out_a_minute_later_and_no_earlier(house: House) -> None:
    clock = Clock()
    async with fronted(house, Person(), clock=clock, policy=UNDO, **SMALL) as session:
        assert session.parts
        plan, _ = await started(house, session, 25)
        await carried_out(session.parts, plan["campaign_id"])
        for seconds, left in ((230, 25), (15, 0)):
            await house.vendor.advance(seconds)
            assert await booked(house) == left
        clock.advance(seconds=250)
        status = await session.facts("get_campaign", {"campaign_id": plan["campaign_id"]})
        assert "takes all of it back" not in status["next"]


@pytest.mark.parametrize(
    ("count", "policy", "asked"),
    [
        pytest.param(20, UNDO, {}, id="small"),
        pytest.param(25, {}, {}, id="without the rule"),
    ],
)
async def test_a_small_campaign_and_one_without_the_rule_go_out_at_once(
    house: House, count: int, policy: dict[str, Any], asked: dict[str, Any]
) -> None:
    person = Person()
    async with fronted(house, person, policy=policy, **SMALL) as session:
        assert session.parts
        plan, told = await started(house, session, count, **asked)
        await carried_out(session.parts, plan["campaign_id"])
        assert "undo_until" not in told
        assert "taken back" not in " ".join((*plan["warnings"], *person.asked))
        assert await booked(house) == 0


async def test_a_campaign_with_a_time_of_its_own_keeps_it(house: House) -> None:
    async with fronted(house, Person(), policy=UNDO, **SMALL) as session:
        assert session.parts
        at = (datetime.now().astimezone() + timedelta(days=1)).replace(microsecond=0)
        plan, told = await started(house, session, 25, send_at=at.isoformat())
        await carried_out(session.parts, plan["campaign_id"])
        assert "undo_until" not in told
        times = {
            row["send_time"] for batch in (await house.vendor.state())["batches"] for row in batch["messages"]
        }
        assert {datetime.fromisoformat(each) for each in times} == {at}


async def test_quiet_hours_hold_for_the_moment_in_which_its_parts_go_out(house: House) -> None:
    clock = Clock()
    hours = an_hour_from(clock() + timedelta(minutes=2))
    async with fronted(
        house, Person(), clock=clock, policy={**UNDO, "quiet_hours": hours}, **SMALL
    ) as session:
        assert session.parts
        write_list(house, people(25))
        large = await planned(session)
        refused = await session.problem("start_campaign", {"campaign_id": large["campaign_id"]})
        assert (refused["code"], "Nothing was sent." in refused["message"]) == ("policy_refused", True)


async def test_a_part_asks_for_the_quiet_hours_of_its_own_moment(house: House) -> None:
    clock = Clock()
    hours = an_hour_from(clock() + timedelta(hours=1))
    async with fronted(
        house, Person(), clock=clock, policy={**UNDO, "quiet_hours": hours}, **SMALL
    ) as session:
        assert session.parts
        plan, _ = await started(house, session, 25)
        clock.advance(minutes=58)
        await carried_out(session.parts, plan["campaign_id"], waves=3)
        status = await session.facts("get_campaign", {"campaign_id": plan["campaign_id"]})
        assert (status["state"], status["sent"]) == ("paused", 0)
        assert "quiet hours" in status["conclusion"]
        assert await booked(house) == 0
