"""kill -9 while the bookings of a campaign are erased: nobody is booked twice, another call goes on."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from server.demo.rows import rows_of
from server.ledger import reaper
from server.parts import utc_now
from server.vendors.looking import AT_ONCE
from tests.batches.stopping import erasings
from tests.campaigns.playing import carried_out, people, planned, write_list
from tests.campaigns.test_bookings import standing
from tests.crash.killing import killed_while_erasing
from tests.e2e.house import House, Session
from tests.e2e.person import Person
from tests.gate.servers import started, until, visited
from tools.taipei import as_taipei

pytestmark = [pytest.mark.xdist_group("time"), pytest.mark.usefixtures("quick_start")]

SMALL: dict[str, Any] = {"every8d": {"max_recipients": 10}}
PARTS = AT_ONCE + 2
PEOPLE = 10 * PARTS


def _in_days(days: int) -> str:
    """Ten in the morning, so many days from now."""
    day = as_taipei(utc_now() + timedelta(days=days))
    return day.replace(hour=10, minute=0, second=0, microsecond=0).isoformat()


async def _booked(house: House, session: Session) -> str:
    """A campaign that the vendor has whole, in parts."""
    assert session.parts
    write_list(house, people(PEOPLE))
    campaign: str = (await planned(session, send_at=_in_days(2)))["campaign_id"]
    await session.facts("start_campaign", {"campaign_id": campaign})
    await carried_out(session.parts, campaign)
    return campaign


@pytest.mark.parametrize("tool", ["move_campaign", "cancel_campaign"])
async def test_another_call_goes_on_with_what_was_cut_off(
    house: House, monkeypatch: pytest.MonkeyPatch, tool: str
) -> None:
    monkeypatch.setattr(reaper, "_EVERY_SECONDS", 0.1)
    async with started(house, **SMALL) as parts, visited(parts, house.era, Person()) as session:
        campaign = await _booked(house, session)
    at = {"send_at": _in_days(3)} if tool == "move_campaign" else {}
    named = {"campaign_id": campaign, **at}
    await killed_while_erasing(house, tool, named)
    begun = set(await erasings(house))
    async with started(house, **SMALL) as parts, visited(parts, house.era, Person()) as session:

        async def all_have_lost_their_owner() -> bool:
            return (await session.facts("list_actions", {"state": "dispatching"}))["total"] == 0

        await until(all_have_lost_their_owner)
        cut_off = await session.facts("get_campaign", {"campaign_id": campaign})
        for row in rows_of(await session.facts("list_actions", {"tool": "erase_sms_booking"})):
            if row["state"] == "unknown":
                await session.facts("reconcile_action", {"action_id": row["action_id"]})
        again = await session.facts(tool, {**named, "request_id": "again"})
        if tool == "move_campaign":
            await carried_out(parts, campaign)
        now = await standing(house)
    numbers = Counter(mobile for those in now.values() for mobile in those)
    assert len(begun) < PARTS, "the kill came too late to leave some out"
    assert set(numbers.values()) <= {1}
    if tool == "move_campaign":
        assert cut_off["state"] == "paused"
        assert "move_campaign goes on with it" in cut_off["conclusion"]
        assert again["state"] == "running"
        assert {time[:10] for time in now} == {_in_days(3)[:10]}
        assert len(numbers) == PEOPLE, "those of the erasings that were cut off are booked anew too"
        assert "reconcile_action for " in cut_off["next"]
    else:
        assert cut_off["state"] == "cancelled"
        assert not numbers
    assert Counter(await erasings(house)).most_common(1)[0][1] == 1, "each was asked for once"
