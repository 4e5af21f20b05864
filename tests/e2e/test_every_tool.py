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
REPEATED = {*RISKY} - {"retry_safely", "stop_everything"}
"""The same call again is answered from the ledger."""

pytestmark = pytest.mark.usefixtures("quick_start")


@pytest.mark.parametrize("tool", NAMES)
async def test_each_tool_refuses_an_unknown_argument_answers_with_its_fields_and_does_its_work_once(
    house: House, tool: str
) -> None:
    async with house.session(Person(), toolsets=TOOLSETS[tool]) as session:
        arguments = await CASES[tool].prepare(house, session)
        await house.forget_log()
        problem = await session.problem(tool, arguments | {"dryrun": True})
        assert problem["code"] == "invalid_arguments"
        assert "dryrun: no such argument" in problem["message"]
        assert await house.vendor.log() == []
        facts = await session.facts(tool, arguments)
        CASES[tool].check(facts)
        if tool in REPEATED:
            await house.forget_log()
            again = await session.facts(tool, arguments)
            assert again["replayed"] is True
            told = {name: value for name, value in facts.items() if name != "note"}
            assert {**again, **told} == again
            assert await house.changes() == []


@pytest.mark.parametrize("tool", RISKY)
async def test_a_dry_run_asks_nobody_and_neither_it_nor_a_declined_question_changes_anything(
    house: House, tool: str
) -> None:
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
