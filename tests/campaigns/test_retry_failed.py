"""Those whom a campaign failed to reach, and a later text can, are planned again; the unknown ones never."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from server.batches.recorder import Recorder
from server.store.batches import ERASED
from server.store.campaign_batches import batches_of_campaign
from server.store.messages import BY_ASKING, BY_CALLBACK, Heard, hear
from server.store.plans import Connection
from tests.campaigns.playing import carried_out, people, planned, texts_at_the_vendor, write_list
from tests.command.terminal import run
from tests.console.at_page import signed_in
from tests.e2e.house import House, Session
from tests.e2e.person import Person
from tests.gate.servers import Clock, fronted

NOW = datetime(2026, 3, 1, tzinfo=UTC)
ARRIVES, OFF, DEAD, SILENT = "0912345100", "0912345101", "0912345103", "0912345000"
SAME = "【測試】明天見"
TEXTS = [
    pytest.param("【測試】{姓名}您好，明天見", id="with their names"),
    pytest.param(SAME, id="one text"),
]


async def sent(house: House, session: Session, text: str) -> str:
    """A campaign to four: one has it, one's phone was off, one number is dead, of one nothing is known."""
    assert session.parts
    numbers = (ARRIVES, OFF, DEAD, SILENT)
    write_list(house, [{"手機": each, "姓名": f"客戶{each[-3:]}"} for each in numbers])
    id_: str = (await planned(session, text=text))["campaign_id"]
    await session.facts("start_campaign", {"campaign_id": id_})
    await carried_out(session.parts, id_)
    await house.vendor.http.post("/_sandbox/clock", json={"advance_seconds": 3600})
    return id_


@pytest.mark.parametrize("text", TEXTS)
async def test_only_who_failed_and_can_be_reached_gets_the_same_text_again(house: House, text: str) -> None:
    person = Person()
    async with fronted(house, person) as session:
        assert session.parts
        plan = await session.facts("retry_failed", {"campaign_id": await sent(house, session, text)})
        assert (plan["recipients"], Decimal(str(plan["points"]))) == (1, 1)
        assert not any("had this text" in each for each in plan["warnings"])
        person.asked.clear()
        await session.facts("start_campaign", {"campaign_id": plan["campaign_id"]})
        assert len(person.asked) == 1
        await carried_out(session.parts, plan["campaign_id"])
        off = "+886" + OFF[1:]
        at_the_vendor = await texts_at_the_vendor(house)
        assert at_the_vendor[off, text.replace("{姓名}", "客戶101")] == 2
        assert sum(at_the_vendor.values()) == 5


@pytest.mark.parametrize("text", TEXTS)
async def test_the_question_of_a_retry_says_so_and_of_which_campaign(house: House, text: str) -> None:
    person = Person()
    async with fronted(house, person) as session:
        first = await sent(house, session, text)
        assert "retry" not in person.asked[-1]
        again = await session.facts("retry_failed", {"campaign_id": first})
        person.action = "decline"
        await session.problem("start_campaign", {"campaign_id": again["campaign_id"]})
    said = f"A retry of campaign {first}, for those alone whom it failed to reach."
    assert f"\nNote: {said}\n" in f"{person.asked[-1]}\n"


async def test_a_retry_is_told_as_one_on_the_card_in_the_terminal_and_in_chinese(house: House) -> None:
    async with fronted(house, Person()) as session:
        first = await sent(house, session, SAME)
        again = (await session.facts("retry_failed", {"campaign_id": first}))["campaign_id"]
    said = f"A retry of campaign {first}, for those alone whom it failed to reach."
    in_chinese = f"這是活動 {first} 的重新發送，只發給上次未送達的人。"
    assert said in " ".join((await run(house, "campaigns", "show", again)).out.split())
    async with fronted(house) as session:
        asked = await session.facts("start_campaign", {"campaign_id": again})
        assert said in asked["preview"]["warnings"]
        assert said in " ".join((await run(house, "approvals", typed="\n")).out.split())
        told = (await run(house, "approvals", typed="\n", LANGUAGE="zh-TW")).out
        assert in_chinese in told.replace("\n", "")
    for language, words in (("en", said), ("zh-TW", in_chinese)):
        async with signed_in(house, language=language) as (_, browser):
            assert words in (await browser.get(f"/approvals/{asked['action_id']}")).text


async def test_who_failed_by_a_callback_alone_had_the_text_as_far_as_anybody_knows(house: House) -> None:
    """Nobody signs a callback: what costs money waits until the vendor says it when it is asked."""
    async with fronted(house, Person()) as session:
        assert session.parts
        keeper = session.parts.memory.keeper
        first = await sent(house, session, "【測試】明天見")
        off = (await keeper.hashes(["+886" + OFF[1:]]))[0]

        def reported(conn: Connection) -> None:
            (batch,) = batches_of_campaign(conn, first)
            told = Heard(
                batch=batch.id,
                number=off,
                code=101,
                state="failed_retryable",
                heard=BY_CALLBACK,
                heard_at=NOW,
            )
            hear(conn, told)

        await session.parts.memory.catch_up()
        await keeper.write(reported)
        assert await had_it(session) == "4 had this text within 24 hours: they are left out when it is sent."
        await session.facts("retry_failed", {"campaign_id": first})
        assert await had_it(session) == "2 had this text within 24 hours: they are left out when it is sent."


async def a_day_later(house: House, clock: Clock) -> None:
    """The server and the vendor."""
    clock.advance(hours=25)
    await house.vendor.control("clock", advance_seconds=timedelta(hours=25).total_seconds())


async def started_and_carried_out(session: Session, id_: str) -> None:
    assert session.parts
    await session.facts("start_campaign", {"campaign_id": id_})
    await carried_out(session.parts, id_)


async def texts_to_off(house: House) -> int:
    return (await texts_at_the_vendor(house))["+886" + OFF[1:], SAME]


async def test_of_two_plans_of_the_same_failed_the_second_texts_nobody_whom_the_first_may_have_reached(
    house: House,
) -> None:
    """However late it is started: what was texted to whom is remembered for a day alone."""
    clock = Clock()
    async with fronted(house, Person(), clock=clock) as session:
        first = await sent(house, session, SAME)
        one, two = [
            (await session.facts("retry_failed", {"campaign_id": first}))["campaign_id"] for _ in range(2)
        ]
        await started_and_carried_out(session, one)
        await a_day_later(house, clock)
        await started_and_carried_out(session, two)
        assert await texts_to_off(house) == 2
        problem = await session.problem("retry_failed", {"campaign_id": first})
        assert problem["code"] == "nobody_left"


async def still(*_: object, **__: object) -> None:
    """The records of a server that is about to be killed."""


async def test_whom_a_server_reached_that_was_killed_then_is_known_to_the_next_before_it_goes_on(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it sent last is packed when the other plan, which is booked ahead, is carried out at once."""
    clock = Clock()
    async with fronted(house, Person(), clock=clock) as session:
        assert session.parts
        first = await sent(house, session, SAME)
        ahead = (clock() + timedelta(days=3)).isoformat()
        one, two = [
            (await session.facts("retry_failed", {"campaign_id": first, **more}))["campaign_id"]
            for more in ({}, {"send_at": ahead})
        ]
        for each in (one, two):
            await session.facts("start_campaign", {"campaign_id": each})
        with monkeypatch.context() as dying:
            dying.setattr(Recorder, "catch_up", still)
            await carried_out(session.parts, one)
            await a_day_later(house, clock)
        await carried_out(session.parts, two)
        assert await texts_to_off(house) == 2


@pytest.mark.parametrize("text", TEXTS)
async def test_whom_another_plan_may_have_reached_is_said_to_be_left_out_for_that(
    house: House, text: str
) -> None:
    async with fronted(house, Person()) as session:
        first = await sent(house, session, text)
        again = (await session.facts("retry_failed", {"campaign_id": first}))["campaign_id"]
        await started_and_carried_out(session, again)
        problem = await session.problem("retry_failed", {"campaign_id": first})
        assert "had the same text since, or may have: 1" in problem["message"]


async def test_who_failed_again_as_the_vendor_says_can_be_planned_a_third_time(house: House) -> None:
    clock = Clock()
    async with fronted(house, Person(), clock=clock) as session:
        first = await sent(house, session, SAME)
        again = (await session.facts("retry_failed", {"campaign_id": first}))["campaign_id"]
        await started_and_carried_out(session, again)
        await a_day_later(house, clock)
        await session.facts("retry_failed", {"campaign_id": again})
        plan = await session.facts("retry_failed", {"campaign_id": first})
        assert plan["recipients"] == 1
        await started_and_carried_out(session, plan["campaign_id"])
        assert await texts_to_off(house) == 3


async def test_whom_the_text_reached_after_the_plan_is_left_out_when_it_is_sent(house: House) -> None:
    clock = Clock()
    async with fronted(house, Person(), clock=clock) as session:
        assert session.parts
        keeper = session.parts.memory.keeper
        first = await sent(house, session, SAME)
        again = (await session.facts("retry_failed", {"campaign_id": first}))["campaign_id"]
        await a_day_later(house, clock)
        off = (await keeper.hashes(["+886" + OFF[1:]]))[0]

        def arrived(conn: Connection) -> None:
            (batch,) = batches_of_campaign(conn, first)
            told = Heard(
                batch=batch.id, number=off, code=100, state="delivered", heard=BY_ASKING, heard_at=clock()
            )
            hear(conn, told)

        await keeper.write(arrived)
        await started_and_carried_out(session, again)
        assert await texts_to_off(house) == 1


async def test_whom_a_booking_reached_before_the_rest_of_it_was_erased_is_not_texted_again(
    house: House,
) -> None:
    clock = Clock()
    async with fronted(house, Person(), clock=clock) as session:
        assert session.parts
        keeper = session.parts.memory.keeper
        first = await sent(house, session, SAME)
        await a_day_later(house, clock)
        numbers = [OFF, *(f"09123452{each:02}" for each in range(40))]
        write_list(house, [{"手機": each, "姓名": "某人"} for each in numbers])
        spread = (await planned(session, text=SAME, send_at=soon(clock), per_hour=10))["campaign_id"]
        await started_and_carried_out(session, spread)
        clock.advance(hours=2)
        await house.vendor.control("clock", advance_seconds=7_200)
        erased = await session.facts("cancel_campaign", {"campaign_id": spread})
        assert 0 < erased["recipients"] < len(numbers)
        await a_day_later(house, clock)
        off = (await keeper.hashes(["+886" + OFF[1:]]))[0]

        def arrived(conn: Connection) -> None:
            (batch,) = batches_of_campaign(conn, spread)
            assert batch.state == ERASED
            told = Heard(
                batch=batch.id, number=off, code=100, state="delivered", heard=BY_ASKING, heard_at=clock()
            )
            hear(conn, told)

        await session.parts.memory.catch_up()
        await keeper.write(arrived)
        problem = await session.problem("retry_failed", {"campaign_id": first})
        assert problem["code"] == "nobody_left"


def soon(clock: Clock) -> str:
    """An hour from now."""
    return (clock() + timedelta(hours=1)).isoformat()


async def had_it(session: Session) -> str:
    """What a plan of the same text warns of."""
    plan = await planned(session, text="【測試】明天見")
    return next(each for each in plan["warnings"] if "had this text" in each)


async def test_nothing_is_planned_again_of_what_was_not_started_or_whose_list_changed(house: House) -> None:
    async with fronted(house, Person()) as session:
        first = await sent(house, session, "【測試】{姓名}您好")
        other = (await planned(session, text="【測試】{姓名}，別的"))["campaign_id"]
        write_list(house, [{"手機": OFF, "姓名": "別人"}])
        for id_, said in (
            (other, "The campaign was not started"),
            (first, "The list's file was changed or moved since"),
        ):
            problem = await session.problem("retry_failed", {"campaign_id": id_})
            assert problem["message"].startswith(f"Nothing was planned and nothing was sent. {said}")
        stranger = await session.problem("retry_failed", {"campaign_id": "ZZZZ-ZZZZ"})
        assert stranger["code"] == "not_found"


async def test_before_anybody_is_known_to_have_failed_it_says_how_that_is_found_out(house: House) -> None:
    write_list(house, people(2))
    async with fronted(house, Person()) as session:
        assert session.parts
        campaign = {"campaign_id": (await planned(session))["campaign_id"]}
        await session.facts("start_campaign", campaign)
        await carried_out(session.parts, campaign["campaign_id"])
        told = await session.problem("retry_failed", campaign)
    assert told["code"] == "nobody_left"
    assert "summarize_delivery with refresh: true" in told["next"]
