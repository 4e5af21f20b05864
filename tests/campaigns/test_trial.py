"""A trial first: the rest follows by itself on the terms that a person agreed to, and else waits for them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.campaigns.course import Course, Wave
from server.campaigns.worker import Worker
from server.gate.campaign_chunks import ChunkSender
from server.store import campaigns
from server.store.campaigns import Held
from tests.campaigns.playing import Row, carried_out, people, planned, taken, texts_at_the_vendor, write_list
from tests.command.terminal import run
from tests.e2e.house import Facts, House, Session
from tests.e2e.person import Person
from tests.e2e.sql import run_sql, store_of
from tests.gate.servers import Clock, fronted
from tools.campaigns.trial import Outcome, against, read_terms, read_trial
from tools.problems import InvalidArgumentError

SMALL: dict[str, Any] = {"every8d": {"max_recipients": 10}}
TERMS = "delivered>=90, failed<=10, opt_outs<=0, within=60m"
NOON = datetime(2030, 1, 9, 4, tzinfo=UTC)
"""In Taipei."""


def failing(count: int, first: int = 0) -> list[Row]:
    """Recipients whose texts fail for good at the sandbox, by the end of their number."""
    return [{"手機": f"+8869{30_000_103 + 1_000 * (first + n):08}", "姓名": "無"} for n in range(count)]


async def tried(house: House, session: Session, rows: list[Row], **asked: Any) -> str:
    """A campaign whose trial is out; its id."""
    assert session.parts
    write_list(house, rows)
    plan = await planned(session, **{"trial": "20", "release": TERMS, **asked})
    started = await session.facts("start_campaign", {"campaign_id": plan["campaign_id"]})
    assert started["outcome"] == "done"
    await carried_out(session.parts, plan["campaign_id"], waves=2)
    return plan["campaign_id"]


async def watched(house: House, session: Session, clock: Clock, campaign: str, **later: float) -> Facts:
    """How it is once that time has passed and its worker looked."""
    assert session.parts
    clock.advance(**later)
    await house.vendor.control("clock", advance_seconds=timedelta(**later).total_seconds())
    await carried_out(session.parts, campaign, waves=3)
    return await session.facts("get_campaign", {"campaign_id": campaign})


async def test_the_rest_follows_by_itself_once_the_trial_was_watched_and_its_terms_hold(house: House) -> None:
    clock, person = Clock(NOON), Person()
    async with fronted(house, person, clock=clock, **SMALL) as session:
        campaign = await tried(house, session, people(60))
        assert "at least 90 % have it" in person.asked[0]
        assert "at most 0 opted out" in person.asked[0]
        assert len(await texts_at_the_vendor(house)) == 20
        status = await session.facts("get_campaign", {"campaign_id": campaign})
        assert status["next"].startswith("Its trial is watched until 2030-01-09T13:00:00+08:00.")
        shown = await run(house, "campaigns", "show", campaign)
        assert "Its trial is watched until 2030-01-09 13:00." in shown.out
        status = await watched(house, session, clock, campaign, minutes=59)
        assert (status["state"], status["sent"]) == ("running", 20)
        assert "watched until" in status["next"]
        status = await watched(house, session, clock, campaign, minutes=2)
        assert (status["state"], status["sent"]) == ("done", 60)
        assert "watched until" not in status["next"]
        assert set((await texts_at_the_vendor(house)).values()) == {1}


async def test_a_trial_of_which_a_part_waits_is_not_watched_yet(house: House) -> None:
    async with fronted(house, Person(), clock=Clock(NOON), **SMALL) as session:
        campaign = await tried(house, session, people(60))
        status = await session.facts("get_campaign", {"campaign_id": campaign})
        assert "watched until" in status["next"]
        await run_sql(store_of(house), "UPDATE campaign_chunks SET state = 'waiting' WHERE number = 2")
        status = await session.facts("get_campaign", {"campaign_id": campaign})
        assert (status["state"], "watched until" in status["next"]) == ("running", False)


async def test_failures_hold_the_rest_at_once_and_a_person_reads_why(house: House) -> None:
    clock = Clock(NOON)
    async with fronted(house, Person(), clock=clock, **SMALL) as session:
        assert session.parts
        campaign = await tried(house, session, [*failing(5), *people(55)])
        status = await watched(house, session, clock, campaign, minutes=61)
        assert (status["state"], status["waiting"]) == ("holding", 40)
        assert "25 % failed for good (5 of 20), at most 10 % were asked for" in status["conclusion"]
        assert "watched until" not in status["next"]
        assert len(await texts_at_the_vendor(house)) == 20


async def test_a_trial_of_which_too_little_is_known_at_the_end_waits_for_a_person(house: House) -> None:
    clock = Clock(NOON)
    async with fronted(house, Person(), clock=clock, **SMALL) as session:
        campaign = await tried(house, session, people(60))
        await house.vendor.control("faults", path="getDeliveryStatus.ashx", fault="http_500", times=50)
        status = await watched(house, session, clock, campaign, minutes=61)
        assert status["state"] == "holding"
        assert "of 20 nothing final is known" in status["conclusion"]


async def test_a_trial_that_was_watched_into_another_day_waits_for_a_person(house: House) -> None:
    clock = Clock(datetime(2030, 1, 9, 15, 30, tzinfo=UTC))
    async with fronted(house, Person(), clock=clock, **SMALL) as session:
        campaign = await tried(house, session, people(60))
        status = await watched(house, session, clock, campaign, minutes=61)
        assert status["state"] == "holding"
        assert "another day" in status["conclusion"]


@pytest.mark.parametrize(("share", "first"), [("2%", 2), ("15%", 9), ("50 %", 30), ("0.1%", 1), ("100%", 60)])
async def test_a_share_goes_first_rounded_up_and_everybody_is_texted_once(
    house: House, share: str, first: int
) -> None:
    async with fronted(house, Person(), **SMALL) as session:
        assert session.parts
        campaign = await tried(house, session, people(60), trial=share, release="")
        assert len(await texts_at_the_vendor(house)) == first
        if first < 60:
            await session.facts("resume_campaign", {"campaign_id": campaign})
            await carried_out(session.parts, campaign)
        status = await session.facts("get_campaign", {"campaign_id": campaign})
        assert (status["state"], status["sent"], status["points"]) == ("done", 60, 60)
        assert set((await texts_at_the_vendor(house)).values()) == {1}
        assert len(await texts_at_the_vendor(house)) == 60


async def test_a_booked_rest_is_not_booked_before_the_trial_was_watched(house: House) -> None:
    clock = Clock(NOON)
    async with fronted(house, Person(), clock=clock, **SMALL) as session:
        write_list(house, people(30))
        plan = await planned(session, trial=20, release=TERMS, send_at="2030-01-10T10:00:00+08:00")
        assert plan["ends_at"] == "2030-01-10T11:00:00+08:00"


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"trial": "ten"}, "trial"),
        ({"trial": "101%"}, "trial"),
        ({"trial": "1.5"}, "trial"),
        ({"release": TERMS}, "release"),
        ({"trial": "20", "release": "delivered>=90"}, "release"),
        ({"trial": "20", "release": f"{TERMS}, within=5m"}, "release"),
        ({"trial": "20", "release": TERMS.replace(">=90", "<=90")}, "release"),
        ({"trial": "20", "release": TERMS.replace("60m", "13h")}, "release"),
        ({"trial": "2%", "release": TERMS, "send_at": "2027-01-10T10:00:00+08:00"}, "trial"),
    ],
)
async def test_a_trial_that_cannot_be_understood_is_refused_by_its_name(
    house: House, asked: dict[str, Any], field: str
) -> None:
    async with fronted(house, Person(), **SMALL) as session:
        write_list(house, people(3))
        problem = await session.problem("plan_campaign", {**_PLAN, **asked})
        assert (problem["code"], field in problem["message"]) == ("invalid_arguments", True), problem


_PLAN = {"name": "提醒", "list": "due.csv", "text": "【測試】您好"}


async def test_a_campaign_that_was_held_up_for_hours_waits_for_a_person(house: House) -> None:
    clock = Clock(NOON)
    async with fronted(house, Person(), clock=clock, **SMALL) as session:
        assert session.parts
        write_list(house, people(600))
        campaign = (await planned(session))["campaign_id"]
        await session.facts("start_campaign", {"campaign_id": campaign})
        epoch = await taken(session.parts, campaign)
        course = Course(session.parts.campaigns, ChunkSender(session.parts.context), rounds=1)
        assert await course.wave(campaign, epoch) is Wave.MORE
        clock.advance(minutes=59)
        assert await looked_after(session) == [campaign]
        clock.advance(hours=14)
        assert not await looked_after(session)
        status = await session.facts("get_campaign", {"campaign_id": campaign})
        assert (status["state"], status["sent"]) == ("paused", 500)
        assert "nobody carried it out for an hour or more" in status["conclusion"]
        await session.facts("resume_campaign", {"campaign_id": campaign})
        assert await looked_after(session) == [campaign]


async def test_a_booked_campaign_goes_on_whenever_a_worker_comes_back(house: House) -> None:
    clock = Clock(NOON)
    async with fronted(house, Person(), clock=clock, **SMALL) as session:
        write_list(house, people(600))
        campaign = (await planned(session, send_at="2030-01-11T10:00:00+08:00"))["campaign_id"]
        await session.facts("start_campaign", {"campaign_id": campaign})
        clock.advance(hours=14)
        assert await looked_after(session) == [campaign]


async def looked_after(session: Session) -> list[str]:
    """The campaigns that a worker takes over which comes now, and lets go again."""
    assert session.parts
    keeper, begun = session.parts.memory.keeper, list[str]()

    async def carry(campaign: str, epoch: int) -> None:
        begun.append(campaign)
        await keeper.write(lambda conn: campaigns.let_go(conn, Held(campaign, epoch), "another"))
        work.cancel()

    with anyio.CancelScope() as work:
        await Worker(keeper, "another", carry, session.parts.book).work(until_idle=True)
    return begun


@given(
    count=st.integers(1, 500),
    delivered=st.integers(0, 500),
    failed=st.integers(0, 500),
    opt_outs=st.integers(0, 3),
    limit=st.tuples(st.integers(0, 100), st.integers(0, 100), st.integers(0, 3)),
)
def test_what_holds_before_the_end_holds_at_the_end_and_what_is_released_keeps_its_terms(
    count: int, delivered: int, failed: int, opt_outs: int, limit: tuple[int, int, int]
) -> None:
    least, most, outs = limit
    terms = read_terms(f"delivered>={least}%, failed<={most}, opt_outs≤{outs}, within=1h")
    delivered = min(delivered, count)
    failed = min(failed, count - delivered)
    outcome = Outcome(
        recipients=count, delivered=delivered, not_delivered=failed, failed=failed, opt_outs=opt_outs
    )
    early, late = against(terms, outcome, over=False), against(terms, outcome, over=True)
    assert bool(late) or not early
    holds = delivered * 100 >= least * count and failed * 100 <= most * count and opt_outs <= outs
    assert holds is (not late)


@given(recipients=st.integers(1, 100_000), share=st.decimals("0.01", 100, places=2))
def test_a_share_is_never_less_than_was_asked_nor_a_whole_recipient_more(recipients: int, share: Any) -> None:
    first = read_trial(f"{share}%", "", booked=False).of(recipients)
    assert 0 <= first * 100 - recipients * share < 100


def test_terms_are_told_as_they_were_written() -> None:
    assert str(read_terms(" within=1h,failed<=2.50%,delivered>=95 %, opt_outs<=0")) == (
        "delivered>=95, failed<=2.5, opt_outs<=0, within=60m"
    )
    with pytest.raises(InvalidArgumentError, match="within"):
        read_terms("delivered>=1, failed<=1, opt_outs<=1")
