"""A clock that jumped back sends nothing: caps and the 24 hours cannot be replayed."""

import pytest

from server.ledger.deciding import Decision
from server.ledger.past import ClockBackError
from tests.e2e.house import House
from tests.e2e.person import Person
from tests.gate.servers import FREE, FREE_SEND, LAUNCH, SEND, Clock, fronted, posts


async def test_a_clock_that_jumped_back_refuses_what_costs_until_it_is_past(house: House) -> None:
    clock = Clock()
    policy = FREE | {"recipients_per_day": 1}
    async with fronted(house, Person(), clock=clock, policy=policy) as session:
        await session.facts("send_sms", FREE_SEND)
        clock.advance(days=-2)
        for tool, arguments in (("send_sms", FREE_SEND), ("send_sms", SEND), ("terminate_launch", LAUNCH)):
            refused = await session.problem(tool, arguments)
            assert refused["code"] == "clock_went_back"
            assert "Nothing was" in refused["message"]
        assert (await session.facts("pause_launch", LAUNCH))["outcome"] == "done"
        assert "credit" in await session.facts("query_credit")
    assert await posts(house) == 2


async def test_a_clock_that_jumps_back_between_the_last_look_and_the_claim_refuses_the_claim(
    house: House,
) -> None:
    clock = Clock()
    async with fronted(house, clock=clock) as session:
        asked = (await session.facts("send_sms", SEND))["action_id"]
        assert session.parts is not None
        assert await session.parts.book.approve(asked, Decision(by="a person", channel="terminal"))
        clock.advance(minutes=-3)
        with pytest.raises(ClockBackError):
            await session.parts.book.claim(asked, ())
        clock.advance(minutes=3)
        assert (await session.facts("send_sms", SEND))["outcome"] == "done"


async def test_after_the_moment_is_past_it_goes_on(house: House) -> None:
    clock = Clock()
    async with fronted(house, clock=clock, policy=FREE) as session:
        await session.facts("send_sms", FREE_SEND)
        clock.advance(minutes=-3)
        await session.problem("send_sms", FREE_SEND | {"text": "later"})
        clock.advance(minutes=3)
        assert (await session.facts("send_sms", FREE_SEND | {"text": "later"}))["outcome"] == "done"
    assert await posts(house) == 2


async def test_a_few_seconds_between_machines_are_no_jump(house: House) -> None:
    clock = Clock()
    async with fronted(house, clock=clock, policy=FREE) as session:
        await session.facts("send_sms", FREE_SEND)
        clock.advance(seconds=-4)
        assert (await session.facts("send_sms", FREE_SEND | {"text": "later"}))["outcome"] == "done"
    assert await posts(house) == 2
