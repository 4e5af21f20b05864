"""A no vetoes: whatever was agreed to elsewhere, and whichever way the no is said, until the claim."""

from collections.abc import Awaitable, Callable
from typing import Any

import mcp_types as types
import pytest

from server.demo.rows import rows_of
from server.parts import Parts
from tests.e2e.eras import ERAS
from tests.e2e.house import Facts, House
from tests.e2e.person import Person
from tests.gate.servers import LAUNCH, SEND, decide, posts, started, visited

both_eras = pytest.mark.parametrize("era", ERAS)
pytestmark = both_eras

Meanwhile = Callable[[str], Awaitable[object]]
DECLINE: Facts = {"action": "decline"}
CANCEL: Facts = {"action": "cancel"}
NO_TICK: Facts = {"action": "accept", "content": {"approve": False}}
TICK: Facts = {"action": "accept", "content": {"approve": True}}
WRONG_PROOF: Facts = {"action": "accept", "content": {"proof": "9999"}}
TERMINATE = "terminate_launch"


class Slow(Person):
    """Reads the question while somebody else does something with the action, then answers so."""

    def __init__(self, answer: Facts) -> None:
        super().__init__()
        self.answer = answer
        self.parts: Parts | None = None
        self.meanwhile: Meanwhile | None = None

    async def __call__(self, context: Any, params: types.ElicitRequestParams) -> types.ElicitResult:
        assert isinstance(params, types.ElicitRequestFormParams)
        self.asked.append(params.message)
        assert self.parts is not None
        if self.meanwhile is not None:
            (waiting,) = await self.parts.book.waiting()
            await self.meanwhile(waiting.id)
        return types.ElicitResult(**self.answer)


def in_the_terminal(house: House, proof: str = "y") -> Meanwhile:
    async def approve(action_id: str) -> None:
        assert await decide(house, approve=action_id, proof=proof) == 0

    return approve


async def _states(session: Any) -> list[str]:
    return [entry["state"] for entry in rows_of(await session.facts("list_actions"))]


@pytest.mark.parametrize("no", [DECLINE, NO_TICK], ids=["decline", "no tick"])
async def test_a_no_ends_what_was_approved_elsewhere_meanwhile(house: House, no: Facts) -> None:
    person = Slow(no)
    async with started(house) as parts, visited(parts, house.era, person) as session:
        person.parts, person.meanwhile = parts, in_the_terminal(house)
        problem = await session.problem("send_sms", SEND)
        assert await _states(session) == ["denied"]
    assert (problem["code"], problem["message"]) == ("declined", "Nothing was sent. The person declined.")
    assert await posts(house) == 0


@pytest.mark.parametrize(("no", "code"), [(DECLINE, "declined"), (WRONG_PROOF, "proof_mismatch")], ids=str)
async def test_a_no_ends_a_deletion_that_was_approved_elsewhere_meanwhile(
    house: House, no: Facts, code: str
) -> None:
    person = Slow(no)
    async with started(house) as parts, visited(parts, house.era, person) as session:
        person.parts, person.meanwhile = parts, in_the_terminal(house, "1182")
        problem = await session.problem(TERMINATE, LAUNCH)
        assert await _states(session) == ["denied"]
    assert problem["code"] == code
    assert problem["message"].startswith("Nothing was terminated.")
    assert await posts(house) == 0


NOBODYS: list[Facts] = [
    CANCEL,
    {"action": "accept"},
    {"action": "accept", "content": {}},
    {"action": "accept", "content": {"approve": "true"}},
    {"action": "accept", "content": {"approve": 1}},
    {"action": "accept", "content": {"proof": "1"}},
]


@pytest.mark.parametrize("answer", NOBODYS[:2], ids=str)
async def test_what_is_nobodys_answer_carries_out_nothing_that_was_approved_elsewhere(
    house: House, answer: Facts
) -> None:
    """Nobody said no either: the same call, made again, is what was approved."""
    person = Slow(answer)
    async with started(house) as parts, visited(parts, house.era, person) as session:
        person.parts, person.meanwhile = parts, in_the_terminal(house)
        asked = await session.facts("send_sms", SEND)
        assert asked["outcome"] == "approval_required"
        assert asked["message"].startswith("Nothing was sent.")
        assert "approved in another place" in asked["message"]
        assert await posts(house) == 0
        done = await session.facts("send_sms", SEND)
    assert (done["outcome"], done["action_id"]) == ("done", asked["action_id"])
    assert (len(person.asked), await posts(house)) == (1, 1)


async def test_what_is_nobodys_answer_is_not_taken_for_the_persons(house: House) -> None:
    """Some hosts answer every form with `accept` and nothing in it: a person can still decide elsewhere."""
    person = Slow(CANCEL)
    calls: list[Facts] = [{**SEND, "text": f"您好 {number}"} for number in range(len(NOBODYS))]
    async with started(house) as parts, visited(parts, house.era, person) as session:
        person.parts = parts
        for call, person.answer in zip(calls, NOBODYS, strict=True):
            asked = await session.facts("send_sms", call)
            assert asked["outcome"] == "approval_required", person.answer
        waiting = await parts.book.waiting()
        assert await _states(session) == ["proposed"] * len(calls)
        assert await decide(house, approve=waiting[-1].id, proof="y") == 0
        again = await session.facts("send_sms", calls[-1])
    assert (again["outcome"], len(person.asked), await posts(house)) == ("done", len(NOBODYS), 1)


async def test_a_missing_proof_is_nobodys_answer(house: House) -> None:
    person = Slow(TICK)
    async with started(house) as parts, visited(parts, house.era, person) as session:
        person.parts = parts
        assert (await session.facts(TERMINATE, LAUNCH))["outcome"] == "approval_required"
        assert await _states(session) == ["proposed"]
    assert await posts(house) == 0


@pytest.mark.parametrize("no", [DECLINE, NO_TICK], ids=["decline", "no tick"])
async def test_a_no_after_the_send_says_that_it_came_too_late(house: House, no: Facts) -> None:
    person = Slow(no)
    async with started(house) as parts, visited(parts, house.era, person) as session:

        async def sent_by_another_client(action_id: str) -> None:
            await in_the_terminal(house)(action_id)
            async with visited(parts, "auto") as other:
                assert (await other.facts("send_sms", SEND))["outcome"] == "done"

        person.parts, person.meanwhile = parts, sent_by_another_client
        told = await session.facts("send_sms", SEND)
        assert await _states(session) == ["succeeded"]
    assert (told["outcome"], told["replayed"]) == ("done", True)
    assert told["message"].startswith("The person's no came too late. This was done before;")
    assert await posts(house) == 1


async def test_a_no_in_one_client_ends_what_a_second_client_agrees_to(house: House) -> None:
    person, second = Slow(TICK), Slow(DECLINE)
    async with started(house) as parts, visited(parts, house.era, person) as session:

        async def declined_in_the_second(_: str) -> None:
            async with visited(parts, house.era, second) as other:
                assert (await other.problem("send_sms", SEND))["code"] == "declined"

        person.parts, person.meanwhile, second.parts = parts, declined_in_the_second, parts
        assert (await session.problem("send_sms", SEND))["code"] == "declined"
    assert (len(second.asked), await posts(house)) == (1, 0)


async def test_a_no_in_the_terminal_ends_what_was_agreed_to_in_the_form(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the yes and the claim the price is looked up again: the no comes there."""
    person = Slow(TICK)
    async with started(house) as parts, visited(parts, house.era, person) as session:
        real = parts.book.approve

        async def approve(action_id: str, decision: Any) -> Any:
            approved = await real(action_id, decision)
            assert await decide(house, deny=action_id) == 0
            return approved

        person.parts = parts
        monkeypatch.setattr(parts.book, "approve", approve)
        problem = await session.problem("send_sms", SEND)
        assert await _states(session) == ["denied"]
    assert (problem["code"], await posts(house)) == ("declined", 0)
