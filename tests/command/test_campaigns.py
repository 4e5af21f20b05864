"""`campaign-ops-mcp campaigns`: which there are and how far, in both languages."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from tests.campaigns.playing import carried_out, people, planned, write_list
from tests.command.terminal import run
from tests.e2e.house import House
from tests.e2e.person import Person
from tests.gate.servers import fronted
from tools.taipei import as_taipei

pytestmark = pytest.mark.usefixtures("quick_start")


async def test_campaigns_are_listed_shown_and_watched_to_their_end(house: House) -> None:
    async with fronted(house, Person()) as session:
        assert session.parts
        write_list(house, people(12))
        named = {"campaign_id": (await planned(session))["campaign_id"]}
        campaign = named["campaign_id"]
        assert re.search(
            rf"{campaign} .* planned +12 +提醒\n1 of 1 campaign", (await run(house, "campaigns", "list")).out
        )
        await session.facts("start_campaign", named)
        await carried_out(session.parts, campaign)

    watched = await run(house, "campaigns", "watch", campaign)
    assert watched.code == 0
    assert "12/12" in watched.out
    assert re.search(rf"{campaign}  提醒  done\ngiven to the vendor +12", watched.out)
    chinese = await run(house, "campaigns", "show", campaign, LANGUAGE="zh-TW")
    assert re.search(rf"{campaign}  提醒  已完成\n已交給廠商 +12", chinese.out)


async def test_what_is_no_campaign_is_said_to_be_none(house: House) -> None:
    for command in ("show", "watch"):
        said = await run(house, "campaigns", command, "7KQ2-M9XD")
        assert (said.code, said.out.strip()) == (1, "There is no such campaign.")


async def test_a_booked_campaign_is_shown_as_booked_and_until_when_it_can_be_taken_back(house: House) -> None:
    async with fronted(house, Person()) as session:
        assert session.parts
        write_list(house, people(3))
        at = datetime.now(UTC) + timedelta(days=1)
        named = {"campaign_id": (await planned(session, send_at=at.isoformat()))["campaign_id"]}
        await session.facts("start_campaign", named)
        await carried_out(session.parts, named["campaign_id"])
    shown = (await run(house, "campaigns", "show", named["campaign_id"])).out
    assert "booked at the vendor" in shown
    assert (
        f"Booked at the vendor until {as_taipei(at):%Y-%m-%d %H:%M}; till then it can be taken back." in shown
    )
    assert "booked at the vendor" in (await run(house, "campaigns", "list")).out
