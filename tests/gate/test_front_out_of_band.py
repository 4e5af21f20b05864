"""The approval in another place: what the assistant is told, and what the terminal's decision does."""

import anyio
import pytest

from tests.e2e.answer_facts import facts_of
from tests.e2e.eras import ERAS, Era
from tests.e2e.house import Facts, House
from tests.gate.servers import LAUNCH, SEND, Clock, decide, fronted, posts, started, visited
from tests.patience import PATIENCE


async def test_the_assistant_is_told_what_the_person_does_and_sees_no_number(house: House) -> None:
    async with fronted(house, privacy={"show_numbers": True}) as session:
        asked = await session.facts("send_sms", SEND)
    assert asked["outcome"] == "approval_required"
    assert "campaign-ops-mcp approvals" in asked["person_does"]
    assert asked["action_id"] in asked["message"]
    assert "912345678" not in str(asked)
    assert await posts(house) == 0


async def test_a_no_in_the_terminal_ends_the_call(house: House) -> None:
    async with fronted(house) as session:
        asked = await session.facts("send_sms", SEND)
        assert await decide(house, deny=asked["action_id"]) == 0
        entry = await session.facts("get_action", {"action_id": asked["action_id"]})
        again = await session.facts("send_sms", SEND)
    assert entry["state"] == "denied"
    assert (again["outcome"], again["action_id"] != asked["action_id"]) == ("approval_required", True)
    assert await posts(house) == 0


async def test_the_terminal_wants_the_same_proof(house: House) -> None:
    async with fronted(house) as session:
        asked = await session.facts("terminate_launch", LAUNCH)
        for wrong in ("", "y", "yes", "1183", asked["action_id"]):
            assert await decide(house, approve=asked["action_id"], proof=wrong) == 1
        assert (await session.facts("terminate_launch", LAUNCH))["outcome"] == "approval_required"
        assert await decide(house, approve=asked["action_id"], proof="1182") == 0
        assert (await session.facts("terminate_launch", LAUNCH))["outcome"] == "done"
    assert await posts(house) == 1


async def test_an_id_can_be_typed_as_it_is_read_aloud(house: House) -> None:
    async with fronted(house) as session:
        asked = await session.facts("send_sms", SEND)
        spoken = asked["action_id"].lower().replace("-", " ").replace("0", "o").replace("1", "l")
        assert await decide(house, approve=spoken, proof="Y") == 0
        assert (await session.facts("send_sms", SEND))["outcome"] == "done"


async def test_what_expired_cannot_be_approved(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    """The proposal is eleven minutes old for the terminal, whose clock is the real one."""
    clock = Clock()
    clock.advance(minutes=-11)
    async with fronted(house, clock=clock) as session:
        asked = await session.facts("send_sms", SEND)
        assert await decide(house, approve=asked["action_id"], proof="y") == 1
        assert "expired" in capsys.readouterr().out
        clock.advance(minutes=11)
        again = await session.facts("send_sms", SEND)
    assert again["action_id"] != asked["action_id"]
    assert await posts(house) == 0


@pytest.mark.parametrize("era", ERAS)
async def test_the_call_itself_can_wait_and_reports_progress(house: House, era: Era) -> None:
    heard: list[str] = []
    steps: list[float] = []
    found: list[Facts] = []

    async def hear(progress: float, total: float | None, message: str | None) -> None:
        heard.append(message or "")
        steps.append(progress)

    async with (
        started(house, approval={"wait_seconds": 30}) as parts,
        visited(parts, era) as session,
        anyio.create_task_group() as group,
    ):

        async def send() -> None:
            found.append(facts_of(await session.client.call_tool("send_sms", SEND, progress_callback=hear)))

        group.start_soon(send)
        with anyio.fail_after(PATIENCE):
            while len(heard) < 3:  # noqa: ASYNC110 - a callback of the library
                await anyio.sleep(0.01)
        assert await posts(house) == 0
        action_id = heard[0].split()[-1]
        assert await decide(house, approve=action_id, proof="y") == 0
    assert steps == sorted(set(steps))
    assert heard[0] == f"waiting for a person to decide on {found[0]['action_id']}"
    assert found[0]["outcome"] == "done"
    assert await posts(house) == 1


async def test_waiting_ends_with_approval_required(house: House) -> None:
    async with fronted(house, approval={"wait_seconds": 0.3}) as session:
        assert (await session.facts("send_sms", SEND))["outcome"] == "approval_required"
    assert await posts(house) == 0
