"""A plan is rehearsed against a simulated vendor of its own: nothing leaves for the real one."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.campaigns.playing import people, planned, texts_at_the_vendor, write_list
from tests.e2e.house import House
from tests.e2e.person import Person
from tests.gate.servers import fronted

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
