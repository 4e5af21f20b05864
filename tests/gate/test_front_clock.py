"""A clock that jumped back sends nothing: caps and the 24 hours cannot be replayed."""

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
