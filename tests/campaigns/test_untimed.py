"""Parts whose bookings were erased, and that have no other time yet: it is said, and a move books those."""

from collections import Counter
from datetime import timedelta
from typing import Any

from server.store import ledger
from tests.campaigns.playing import carried_out
from tests.campaigns.test_bookings import NEW_TIME, NOON, SMALL, TOMORROW, booked, of, standing
from tests.e2e.house import Facts, House, Session
from tests.e2e.person import Person
from tests.gate.servers import Clock, fronted
from tools.taipei import as_taipei


async def _later(house: House, clock: Clock, **by: float) -> None:
    """The server and the vendor, so much later."""
    clock.advance(**by)
    await house.vendor.control("clock", advance_seconds=timedelta(**by).total_seconds())


def _in_hours(clock: Clock, hours: int) -> str:
    return as_taipei(clock() + timedelta(hours=hours)).replace(microsecond=0).isoformat()


async def _half_moved(house: House, session: Session, count: int = 30, **asked: Any) -> tuple[str, str]:
    """A campaign that was moved but for a part whose erasing lost its answer; that erasing's action."""
    assert session.parts
    campaign = await booked(house, session, count, **asked)
    await house.vendor.control("faults", path="eraseBooking.ashx", fault="reset_after", times=1)
    await session.facts("move_campaign", {"campaign_id": campaign, "send_at": NEW_TIME})
    await carried_out(session.parts, campaign)
    (row,) = await session.parts.campaigns.erasings_in_doubt(campaign)
    return campaign, row


async def _moved(session: Session, campaign: str, send_at: str = NEW_TIME) -> Facts:
    assert session.parts
    again = {"campaign_id": campaign, "send_at": send_at, "request_id": "again"}
    told = await session.facts("move_campaign", again)
    await carried_out(session.parts, campaign)
    return told


def _each_once(times: dict[str, list[str]], count: int) -> None:
    numbers = Counter(mobile for those in times.values() for mobile in those)
    assert (len(numbers), set(numbers.values())) == (count, {1})


async def test_who_has_no_time_is_said_and_booked_anew_by_another_move(house: House, store_url: str) -> None:
    person, store = Person(), {"store": {"url": store_url}}
    async with fronted(house, person, clock=Clock(NOON), **SMALL, **store) as session:
        assert session.parts
        campaign, erasing = await _half_moved(house, session)
        status = await of(session, campaign)
        assert f"reconcile_action for {erasing}: nobody knows whether these were erased." in status["next"]
        assert "no time" not in status["conclusion"]
        await session.facts("reconcile_action", {"action_id": erasing})
        status = await of(session, campaign)
        assert "10 recipients in 1 part have no time: their bookings were erased." in status["conclusion"]
        assert "are not sent" not in status["conclusion"]
        assert "move_campaign (another request_id) gives them one" in status["next"]
        usage = await session.parts.journal.read(ledger.usage)
        assert (usage.points_today, usage.recipients_today) == (20, 20)
        before = await standing(house)
        _each_once(before, 20)
        told = await _moved(session, campaign)
        assert "10 whose bookings were erased already are booked anew, for 10 points." in person.asked[-1]
        assert told["recipients"] == 10
        _each_once(await standing(house), 30)
        status = await of(session, campaign)
        assert "no time" not in status["conclusion"] + status["next"]
        usage = await session.parts.journal.read(ledger.usage)
        assert (usage.points_today, usage.recipients_today) == (30, 30)


async def test_who_has_no_time_is_booked_anew_although_the_time_of_the_erased_booking_has_passed(
    house: House,
) -> None:
    clock = Clock(NOON)
    async with fronted(house, Person(), clock=clock, **SMALL) as session:
        assert session.parts
        campaign, erasing = await _half_moved(house, session)
        await session.facts("reconcile_action", {"action_id": erasing})
        await _later(house, clock, hours=24)
        await session.parts.retention.purge("a test")
        before = set(await standing(house))
        await _moved(session, campaign)
        now = await standing(house)
        assert set(now) == before
        _each_once(now, 30)


async def test_of_a_part_that_was_erased_in_part_nobody_is_booked_anew(house: House) -> None:
    clock = Clock()
    async with fronted(house, Person(), clock=clock, **SMALL) as session:
        assert session.parts
        campaign = await booked(house, session, 10, send_at=_in_hours(clock, 1), per_hour=10)
        await _later(house, clock, hours=1, minutes=20)
        await house.vendor.control("faults", path="eraseBooking.ashx", fault="reset_after", times=1)
        moved = {"campaign_id": campaign, "send_at": _in_hours(clock, 5)}
        await session.facts("move_campaign", moved)
        (erasing,) = await session.parts.campaigns.erasings_in_doubt(campaign)
        await session.facts("reconcile_action", {"action_id": erasing})
        assert not await standing(house)
        assert "no time" not in (await of(session, campaign))["conclusion"]
        await carried_out(session.parts, campaign)
        problem = await session.problem("move_campaign", {**moved, "request_id": "again"})
        assert "Nothing of it is still ahead" in problem["message"]


async def test_a_resumption_says_who_gets_nothing_by_it(house: House) -> None:
    person = Person()
    async with fronted(house, person, clock=Clock(NOON), **SMALL) as session:
        assert session.parts
        campaign = await booked(house, session, 30, trial=20)
        await house.vendor.control("faults", path="eraseBooking.ashx", fault="reset_after", times=1)
        await session.facts("move_campaign", {"campaign_id": campaign, "send_at": NEW_TIME})
        (erasing,) = await session.parts.campaigns.erasings_in_doubt(campaign)
        await session.facts("reconcile_action", {"action_id": erasing})
        await session.facts("pause_campaign", {"campaign_id": campaign})
        await session.facts("resume_campaign", {"campaign_id": campaign})
        assert "10 whose bookings were erased get nothing by this: move_campaign books" in person.asked[-1]


async def test_a_cancelled_campaign_forgets_who_had_no_time(house: House) -> None:
    async with fronted(house, Person(), clock=Clock(NOON), **SMALL) as session:
        assert session.parts
        campaign, erasing = await _half_moved(house, session)
        await session.facts("reconcile_action", {"action_id": erasing})
        await session.facts("cancel_campaign", {"campaign_id": campaign})
        status = await of(session, campaign)
        assert "30 are not sent." in status["conclusion"]
        assert "move_campaign" not in status["next"]
        assert not await standing(house)


async def test_an_erasing_that_is_proven_frees_the_text_for_the_same_people(house: House) -> None:
    person = Person()
    async with fronted(house, person, clock=Clock(NOON)) as session:
        assert session.parts
        send = {"recipients": ["0912345111"], "text": "明天見", "send_at": TOMORROW}
        sent = await session.facts("send_sms", send)
        await house.vendor.control("faults", path="eraseBooking.ashx", fault="reset_after", times=1)
        erased = await session.facts("erase_sms_booking", {"batch_id": sent["batch_id"]})
        assert erased["outcome"] == "unknown"
        await session.facts("reconcile_action", {"action_id": erased["action_id"]})
        usage = await session.parts.journal.read(ledger.usage)
        assert (usage.points_today, usage.recipients_today) == (0, 0)
        again = await session.facts("send_sms", {**send, "request_id": "again"})
        assert again["outcome"] == "done"
        assert "had this" not in person.asked[-1]
