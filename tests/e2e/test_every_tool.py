"""Every tool of the catalogue through a real client, in both eras: it works, and it fails as it promises."""

import pytest

from tests.e2e.good_cases import CASES
from tests.e2e.house import House
from tests.e2e.person import Person
from tools.catalog import every_operation
from tools.operation import Risk

RISKY = [each.name for each in every_operation() if each.risk in (Risk.SPEND, Risk.DESTROY)]
NAMES = [each.name for each in every_operation()]
TOOLSETS = {each.name: f"{each.toolset},sms" for each in every_operation()}
"""The tool's own toolset and the one that prepares its case: a server of few tools starts faster."""

pytestmark = pytest.mark.usefixtures("quick_start")
behind_the_protocol = pytest.mark.parametrize("era", ["auto"], indirect=True)
"""The older era would say the same."""


@pytest.mark.parametrize("tool", NAMES)
async def test_the_good_case_answers_with_its_fields(house: House, tool: str) -> None:
    case = CASES[tool]
    async with house.session(Person(), toolsets=TOOLSETS[tool]) as session:
        arguments = await case.prepare(house, session)
        case.check(await session.facts(tool, arguments))


@behind_the_protocol
@pytest.mark.parametrize("tool", RISKY)
async def test_a_dry_run_changes_nothing_and_asks_nobody(house: House, tool: str) -> None:
    person = Person()
    async with house.session(person, toolsets=TOOLSETS[tool]) as session:
        arguments = await CASES[tool].prepare(house, session)
        await house.forget_log()
        person.asked.clear()
        facts = await session.facts(tool, arguments | {"dry_run": True})
    assert facts["outcome"] == "dry_run"
    assert facts["preview"]["effect"]
    assert "Nothing was " in facts["note"]
    assert await house.changes() == []
    assert person.asked == []


@pytest.mark.parametrize("tool", RISKY)
async def test_a_declined_question_changes_nothing(house: House, tool: str) -> None:
    person = Person()
    async with house.session(person, toolsets=TOOLSETS[tool]) as session:
        arguments = await CASES[tool].prepare(house, session)
        await house.forget_log()
        person.asked.clear()
        person.action = "decline"
        problem = await session.problem(tool, arguments)
    assert problem["code"] == "declined"
    assert problem["message"].startswith("Nothing was ")
    assert await house.changes() == []
    assert len(person.asked) == 1


@pytest.mark.parametrize("tool", RISKY)
async def test_a_client_that_cannot_ask_is_sent_to_the_person(house: House, tool: str) -> None:
    async with house.session(Person(), toolsets=TOOLSETS[tool]) as asking:
        arguments = await CASES[tool].prepare(house, asking)
    await house.forget_log()
    async with house.session(toolsets=TOOLSETS[tool]) as session:
        facts = await session.facts(tool, arguments)
    assert facts["outcome"] == "approval_required"
    assert facts["action_id"] in facts["person_does"]
    assert facts["message"].startswith("Nothing was ")
    assert await house.changes() == []


@behind_the_protocol
@pytest.mark.parametrize("tool", NAMES)
async def test_an_unknown_argument_is_an_error_and_reaches_no_vendor(house: House, tool: str) -> None:
    async with house.session(Person(), toolsets=TOOLSETS[tool]) as session:
        arguments = await CASES[tool].prepare(house, session)
        await house.forget_log()
        problem = await session.problem(tool, arguments | {"dryrun": True})
    assert problem["code"] == "invalid_arguments"
    assert "dryrun: no such argument" in problem["message"]
    assert await house.vendor.log() == []


@behind_the_protocol
@pytest.mark.parametrize("tool", sorted({*RISKY} - {"retry_safely", "stop_everything"}))
async def test_the_same_call_again_is_answered_from_the_ledger(house: House, tool: str) -> None:
    async with house.session(Person(), toolsets=TOOLSETS[tool]) as session:
        arguments = await CASES[tool].prepare(house, session)
        first = await session.facts(tool, arguments)
        await house.forget_log()
        again = await session.facts(tool, arguments)
    assert again["replayed"] is True
    facts = {name: value for name, value in first.items() if name != "note"}
    assert {**again, **facts} == again
    assert await house.changes() == []


async def test_a_safe_retry_made_again_sends_nothing(house: House) -> None:
    async with house.session(Person()) as session:
        arguments = await CASES["retry_safely"].prepare(house, session)
        await session.facts("retry_safely", arguments)
        await house.forget_log()
        await session.told("retry_safely", arguments)
    assert await house.changes() == []


async def test_a_replay_keeps_the_note_of_the_first_answer(house: House) -> None:
    """What was said about the outcome is part of it: a replay must not put its own note over it."""
    async with house.session(Person()) as session:
        arguments = await CASES["update_all_reports"].prepare(house, session)
        first = await session.facts("update_all_reports", arguments)
        again = await session.facts("update_all_reports", arguments)
    assert first["note"].startswith("Queued")
    assert first["note"] in str(again)
