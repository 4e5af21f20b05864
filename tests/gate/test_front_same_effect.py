"""The same text to the same number, by whatever call: not free, said in the question, not while unknown."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import anyio
import mcp_types as types
import pytest

from tests.e2e.answer_facts import facts_of
from tests.e2e.good_cases_desk import unknown_send
from tests.e2e.house import Facts, House, Session
from tests.e2e.person import Person
from tests.faults.front_door import CREDIT, LOOKING, RECEIPT, front_door
from tests.faults.scripted import Exchange, ScriptedVendor, whole
from tests.gate.servers import FREE, FREE_NUMBER, FREE_SEND, SEND, Clock, fronted, posts, started, visited

TEXT = FREE_SEND["text"]
OTHER_MEANS: dict[str, tuple[str, Facts]] = {
    "a new request_id": ("send_sms", {**FREE_SEND, "request_id": "again"}),
    "the tool that skips repeats": ("send_sms_deduplicated", FREE_SEND),
    "the tool with an id": ("send_sms_with_message_id", {"recipient": FREE_NUMBER, "text": TEXT}),
    "an own text": ("send_personalized_sms", {"recipients": [{"mobile": FREE_NUMBER, "text": f"{TEXT} "}]}),
    "a template": (
        "send_personalized_sms",
        {"recipients": [{"mobile": FREE_NUMBER, "values": ["好"]}], "template": "您%field1%\u200b"},
    ),
}


@pytest.mark.parametrize(("tool", "arguments"), OTHER_MEANS.values(), ids=OTHER_MEANS)
async def test_nothing_is_free_that_the_number_had_already(house: House, tool: str, arguments: Facts) -> None:
    async with fronted(house, policy=FREE) as session:
        done = await session.facts("send_sms", FREE_SEND)
        again = await session.facts(tool, arguments)
    assert again["outcome"] == "approval_required"
    said = f"1 of these 1 had the same text 1 minute ago (action {done['action_id']})."
    assert said in again["preview"]["warnings"]
    assert await posts(house) == 1


async def test_a_free_send_of_something_else_stays_free(house: House) -> None:
    async with fronted(house, policy=FREE) as session:
        for text in ("您好", "您好。", "您 好"):
            assert (await session.facts("send_sms", {**FREE_SEND, "text": text}))["outcome"] == "done"
    assert await posts(house) == 3


async def test_the_question_says_who_had_the_text_when_and_by_which_action(house: House) -> None:
    person, clock = Person(), Clock()
    numbers = [f"09123456{n}" for n in range(10, 14)]
    async with fronted(house, person, clock=clock) as session:
        done = await session.facts("send_sms", {"recipients": numbers[:3], "text": "x"})
        clock.advance(hours=2, minutes=10)
        again = await session.facts("send_sms_deduplicated", {"recipients": numbers[1:], "text": "x"})
    assert again["outcome"] == "done"
    assert f"2 of these 3 had the same text 2 hours ago (action {done['action_id']})." in person.asked[1]
    assert await posts(house) == 2


async def test_after_a_day_the_same_text_is_free_again(house: House) -> None:
    clock = Clock()
    async with fronted(house, clock=clock, policy=FREE) as session:
        await session.facts("send_sms", FREE_SEND)
        clock.advance(hours=23, minutes=59)
        told = await session.facts("send_sms_deduplicated", FREE_SEND)
        assert told["outcome"] == "approval_required"
        clock.advance(minutes=2)
        assert (await session.facts("send_sms", {**FREE_SEND, "request_id": "x"}))["outcome"] == "done"
    assert await posts(house) == 2


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("send_sms", {**FREE_SEND, "request_id": "again"}),
        ("send_sms", {**FREE_SEND, "validity_minutes": 5, "request_id": "again"}),
        ("send_sms_deduplicated", FREE_SEND),
    ],
)
async def test_while_the_first_is_unknown_the_same_text_is_refused_to_the_same_numbers(
    house: House, tool: str, arguments: Facts
) -> None:
    person = Person()
    async with fronted(house, person) as session:
        unknown = await unknown_send(house, session)
        asked = len(person.asked)
        problem = await session.problem(tool, arguments)
    assert problem["code"] == "same_text_open"
    assert problem["message"].startswith("Nothing was sent.")
    assert unknown["action_id"] in problem["message"]
    assert "reconcile_action" in problem["next"]
    assert f"retry_safely (action_id {unknown['action_id']})" in problem["next"]
    assert len(person.asked) == asked
    assert await posts(house) == 1


async def test_an_unknown_send_among_others_is_said_in_the_question(house: House) -> None:
    person = Person()
    async with fronted(house, person) as session:
        unknown = await unknown_send(house, session)
        more = {**FREE_SEND, "recipients": [FREE_NUMBER, "0912345699"]}
        await session.facts("send_sms", more)
    said = f"the outcome of action {unknown['action_id']} is not known"
    assert "1 of these 2 may have had the same text" in person.asked[-1]
    assert said in person.asked[-1]


async def test_what_certainly_was_not_sent_is_not_remembered(
    no_settings: Path, vendor: ScriptedVendor
) -> None:
    """After the last look nobody listens any more, so the send cannot have arrived."""

    async def last_look(exchange: Exchange) -> None:
        await whole(CREDIT)(exchange)
        if vendor.requests.count(LOOKING) == 2:
            await vendor.stop()

    vendor.plays[LOOKING] = last_look
    vendor.plays["sendSMS4FilterMessage.ashx"] = whole(RECEIPT)
    person = Person()
    async with front_door(vendor, no_settings, person=person) as session:
        assert (await session.problem("send_sms", SEND))["code"] == "not_sent"
        await vendor.listen()
        assert (await session.facts("send_sms_deduplicated", SEND))["outcome"] == "done"
    assert "had the same text" not in person.asked[1]


async def test_two_tools_at_once_with_the_same_effect_are_one_post(house: House) -> None:
    """Two servers over one store, both calls free."""
    calls = [OTHER_MEANS["the tool that skips repeats"], OTHER_MEANS["a template"], ("send_sms", FREE_SEND)]
    told: list[Facts] = []
    async with (
        started(house, policy=FREE) as one,
        started(house, policy=FREE) as other,
        visited(one, house.era) as first,
        visited(other, house.era) as second,
    ):

        async def call(session: Session, tool: str, arguments: Facts) -> None:
            told.append(facts_of(await session.client.call_tool(tool, arguments)))

        async with anyio.create_task_group() as group:
            for session in (first, second):
                for tool, arguments in calls:
                    group.start_soon(call, session, tool, arguments)
    assert await posts(house) == 1
    done = [facts for facts in told if facts.get("outcome") == "done" and "replayed" not in facts]
    assert len(done) == 1
    others = {facts.get("outcome", facts.get("code")) for facts in told if facts not in done}
    assert others <= {"done", "in_progress", "approval_required", "same_text_open"}


class _Slow(Person):
    """Somebody else is faster than this person."""

    def __init__(self, meanwhile: Callable[[], Awaitable[object]]) -> None:
        super().__init__()
        self._meanwhile = meanwhile

    async def __call__(self, context: Any, params: types.ElicitRequestParams) -> types.ElicitResult:
        await self._meanwhile()
        return await super().__call__(context, params)


async def test_the_same_text_that_went_out_while_a_question_was_open_ends_it(house: House) -> None:
    async with started(house) as parts, visited(parts, house.era, Person()) as other:
        person = _Slow(lambda: other.facts("send_sms_deduplicated", SEND))
        async with visited(parts, house.era, person) as session:
            problem = await session.problem("send_sms", SEND)
    assert problem["code"] == "state_changed"
    assert "1 of these 1 had the same text" in problem["message"]
    assert await posts(house) == 1


async def test_a_booking_that_was_erased_is_booked_again_and_not_told_as_done(house: House) -> None:
    booked = {**FREE_SEND, "send_at": (datetime.now(UTC) + timedelta(hours=3)).isoformat()}
    async with fronted(house, Person(), policy=FREE) as session:
        for again in range(2):
            done = await session.facts("send_sms", booked)
            assert (done["outcome"], "replayed" in done) == ("done", False), again
            erased = await session.facts("erase_sms_booking", {"batch_id": done["batch_id"]})
            assert erased["erased"] == 1
        assert (await session.facts("send_sms_deduplicated", booked))["outcome"] == "done"


async def test_a_booking_counts_until_a_day_after_its_time(house: House) -> None:
    clock, person = Clock(), Person()
    booked = {**FREE_SEND, "send_at": (clock() + timedelta(days=3)).isoformat()}
    async with fronted(house, person, clock=clock, policy=FREE) as session:
        await session.facts("send_sms", booked)
        await session.facts("send_sms", FREE_SEND)
        assert "1 of these 1 have the same text booked for 20" in person.asked[0]
        clock.advance(days=3, hours=23)
        await session.facts("send_sms_deduplicated", FREE_SEND)
        assert len(person.asked) == 2
        clock.advance(hours=25)
        await session.facts("send_sms_with_message_id", {"recipient": FREE_NUMBER, "text": TEXT})
    assert len(person.asked) == 2
