"""The same step of two campaigns, and two wishes for one: each is a call of its own, without a request_id."""

from tests.campaigns.test_bookings import NEW_TIME, NOON, SMALL, booked, standing
from tests.e2e.house import House
from tests.e2e.person import Person
from tests.gate.servers import Clock, fronted


async def test_a_second_campaign_is_moved_and_resumed_after_the_first(house: House) -> None:
    async with fronted(house, Person(), clock=Clock(NOON), **SMALL) as session:
        those = [await booked(house, session, 20, name=name, text=name, trial=10) for name in ("一", "二")]
        for tool, more in (("resume_campaign", {}), ("move_campaign", {"send_at": NEW_TIME})):
            for each in those:
                told = await session.facts(tool, {"campaign_id": each, **more})
                assert (told["campaign_id"], told["state"]) == (each, "running")
                await session.facts("pause_campaign", {"campaign_id": each})


async def test_who_says_no_to_a_time_can_be_asked_about_another(house: House) -> None:
    person = Person()
    async with fronted(house, person, clock=Clock(NOON), **SMALL) as session:
        campaign = await booked(house, session)
        person.action = "decline"
        early = {"campaign_id": campaign, "send_at": "2030-01-10T11:00:00+08:00"}
        assert (await session.problem("move_campaign", early))["code"] == "declined"
        person.action = "accept"
        told = await session.facts("move_campaign", {"campaign_id": campaign, "send_at": NEW_TIME})
        assert (told["state"], await standing(house)) == ("running", {})
