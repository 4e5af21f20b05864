"""While a person reads what a cancellation would do, nothing more of the campaign is sent."""

from collections.abc import Awaitable, Callable
from typing import Any

import anyio
import mcp_types as types

from server.campaigns.course import Course, Wave
from server.gate.campaign_chunks import ChunkSender
from tests.campaigns.playing import carried_out, people, planned, taken, texts_at_the_vendor, write_list
from tests.campaigns.test_bookings import NOON, SMALL, TOMORROW, of, standing
from tests.e2e.house import Facts, House, Session
from tests.e2e.person import Person
from tests.gate.servers import Clock, fronted, started, until, visited

Meanwhile = Callable[[], Awaitable[None]]


class Reader(Person):
    """Somebody who reads, while something else happens."""

    meanwhile: Meanwhile | None = None

    async def __call__(self, context: Any, params: types.ElicitRequestParams) -> types.ElicitResult:
        """Answer a form after that."""
        if self.meanwhile is not None:
            await self.meanwhile()
        return await super().__call__(context, params)


async def _under_way(house: House, session: Session, count: int = 1_020, **asked: Any) -> str:
    """A campaign that runs, after its first wave."""
    assert session.parts
    write_list(house, people(count))
    campaign: str = (await planned(session, **asked))["campaign_id"]
    await session.facts("start_campaign", {"campaign_id": campaign})
    await carried_out(session.parts, campaign, waves=1)
    return campaign


async def _wave(session: Session, campaign: str) -> Wave:
    assert session.parts
    course = Course(session.parts.campaigns, ChunkSender(session.parts.context))
    return await course.wave(campaign, await taken(session.parts, campaign))


async def _booked(house: House) -> int:
    return sum(map(len, (await standing(house)).values()))


async def test_nothing_is_booked_while_a_person_reads_and_a_yes_erases_what_was_shown(house: House) -> None:
    person, seen = Reader(), list[Facts]()
    async with fronted(house, person, clock=Clock(NOON), **SMALL) as session:
        campaign = await _under_way(house, session, 520, send_at=TOMORROW)

        async def meanwhile() -> None:
            assert await _wave(session, campaign) is Wave.LATER
            seen.append(await of(session, campaign))

        person.meanwhile = meanwhile
        told = await session.facts("cancel_campaign", {"campaign_id": campaign})
        assert "Nothing more of it is sent until this is answered" in person.asked[-1]
        assert "× 10" in person.asked[-1]
        (status,) = seen
        assert status["state"] == "running"
        assert "its cancellation" in status["conclusion"]
        assert "2030-01-09 12:10" in status["conclusion"]
        assert "A person answers" in status["next"]
        assert (told["state"], told["recipients"]) == ("cancelled", 520)
        assert await _booked(house) == 0


async def test_a_no_lets_it_go_on_as_it_was(house: House) -> None:
    person = Reader()
    async with fronted(house, person, clock=Clock(NOON), **SMALL) as session:
        assert session.parts
        campaign = await _under_way(house, session, 520, send_at=TOMORROW)
        person.action = "decline"
        await session.problem("cancel_campaign", {"campaign_id": campaign})
        assert "cancellation" not in (await of(session, campaign))["conclusion"]
        await carried_out(session.parts, campaign)
        assert (await of(session, campaign))["state"] == "booked"
        assert await _booked(house) == 520


async def test_a_question_that_nobody_answers_holds_until_its_time_is_over_whatever_died(
    house: House,
) -> None:
    clock = Clock(NOON)
    async with started(house, clock=clock, **SMALL) as parts:
        async with visited(parts, house.era, Person()) as session:
            campaign = await _under_way(house, session, 520, send_at=TOMORROW)
        async with visited(parts, house.era) as session:
            waiting = await session.facts("cancel_campaign", {"campaign_id": campaign})
        assert waiting["outcome"] == "approval_required"
    async with fronted(house, clock=clock, **SMALL) as session:
        assert session.parts
        assert await _wave(session, campaign) is Wave.LATER
        assert waiting["action_id"] in (await of(session, campaign))["next"]
        clock.advance(minutes=10, seconds=1)
        assert "cancellation" not in (await of(session, campaign))["conclusion"]
        await carried_out(session.parts, campaign)
        assert await _booked(house) == 520


async def test_what_was_to_go_at_once_waits_for_a_person_after_an_hour_of_waiting(house: House) -> None:
    clock, patient = Clock(NOON), {"approval": {"expires_s": 86_400}}
    async with started(house, clock=clock, **SMALL, **patient) as parts:
        async with visited(parts, house.era, Person()) as session:
            campaign = await _under_way(house, session, 520)
        async with visited(parts, house.era) as session:
            await session.facts("cancel_campaign", {"campaign_id": campaign})
            clock.advance(minutes=59)
            assert await _wave(session, campaign) is Wave.LATER
            clock.advance(minutes=2)
            assert await _wave(session, campaign) is Wave.OVER
            status = await of(session, campaign)
            assert status["state"] == "paused"
            assert "waited for a person for an hour or more" in status["conclusion"]
            assert len(await texts_at_the_vendor(house)) == 500


async def test_what_was_under_way_ends_first_and_is_in_the_list_and_nothing_follows_it(house: House) -> None:
    person = Reader()
    async with fronted(house, person, clock=Clock(NOON), **SMALL) as session:
        campaign = await _under_way(house, session, 700, send_at=TOMORROW)
        slow = {"path": "SendParamSMS.ashx", "fault": "slow", "seconds": 1, "times": 20}
        await house.vendor.control("faults", **slow)

        async def is_being_sent() -> bool:
            return (await of(session, campaign))["sending"] > 0

        async with anyio.create_task_group() as group:
            group.start_soon(_wave, session, campaign)
            await until(is_being_sent)
            told = await session.facts("cancel_campaign", {"campaign_id": campaign})
            assert told["recipients"] == 700
        booked = len(await texts_at_the_vendor(house))
        assert 500 < booked <= 600
        assert f"51.-{booked // 10}. × {booked - 500}" in person.asked[-1]
        assert await _booked(house) == 0
