"""What a campaign has booked is erased or moved with it: each part once, and said part by part."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from server.ledger.claiming import LEASE_SECONDS
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
        assert status["next"] == "Nothing: none of it goes out."
        assert not await standing(house)
        usage = await session.parts.journal.read(ledger.usage)
        assert (usage.points_today, usage.recipients_today) == (0, 0)


async def test_what_is_booked_is_told_as_still_to_go_out_until_it_went(house: House) -> None:
    clock = Clock(NOON)
    async with fronted(house, Person(), clock=clock, **SMALL) as session:
        campaign = await booked(house, session)
        ahead = await of(session, campaign)
        assert "30 of 30 were given to the vendor (30 still to go out)" in ahead["conclusion"]
        assert "cancel_campaign or move_campaign takes it back" in ahead["next"]
        clock.advance(days=1)
        went = await of(session, campaign)
        assert "still to go out" not in went["conclusion"]
        assert went["next"] == f"summarize_delivery (batch_id: {campaign}) tells what arrived."
        other = await booked(house, session, send_at="2030-01-13T10:00:00+08:00", name="第二檔")
        told = await session.facts("summarize_delivery", {"batch_id": campaign})
        assert (told["batches"], told["counts"]["pending"]) == (3, 30)
        assert campaign != other
        problem = await session.problem("summarize_delivery", {"batch_id": "7KQ2-M9XD"})
        assert (problem["code"], "get_campaign" in problem["next"]) == ("not_found", True)


async def test_a_part_whose_time_passed_while_it_waited_for_its_call_is_certainly_not_sent(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker that stands still within its lease: of a time that is past the vendor says two things."""
    clock = Clock(NOON)
    async with fronted(house, Person(), clock=clock, **SMALL) as session:
        assert session.parts
        claim = session.parts.book.claim_chunk

        async def stand_still(*given: Any) -> Any:
            claimed = await claim(*given)
            clock.advance(seconds=LEASE_SECONDS - 1)
            return claimed

        monkeypatch.setattr(session.parts.book, "claim_chunk", stand_still)
        soon = (NOON + timedelta(minutes=3)).isoformat()
        status = await of(session, await booked(house, session, 10, send_at=soon))
        assert (status["failed"], status["unknown"], status["sent"]) == (10, 0, 0)
        assert not await standing(house)


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
        assert (await of(session, campaign))["state"] == "booked"


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


NEW_TIME = "2030-01-11T09:00:00+08:00"


async def test_a_moved_campaign_is_booked_anew_for_everybody_once(house: House, store_url: str) -> None:
    person, store = Person(), {"store": {"url": store_url}}
    async with fronted(house, person, clock=Clock(NOON), **SMALL, **store) as session:
        assert session.parts
        campaign = await booked(house, session)
        told = await session.facts("move_campaign", {"campaign_id": campaign, "send_at": NEW_TIME})
        assert "Points that come back: about 30." in person.asked[-1]
        assert (told["state"], told["recipients"], told["points_returned"]) == ("running", 30, 30)
        await carried_out(session.parts, campaign)
        now = await standing(house)
        assert {time[:16]: len(those) for time, those in now.items()} == {"2030-01-11T09:00": 30}
        assert len({*next(iter(now.values()))}) == 30
        status = await of(session, campaign)
        assert (status["state"], status["sent"], status["points"]) == ("booked", 30, 30)
        usage = await session.parts.journal.read(ledger.usage)
        assert (usage.points_today, usage.recipients_today) == (30, 30)
        again = await session.facts("move_campaign", {"campaign_id": campaign, "send_at": NEW_TIME})
        assert again["replayed"]
        told = await session.facts("move_campaign", {"campaign_id": campaign, "send_at": TOMORROW})
        assert "replayed" not in told
        await carried_out(session.parts, campaign)
        assert {time[:16] for time in await standing(house)} == {"2030-01-10T10:00"}


async def test_a_part_whose_erasing_is_unknown_or_refused_is_not_booked_anew(house: House) -> None:
    async with fronted(house, Person(), clock=Clock(NOON), **SMALL) as session:
        assert session.parts
        campaign = await booked(house, session, 50)
        await house.vendor.control("faults", path="eraseBooking.ashx", fault="reset_after", times=1)
        told = await session.facts("move_campaign", {"campaign_id": campaign, "send_at": NEW_TIME})
        assert (told["recipients"], told["points_returned"]) == (40, 40)
        assert "Of unknown outcome, these may go out" in told["note"]
        await carried_out(session.parts, campaign)
        now = await standing(house)
        assert sum(map(len, now.values())) == 40
        assert len({mobile for those in now.values() for mobile in those}) == 40


async def test_a_paused_campaign_that_was_to_go_at_once_gets_a_time(house: House) -> None:
    async with fronted(house, Person(), clock=Clock(NOON), **SMALL) as session:
        assert session.parts
        write_list(house, people(1_000))
        campaign = (await planned(session))["campaign_id"]
        await session.facts("start_campaign", {"campaign_id": campaign})
        problem = await session.problem("move_campaign", {"campaign_id": campaign, "send_at": NEW_TIME})
        assert "Nothing was moved. The campaign is running." in problem["message"]
        await carried_out(session.parts, campaign, waves=1)
        await session.facts("pause_campaign", {"campaign_id": campaign})
        told = await session.facts("move_campaign", {"campaign_id": campaign, "send_at": NEW_TIME})
        assert (told["state"], told["recipients"]) == ("running", 500)
        await carried_out(session.parts, campaign)
        now = await standing(house)
        assert {time[:16]: len(those) for time, those in now.items()} == {"2030-01-11T09:00": 500}


async def test_a_move_keeps_the_pace_and_the_pause_of_the_day(house: House) -> None:
    async with fronted(house, Person(), clock=Clock(NOON), **SMALL) as session:
        assert session.parts
        campaign = await booked(house, session, per_hour=10, not_between="12:00-13:00")
        moved = {"campaign_id": campaign, "send_at": "2030-01-11T11:00:00+08:00"}
        await session.facts("move_campaign", moved)
        await carried_out(session.parts, campaign)
        times = sorted(await standing(house))
        assert len(times) == 30
        assert not [time for time in times if time[11:13] == "12"]
        assert times[0][:16] == "2030-01-11T11:00"


async def test_a_time_that_a_rule_forbids_moves_nothing(house: House) -> None:
    quiet = {"policy": {"quiet_hours": {"start": "21:00", "end": "08:00"}}}
    async with fronted(house, Person(), clock=Clock(NOON), **SMALL, **quiet) as session:
        campaign = await booked(house, session)
        late = {"campaign_id": campaign, "send_at": "2030-01-11T22:00:00+08:00"}
        problem = await session.problem("move_campaign", late)
        assert problem["code"] == "policy_refused"
        assert sum(map(len, (await standing(house)).values())) == 30


async def test_a_later_time_that_cannot_be_is_refused_before_anybody_is_asked(house: House) -> None:
    quiet = {"policy": {"quiet_hours": {"start": "21:00", "end": "08:00"}}}
    person = Person()
    async with fronted(house, person, clock=Clock(NOON), **SMALL, **quiet) as session:
        assert session.parts
        campaign = await booked(house, session, per_hour=10)
        asked = len(person.asked)
        late = {"campaign_id": campaign, "send_at": "2030-01-11T19:00:00+08:00"}
        problem = await session.problem("move_campaign", late)
        assert problem["code"] == "policy_refused"
        assert "send_at: by the plan's pace" in problem["message"]
        assert "from 2030-01-11 19:00 to 2030-01-11 21:54" in problem["message"]
        assert "QUIET_HOURS" in problem["message"]
        assert "Nothing was moved." in problem["message"]
        assert "Give another send_at" in problem["next"]
        far = {"campaign_id": campaign, "send_at": "2031-01-09T11:30:00+08:00"}
        problem = await session.problem("move_campaign", far)
        assert (
            "send_at: by the plan's pace the last text would go out at 2031-01-09 14:24" in problem["message"]
        )
        assert len(person.asked) == asked
        early = {"campaign_id": campaign, "send_at": "2030-01-11T18:00:00+08:00"}
        assert (await session.facts("move_campaign", early))["recipients"] == 30


async def test_a_campaign_that_is_booked_whole_is_booked_until_its_last_text_went_out(house: House) -> None:
    """It is not done: it can be taken back."""
    clock = Clock(NOON)
    async with fronted(house, Person(), clock=clock, **SMALL) as session:
        campaign = await booked(house, session)
        ahead = await of(session, campaign)
        assert ahead["state"] == "booked"
        assert ahead["next"] == (
            "It goes out by itself until 2030-01-10T10:00:00+08:00; before that cancel_campaign or "
            "move_campaign takes it back."
        )
        assert "booked" in str(await session.facts("list_campaigns"))
        refused = await session.problem("resume_campaign", {"campaign_id": campaign})
        assert "The campaign is booked at the vendor." in refused["message"]
        clock.advance(seconds=24 * 3_600)
        assert (await of(session, campaign))["state"] == "done"
        assert "booked" not in str(await session.facts("list_campaigns"))
