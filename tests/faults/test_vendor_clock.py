"""The vendor's `Date` is compared with our clock: far apart warns, farther apart books nothing."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import mcp_types as types
import pytest

from server.vendors.clock import apart
from tests.e2e.eras import Era
from tests.e2e.person import Person
from tests.faults.front_door import CREDIT, LOOKING, RECEIPT, SEND, SENDING, front_door, posts
from tests.faults.scripted import Exchange, Play, ScriptedVendor, whole

WARNING = "minutes apart"
MOMENT = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)


def booked() -> dict[str, object]:
    """A send of tomorrow."""
    return {**SEND, "send_at": (datetime.now(UTC) + timedelta(days=1)).isoformat(timespec="seconds")}


def dated(body: str, **off: float) -> Play:
    """An answer of a vendor whose clock is off by so much."""

    async def play(exchange: Exchange) -> None:
        date = format_datetime(datetime.now(UTC) + timedelta(**off), usegmt=True)
        await whole(body, more=f"Date: {date}\r\n")(exchange)

    return play


class Reader(Person):
    """While they read, the vendor's clock becomes another."""

    def __init__(self, vendor: ScriptedVendor, then: Play) -> None:
        super().__init__()
        self._vendor, self._then = vendor, then

    async def __call__(self, context: Any, params: types.ElicitRequestParams) -> types.ElicitResult:
        """Answer a form."""
        self._vendor.plays[LOOKING] = self._then
        return await super().__call__(context, params)


@pytest.fixture
async def vendor(vendor: ScriptedVendor) -> ScriptedVendor:
    """Takes a send."""
    vendor.plays[SENDING] = whole(RECEIPT)
    return vendor


@pytest.mark.parametrize("off", [{"minutes": 3.5}, {"minutes": -3.5}])
async def test_clocks_that_are_minutes_apart_are_said_in_the_question(
    no_settings: Path, vendor: ScriptedVendor, era: Era, off: dict[str, float]
) -> None:
    vendor.plays[LOOKING] = dated(CREDIT, **off)
    person = Person()
    async with front_door(vendor, no_settings, era=era, person=person) as session:
        told = await session.facts("send_sms", booked())
    (question,) = person.asked
    assert "This machine's clock and the vendor's are 3 minutes apart" in question
    assert told["outcome"] == "done"


async def test_what_a_person_agreed_to_is_done_whatever_the_minutes_are_by_then(
    no_settings: Path, vendor: ScriptedVendor
) -> None:
    """The warning is frozen with the question, and no part of what must still hold."""
    vendor.plays[LOOKING] = dated(CREDIT, minutes=3.5)

    person = Reader(vendor, dated(CREDIT, minutes=7.5))
    async with front_door(vendor, no_settings, person=person) as session:
        assert (await session.facts("send_sms", SEND))["outcome"] == "done"
    assert [WARNING in question for question in person.asked] == [True]


@pytest.mark.parametrize("off", [{"minutes": 11.5}, {"minutes": -11.5}])
async def test_clocks_that_are_far_apart_book_nothing(
    no_settings: Path, vendor: ScriptedVendor, era: Era, off: dict[str, float]
) -> None:
    vendor.plays[LOOKING] = dated(CREDIT, **off)
    person = Person()
    async with front_door(vendor, no_settings, era=era, person=person) as session:
        for arguments in (booked(), {**booked(), "dry_run": True}):
            refused = await session.problem("send_sms", arguments)
            assert refused["code"] == "clocks_apart"
            assert "Nothing was sent." in refused["message"]
            assert "are 11 minutes apart" in refused["message"]
        assert (posts(vendor), person.asked) == (0, [])
        assert (await session.facts("send_sms", SEND))["outcome"] == "done"
    assert WARNING in person.asked[0]


async def test_a_clock_that_went_wrong_while_the_person_read_books_nothing(
    no_settings: Path, vendor: ScriptedVendor
) -> None:
    vendor.plays[LOOKING] = dated(CREDIT)
    person = Reader(vendor, dated(CREDIT, minutes=-30))
    async with front_door(vendor, no_settings, person=person) as session:
        assert (await session.problem("send_sms", booked()))["code"] == "clocks_apart"
    assert (posts(vendor), len(person.asked)) == (0, 1)


async def test_a_clock_that_was_set_right_books_again(no_settings: Path, vendor: ScriptedVendor) -> None:
    vendor.plays[LOOKING] = dated(CREDIT, hours=5)
    async with front_door(vendor, no_settings) as session:
        assert (await session.problem("send_sms", booked()))["code"] == "clocks_apart"
        vendor.plays[LOOKING] = dated(CREDIT, minutes=1)
        assert (await session.facts("send_sms", booked()))["outcome"] == "done"


async def test_a_vendor_that_falls_silent_takes_back_nothing(
    no_settings: Path, vendor: ScriptedVendor
) -> None:
    vendor.plays[LOOKING] = dated(CREDIT, hours=5)
    async with front_door(vendor, no_settings) as session:
        await session.facts("query_credit")
        vendor.plays[LOOKING] = whole(CREDIT)
        assert (await session.problem("send_sms", booked()))["code"] == "clocks_apart"


@pytest.mark.parametrize(
    "date",
    [
        "",
        "Date: soon\r\n",
        "Date: Tue, 31 Feb 2026 10:00:00 GMT\r\n",
        "Date: Tue, 01 Dec 2020 10:00:00 +0800\r\n",
    ],
)
async def test_a_date_that_cannot_be_read_says_nothing(
    no_settings: Path, vendor: ScriptedVendor, date: str
) -> None:
    vendor.plays[LOOKING] = whole(CREDIT, more=date)
    person = Person()
    async with front_door(vendor, no_settings, person=person) as session:
        assert (await session.facts("send_sms", booked()))["outcome"] == "done"
    assert WARNING not in person.asked[0]


@pytest.mark.parametrize(
    ("took", "off", "seconds"),
    [
        (0, 0, 0),
        (0, -1, 0),
        (0, 130, 130),
        (0, -130, -129),
        (30, 130, 100),
        (30, -130, -129),
        (30, 20, 0),
    ],
)
def test_whole_seconds_and_the_time_of_the_exchange_are_allowed_for(
    took: float, off: float, seconds: float
) -> None:
    date = format_datetime(MOMENT + timedelta(seconds=off), usegmt=True)
    assert apart(date, MOMENT, MOMENT + timedelta(seconds=took)) == timedelta(seconds=seconds)
