"""What a campaign has booked is erased or moved with it: each part once, and said part by part."""

from datetime import UTC, datetime
from typing import Any

from server.sandbox.state.messages import BOOKED
from server.store import ledger
from tests.campaigns.playing import carried_out, people, planned, write_list
from tests.e2e.house import Facts, House, Session
from tests.e2e.person import Person
from tests.gate.servers import Clock, fronted

SMALL: dict[str, Any] = {"every8d": {"max_recipients": 10}}
NOON = datetime(2030, 1, 9, 4, tzinfo=UTC)
"""In Taipei."""
TOMORROW = "2030-01-10T10:00:00+08:00"


async def booked(house: House, session: Session, count: int = 30, **asked: Any) -> str:
    """A campaign that the vendor has whole, for tomorrow; its id."""
    assert session.parts
    write_list(house, people(count))
    plan = await planned(session, **{"send_at": TOMORROW, **asked})
    await session.facts("start_campaign", {"campaign_id": plan["campaign_id"]})
    await carried_out(session.parts, plan["campaign_id"])
    return plan["campaign_id"]


async def standing(house: House) -> dict[str, list[str]]:
    """The numbers that are still booked at the vendor, by their time."""
    found: dict[str, list[str]] = {}
    for batch in (await house.vendor.state())["batches"]:
        for message in batch["messages"]:
            if message["status"] == BOOKED:
                found.setdefault(message["send_time"], []).append(message["mobile"])
    return found


async def of(session: Session, campaign: str) -> Facts:
    return await session.facts("get_campaign", {"campaign_id": campaign})


async def test_a_cancelled_campaign_erases_what_is_booked_and_its_points_return(house: House) -> None:
    person = Person()
    async with fronted(house, person, clock=Clock(NOON), **SMALL) as session:
        assert session.parts
        campaign = await booked(house, session)
        told = await session.facts("cancel_campaign", {"campaign_id": campaign})
        assert "Points that come back: about 30." in person.asked[-1]
        assert "3. 2030-01-10 10:00 × 10" in person.asked[-1]
        assert (told["state"], told["recipients"], told["points_returned"]) == ("cancelled", 30, 30)
        assert told["note"] == "Erased: 3 booked parts, 30 messages."
        status = await of(session, campaign)
        assert (status["state"], status["sent"], status["points"]) == ("cancelled", 0, 0)
        assert "30 are not sent" in status["conclusion"]
        assert not await standing(house)
        usage = await session.parts.journal.read(ledger.usage)
        assert (usage.points_today, usage.recipients_today) == (0, 0)


async def test_what_is_not_erased_or_unknown_is_said_and_erased_by_another_yes(house: House) -> None:
    async with fronted(house, Person(), clock=Clock(NOON), **SMALL) as session:
        campaign = await booked(house, session, 50)
        await house.vendor.control("faults", path="eraseBooking.ashx", fault="reset_before", times=1)
        told = await session.facts("cancel_campaign", {"campaign_id": campaign})
        assert (told["state"], told["recipients"], told["points_returned"]) == ("cancelled", 40, 40)
        assert "Erased: 4 booked parts, 40 messages. Of unknown outcome, these may go out: " in told["note"]
        assert sum(map(len, (await standing(house)).values())) == 10
        again = {"campaign_id": campaign, "request_id": "again"}
        told = await session.facts("cancel_campaign", again)
        assert told["note"] == "Erased: 1 booked parts, 10 messages."
        assert not await standing(house)
        problem = await session.problem("cancel_campaign", {"campaign_id": campaign, "request_id": "third"})
        assert (problem["code"], "Nothing was cancelled" in problem["message"]) == ("state_changed", True)


async def test_a_no_leaves_every_booking(house: House) -> None:
    person = Person()
    async with fronted(house, person, clock=Clock(NOON), **SMALL) as session:
        campaign = await booked(house, session)
        person.action = "decline"
        problem = await session.problem("cancel_campaign", {"campaign_id": campaign})
        assert "Nothing was cancelled" in problem["message"]
        assert sum(map(len, (await standing(house)).values())) == 30
        assert (await of(session, campaign))["state"] == "done"


async def test_a_cancelled_campaign_erases_its_trial_and_does_not_send_its_rest(
    house: House, store_url: str
) -> None:
    store = {"store": {"url": store_url}}
    async with fronted(house, Person(), clock=Clock(NOON), **SMALL, **store) as session:
        assert session.parts
        campaign = await booked(house, session, 50, trial=20)
        assert (await of(session, campaign))["state"] == "holding"
        told = await session.facts("cancel_campaign", {"campaign_id": campaign})
        assert (told["recipients"], told["points_returned"]) == (50, 20)
        assert not await standing(house)
        usage = await session.parts.journal.read(ledger.usage)
        assert (usage.points_today, usage.recipients_today) == (0, 0)
