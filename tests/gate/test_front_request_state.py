"""The sealed state of a question (2026-07-28): good for one call's one send, however it is used again.

The SDK seals it, and can replay it for ten minutes: only the ledger keeps the second send away.
"""

import time
from types import SimpleNamespace
from typing import Any

import anyio
import mcp_types as types
import pytest
from mcp.client import Client
from mcp.server.request_state import InvalidRequestState
from mcp.shared.exceptions import MCPError

from server.demo.rows import rows_of
from server.late_parts import LateParts
from server.mcp import identity
from server.mcp.app import build_server
from server.mcp.rounds import SecondRounds, StoreCodec
from tests.e2e.answer_facts import facts_of
from tests.e2e.house import Facts, House, Session
from tests.gate.servers import SEND, Clock, decide, fronted, posts, started, visited
from tools.every8d.send_sms import SEND_SMS

YES: dict[str, Any] = {"approval": types.ElicitResult(action="accept", content={"approve": True})}
OTHERS: dict[str, Facts] = {
    "another text": {"text": "再見"},
    "another number": {"recipients": ["0912345679"]},
    "one number more": {"recipients": ["0912345678", "0912345679"]},
    "another request_id": {"request_id": "x"},
}


async def _asked(session: Session, arguments: Facts = SEND, tool: str = "send_sms") -> str:
    """The sealed state of a question that was asked and not answered yet."""
    round_one = await session.client.session.call_tool(tool, arguments, allow_input_required=True)
    assert isinstance(round_one, types.InputRequiredResult)
    assert round_one.request_state
    return round_one.request_state


async def _answer(session: Session, state: str, arguments: Facts = SEND, tool: str = "send_sms") -> Facts:
    """The facts of the second round; a question again, or an error of the protocol, is told as such."""
    try:
        ended = await session.client.session.call_tool(
            tool, arguments, input_responses=YES, request_state=state, allow_input_required=True
        )
    except MCPError:
        return {"outcome": "protocol error"}
    if isinstance(ended, types.InputRequiredResult):
        return {"outcome": "asked again"}
    assert isinstance(ended, types.CallToolResult)
    return facts_of(ended)


def _asking(parts: Any) -> Client:
    """A client that can be asked, whose rounds the test drives itself."""

    async def never(context: Any, params: Any) -> types.ElicitResult:
        raise AssertionError("the test answers by itself")

    return Client(build_server(LateParts.of(parts)), elicitation_callback=never)


@pytest.fixture(autouse=True)
def at_once(house: House) -> None:
    """The house's settings let answers come at once: what is tested is the state, not the time."""
    assert house.settings().approval.human_minimum_ms == 0


async def test_ten_replays_of_a_yes_are_one_send(house: House) -> None:
    async with started(house) as parts, _asking(parts) as client:
        session = Session(client=client)
        state = await _asked(session)
        ended = [await _answer(session, state) for _ in range(10)]
    assert [facts.get("replayed", False) for facts in ended] == [False] + [True] * 9
    assert len({facts["action_id"] for facts in ended}) == 1
    assert await posts(house) == 1


async def test_ten_yeses_at_once_are_one_send(house: House) -> None:
    """Each finds the action approved before the first has claimed it: only the claim holds."""
    ended: list[Facts] = []
    async with started(house) as parts, _asking(parts) as client, anyio.create_task_group() as group:
        session = Session(client=client)
        state = await _asked(session)

        async def say_yes() -> None:
            ended.append(await _answer(session, state))

        for _ in range(10):
            group.start_soon(say_yes)
    assert {facts["outcome"] for facts in ended} <= {"done", "in_progress"}
    assert await posts(house) == 1


@pytest.mark.parametrize("change", OTHERS.values(), ids=OTHERS)
async def test_a_yes_is_not_for_other_arguments(house: House, change: Facts) -> None:
    async with started(house) as parts, _asking(parts) as client:
        session = Session(client=client)
        state = await _asked(session)
        ended = await _answer(session, state, {**SEND, **change})
        assert ended.get("outcome") != "done"
        assert await posts(house) == 0


async def test_a_yes_is_not_for_another_tool(house: House) -> None:
    async with started(house) as parts, _asking(parts) as client:
        session = Session(client=client)
        state = await _asked(session)
        ended = await _answer(session, state, tool="send_sms_deduplicated")
    assert ended.get("outcome") != "done"
    assert await posts(house) == 0


async def test_a_yes_is_not_for_another_principal(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    async with started(house) as parts, _asking(parts) as client:
        session = Session(client=client)
        state = await _asked(session)
        monkeypatch.setattr(identity, "local_user", lambda: "local:somebody-else")
        ended = await _answer(session, state)
    assert (ended["code"], ended["retryable"]) == ("approval_mismatch", True)
    assert ended["message"].startswith("Nothing was sent.")
    assert await posts(house) == 0


async def test_flipped_bits_are_refused_in_an_answer_that_says_so(house: House) -> None:
    """An error of the protocol would be hidden by hosts: nobody would know that nothing was sent."""
    async with started(house) as parts, _asking(parts) as client:
        session = Session(client=client)
        state = await _asked(session)
        flipped = [
            state[:at] + ("A" if state[at] != "A" else "B") + state[at + 1 :]
            for at in range(4, len(state), 7)
        ]
        for forged in (*flipped, "", "x", "v1.", "0000-0000@0", state[:-1]):
            ended = await _answer(session, forged)
            assert (ended["code"], ended["retryable"]) == ("approval_mismatch", True)
            assert ended["message"].startswith("Nothing was sent.")
    assert await posts(house) == 0


async def test_a_restart_between_question_and_answer_does_not_lose_the_answer(house: House) -> None:
    async with started(house) as parts, _asking(parts) as client:
        state = await _asked(Session(client=client))
    async with started(house) as parts, _asking(parts) as client:
        assert (await _answer(Session(client=client), state))["outcome"] == "done"
    assert await posts(house) == 1


async def test_another_process_of_the_same_store_can_finish_the_round(house: House) -> None:
    async with started(house) as first, _asking(first) as asking, started(house) as second:
        state = await _asked(Session(client=asking))
        async with _asking(second) as answering:
            assert (await _answer(Session(client=answering), state))["outcome"] == "done"
        assert (await _answer(Session(client=asking), state))["replayed"] is True
    assert await posts(house) == 1


async def test_a_state_of_another_store_is_refused(house: House) -> None:
    elsewhere = {"folder": house.folder / "elsewhere"}
    async with started(house) as parts, _asking(parts) as client:
        state = await _asked(Session(client=client))
    async with started(house, store=elsewhere) as parts, _asking(parts) as client:
        ended = await _answer(Session(client=client), state)
    assert (ended["code"], ended["message"][:17]) == ("approval_mismatch", "Nothing was sent.")
    assert await posts(house) == 0


def test_a_state_of_the_key_before_is_not_opened_with_the_one_that_is_held_now() -> None:
    """A store that was replaced has another key; while it is opened anew there is none to compare."""
    held: list[bytes | None] = [b"1" * 32]
    codec = StoreCodec(lambda: held[0])
    sealed = codec.seal(b"state")
    held[0] = None
    assert codec.unseal(sealed) == b"state"
    held[0] = b"2" * 32
    with pytest.raises(InvalidRequestState):
        codec.unseal(sealed)


async def test_an_error_that_is_not_of_the_state_stays_one_of_the_protocol(house: House) -> None:
    async def fails(_: Any) -> Any:
        raise MCPError(code=-32603, message="of something else")

    context: Any = SimpleNamespace(
        method="tools/call", params={"name": "send_sms", "requestState": "a state"}
    )
    async with started(house) as parts:
        rounds = SecondRounds(parts=LateParts.of(parts), operations={"send_sms": SEND_SMS})
        with pytest.raises(MCPError, match="of something else"):
            await rounds(context, fails)


async def test_where_the_key_is_away_an_answer_is_told_that_nothing_was_sent(house: House) -> None:
    async with started(house) as parts, _asking(parts) as client:
        state = await _asked(Session(client=client))
    (house.folder / "store" / "audit.key").write_text("damaged")
    async with started(house) as parts, _asking(parts) as client:
        ended = await _answer(Session(client=client), state)
    assert (ended["code"], ended["message"][:17]) == ("store_unavailable", "Nothing was sent.")
    assert await posts(house) == 0


async def test_a_yes_after_the_expiry_sends_nothing(house: House) -> None:
    clock = Clock()
    async with started(house, clock=clock, approval={"expires_s": 60}) as parts, _asking(parts) as client:
        session = Session(client=client)
        state = await _asked(session)
        clock.advance(seconds=61)
        ended = await _answer(session, state)
        listed = await session.facts("list_actions")
    assert ended["code"] in ("approval_mismatch", "approval_expired")
    assert ended["message"].startswith("Nothing was sent.")
    assert [entry["state"] for entry in rows_of(listed)] != ["succeeded"]
    assert await posts(house) == 0


async def test_an_approval_that_is_carried_out_too_late_sends_nothing(house: House) -> None:
    clock = Clock()
    async with fronted(house, clock=clock) as session:
        asked = await session.facts("send_sms", SEND)
        assert session.parts is not None
        from server.ledger.deciding import Decision  # noqa: PLC0415

        assert await session.parts.book.approve(
            asked["action_id"], Decision(by="a person", channel="terminal")
        )
        clock.advance(minutes=11)
        later = await session.facts("send_sms", SEND)
    assert later["outcome"] == "approval_required"
    assert later["action_id"] != asked["action_id"]
    assert await posts(house) == 0


async def test_a_no_wins_over_a_later_replayed_yes(house: House) -> None:
    async with started(house) as parts, _asking(parts) as client, visited(parts, "auto") as session:
        state = await _asked(Session(client=client))
        no: Any = {"approval": types.ElicitResult(action="decline")}
        await client.session.call_tool(
            "send_sms", SEND, input_responses=no, request_state=state, allow_input_required=True
        )
        assert (await _answer(Session(client=client), state))["code"] == "declined"
        assert rows_of(await session.facts("list_actions"))[0]["state"] == "denied"
    assert await posts(house) == 0


async def test_a_slower_yes_after_an_instant_one_does_nothing(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a host answered at once was sent to the terminal: the same state with a slower yes stays there."""
    thinking = {"human_minimum_ms": 30_000}
    async with started(house, approval=thinking) as parts, _asking(parts) as client:
        session = Session(client=client)
        state = await _asked(session)
        assert (await _answer(session, state))["outcome"] == "approval_required"
        later = time.time() + 40
        monkeypatch.setattr(time, "time", lambda: later)
        assert (await _answer(session, state))["outcome"] == "approval_required"
        (waiting,) = await parts.book.waiting()
        assert await posts(house) == 0
        assert await decide(house, approve=waiting.id, proof="y") == 0
        assert (await session.facts("send_sms", SEND))["outcome"] == "done"
    assert await posts(house) == 1
