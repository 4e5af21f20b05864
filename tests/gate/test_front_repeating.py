"""The same call again: one POST, the first result, and never an answer to something else from memory."""

from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from typing import Any

import anyio
import pytest
from mcp import StdioServerParameters
from mcp.client import Client

from server.demo.rows import rows_of
from tests.e2e.good_cases_desk import unknown_send
from tests.e2e.house import Facts, House, Session, innermost
from tests.e2e.person import Person
from tests.e2e.process import COMMAND, at_the_sandbox
from tests.gate.servers import FREE, FREE_SEND, SEND, Clock, decide, fronted, posts, told_together

PROCESSES = 3
EACH = 10


async def _processes(house: House, stack: AsyncExitStack) -> list[Session]:
    """Three servers of their own over one store, each with a client that cannot be asked."""
    env = at_the_sandbox(house, POLICY__CALLS_PER_MINUTE="1000")
    sessions: list[Session] = []
    for _ in range(PROCESSES):
        server = StdioServerParameters(command=COMMAND, args=["serve"], env=env, cwd=house.folder)
        sessions.append(Session(client=await stack.enter_async_context(Client(server))))
    return sessions


async def _from_all(sessions: list[Session], arguments: Facts) -> list[Facts]:
    found: list[Facts] = []

    async def crowd(session: Session) -> None:
        found.extend(await told_together(session, "send_sms", arguments, EACH))

    async with anyio.create_task_group() as group:
        for session in sessions:
            group.start_soon(crowd, session)
    return found


@pytest.mark.usefixtures("quick_start")
async def test_thirty_identical_calls_over_three_processes_are_one_post(house: House) -> None:
    """Once let through by the rule on test numbers, once approved by a person in a terminal."""
    try:
        async with AsyncExitStack() as stack:
            sessions = await _processes(house, stack)
            free = await _from_all(sessions, FREE_SEND)
            assert await posts(house) == 1
            asked = await _from_all(sessions, SEND)
            assert await posts(house) == 1
            (action_id,) = {facts["action_id"] for facts in asked}
            assert await decide(house, approve=action_id, proof="y") == 0
            done = await _from_all(sessions, SEND)
    except BaseExceptionGroup as group:
        raise innermost(group) from None
    assert {facts["outcome"] for facts in asked} == {"approval_required"}
    for crowd in (free, done):
        assert len(crowd) == PROCESSES * EACH
        assert len({facts["action_id"] for facts in crowd}) == 1
        assert {facts["outcome"] for facts in crowd} <= {"done", "in_progress"}
        assert sum(facts["outcome"] == "done" and "replayed" not in facts for facts in crowd) == 1
    assert await posts(house) == 2


async def test_the_same_call_later_gets_the_first_result(house: House) -> None:
    async with fronted(house, policy=FREE) as session:
        first = await session.facts("send_sms", FREE_SEND)
        again = await session.facts("send_sms", FREE_SEND)
    assert again["replayed"] is True
    assert "nothing was done now" in str(again)
    assert first.items() <= again.items()
    assert await posts(house) == 1


async def test_a_new_server_on_the_same_store_knows_the_call(house: House) -> None:
    async with fronted(house, policy=FREE) as session:
        first = await session.facts("send_sms", FREE_SEND)
    async with fronted(house, policy=FREE) as session:
        again = await session.facts("send_sms", FREE_SEND)
    assert (again["action_id"], again["replayed"]) == (first["action_id"], True)
    assert await posts(house) == 1


async def test_a_new_request_id_is_a_new_send_after_a_new_approval(house: House) -> None:
    person = Person()
    async with fronted(house, person) as session:
        first = await session.facts("send_sms", SEND)
        second = await session.facts("send_sms", {**SEND, "request_id": "again-1"})
        replayed = await session.facts("send_sms", {**SEND, "request_id": "again-1"})
    assert second["action_id"] != first["action_id"]
    assert (replayed["action_id"], replayed["replayed"]) == (second["action_id"], True)
    assert len(person.asked) == 2
    assert await posts(house) == 2


async def test_a_request_id_with_other_arguments_is_refused(house: House) -> None:
    async with fronted(house, policy=FREE) as session:
        await session.facts("send_sms", {**FREE_SEND, "request_id": "one"})
        problem = await session.problem("send_sms", {**FREE_SEND, "request_id": "one", "text": "再見"})
    assert (problem["code"], problem["retryable"]) == ("request_id_reused", False)
    assert problem["message"].startswith("Nothing was sent.")
    assert await posts(house) == 1


OTHER_CALLS: dict[str, Facts] = {
    "a letter": {"text": "您好。"},
    "a space": {"text": "H i"},
    "the case": {"text": "HI"},
    "one number": {"recipients": ["0912345678", "0912345680"]},
    "a number less": {"recipients": ["0912345678"]},
    "a time": {"send_at": "2030-01-01T10:00:00+08:00"},
}
SAME_CALLS: dict[str, Facts] = {
    "a space at the end": {"text": "Hi "},
    "a character that shows nothing": {"text": "H\u200bi"},
    "a line break at the end": {"text": "Hi\r\n"},
    "the order of the numbers": {"recipients": ["0912345679", "0912345678"]},
    "a repeated number": {"recipients": ["0912345678", "0912345679", "+886 912 345 678"]},
    "the note": {"subject": "x"},
    "the validity": {"validity_minutes": 60},
}


@pytest.mark.parametrize("change", OTHER_CALLS.values(), ids=OTHER_CALLS)
async def test_other_arguments_are_never_answered_from_memory(house: House, change: Facts) -> None:
    person = Person()
    first: dict[str, Any] = {"recipients": ["0912345678", "0912345679"], "text": "Hi"}
    soon = {"send_at": _in_a_month()} if "send_at" in change else {}
    async with fronted(house, person) as session:
        await session.facts("send_sms", first)
        other = await session.facts("send_sms", {**first, **change, **soon})
    assert "replayed" not in other
    assert len(person.asked) == 2
    assert await posts(house) == 2


@pytest.mark.parametrize("change", SAME_CALLS.values(), ids=SAME_CALLS)
async def test_what_no_phone_shows_makes_no_other_call(house: House, change: Facts) -> None:
    person = Person()
    first: dict[str, Any] = {"recipients": ["0912345678", "0912345679"], "text": "Hi"}
    async with fronted(house, person) as session:
        done = await session.facts("send_sms", first)
        other = await session.facts("send_sms", {**first, **change})
    assert (other["replayed"], other["action_id"]) == (True, done["action_id"])
    assert len(person.asked) == 1
    assert await posts(house) == 1


async def test_the_same_number_in_another_spelling_is_the_same_call(house: House) -> None:
    async with fronted(house, Person()) as session:
        await session.facts("send_sms", SEND)
        again = await session.facts("send_sms", {**SEND, "recipients": ["+886 912-345-678"]})
    assert again["replayed"] is True
    assert await posts(house) == 1


async def test_the_same_action_in_another_spelling_is_the_same_retry(house: House) -> None:
    """The retry's own outcome is unknown: a small letter must not send it once more."""
    async with fronted(house, Person()) as session:
        action_id = (await unknown_send(house, session))["action_id"]
        await house.vendor.control("faults", path="sendSMS4FilterMessage.ashx", fault="reset_after", times=9)
        spellings = (action_id, action_id.lower(), action_id.replace("-", ""), action_id.replace("0", "O"))
        told = [await session.facts("retry_safely", {"action_id": each}) for each in spellings]
    assert {facts["outcome"] for facts in told} == {"unknown"}
    assert len({facts["action_id"] for facts in told}) == 1
    assert await posts(house) == 2


async def test_a_retry_that_was_done_is_told_again_though_its_first_send_can_be_retried_no_more(
    house: House, store_url: str
) -> None:
    """It settled the first send. After a day it is a new call, and the state of the first send counts."""
    clock = Clock()
    async with fronted(house, Person(), clock=clock, store={"url": store_url}) as session:
        asked = {**await unknown_send(house, session), "request_id": "retry-1"}
        done = await session.facts("retry_safely", asked)
        clock.advance(hours=23)
        again = await session.facts("retry_safely", asked)
        other = await session.problem("retry_safely", {**asked, "request_id": "retry-2"})
        clock.advance(hours=2)
        late = await session.problem("retry_safely", asked)
    assert (again["action_id"], again["replayed"]) == (done["action_id"], True)
    assert (other["code"], late["code"]) == ("not_retryable", "not_retryable")
    assert late["message"] == "Nothing was sent. Its outcome is not unknown; it is succeeded."
    assert await posts(house) == 2


async def test_another_account_is_another_call(house: House) -> None:
    async with fronted(house, Person()) as session:
        await session.facts("send_sms", SEND)
    async with fronted(house, Person(), every8d={"uid": "legacy", "password": "legacy"}) as session:
        assert "replayed" not in await session.facts("send_sms", SEND)
    assert await posts(house) == 2


async def test_a_day_later_the_same_call_is_asked_and_sent_again(house: House) -> None:
    person, clock = Person(), Clock()
    async with fronted(house, person, clock=clock) as session:
        await session.facts("send_sms", SEND)
        clock.advance(hours=23, minutes=59)
        assert (await session.facts("send_sms", SEND))["replayed"] is True
        assert len(person.asked) == 1
        clock.advance(minutes=2)
        assert "replayed" not in await session.facts("send_sms", SEND)
    assert len(person.asked) == 2
    assert await posts(house) == 2


async def test_pause_and_resume_in_turn_do_each_of_them(house: House) -> None:
    person = Person()
    async with fronted(house, person) as session:
        for _ in range(2):
            for tool, status in (("pause_launch", "paused"), ("resume_launch", "starting")):
                facts = await session.facts(tool, {"launch_id": "1182"})
                assert "replayed" not in facts
                launch = rows_of(await session.facts("query_launch", {"launch_id": "1182"}))[0]
                assert launch["status"] == status
    assert len(person.asked) == 2
    assert len(await house.changes()) == 4


def _in_a_month() -> str:
    return (datetime.now(UTC) + timedelta(days=30)).isoformat()
