"""A plan that was to be done by a time, and is moved so that it ends after it: who moves it is told."""

from typing import Any

from tests.campaigns.playing import carried_out
from tests.campaigns.test_bookings import NEW_TIME, NOON, SMALL, booked, of
from tests.e2e.house import House
from tests.e2e.person import Person
from tests.gate.servers import Clock, fronted

PACED: dict[str, Any] = {"per_hour": 10, "done_by": "2030-01-10T18:00:00+08:00"}
"""Thirty from 10:00 to 12:54."""
LATE = "At its pace the last text goes out at 2030-01-11 11:54; the plan was to be done by 2030-01-10 18:00."


async def test_a_move_past_the_latest_end_is_warned_of_in_preview_question_and_answer(house: House) -> None:
    person = Person()
    async with fronted(house, person, clock=Clock(NOON), **SMALL) as session:
        assert session.parts
        campaign = await booked(house, session, **PACED)
        move = {"campaign_id": campaign, "send_at": NEW_TIME}
        shown = await session.facts("move_campaign", {**move, "dry_run": True})
        told = await session.facts("move_campaign", move)
        assert shown["preview"]["warnings"][0] == LATE
        assert f"Note: {LATE}" in person.asked[-1]
        assert (told["state"], LATE in told["note"]) == ("running", True)
        await carried_out(session.parts, campaign)
        assert (await of(session, campaign))["state"] == "booked"
        again = {**move, "send_at": "2030-01-12T09:00:00+08:00"}
        assert "by 2030-01-10 18:00" in (await session.facts("move_campaign", again))["note"]


async def test_a_move_that_keeps_the_latest_end_or_has_none_is_not_warned_of(house: House) -> None:
    person = Person()
    async with fronted(house, person, clock=Clock(NOON), **SMALL) as session:
        in_time = {"campaign_id": await booked(house, session, **PACED)}
        in_time["send_at"] = "2030-01-10T15:06:00+08:00"
        told = [await session.facts("move_campaign", in_time)]
        other = await booked(house, session, name="第二檔", per_hour=10)
        told.append(await session.facts("move_campaign", {"campaign_id": other, "send_at": NEW_TIME}))
    assert not [each for each in (*person.asked, *(one["note"] for one in told)) if "to be done by" in each]


async def test_the_question_warns_in_chinese_whoever_reads_chinese(house: House) -> None:
    person = Person(typed="30")
    async with fronted(house, person, clock=Clock(NOON), language="zh-TW", **SMALL) as session:
        campaign = await booked(house, session, **PACED)
        await session.facts("move_campaign", {"campaign_id": campaign, "send_at": NEW_TIME})
    assert "最後一則會在 2030-01-11 11:54 發出；原規劃應於 2030-01-10 18:00 前發完。" in person.asked[-1]
