"""What is said of an action when an older copy of the store is put back while it is being answered.

It was carried out, and the copy does not know it: no answer from the copy may say that nothing was done.
"""

from collections.abc import Awaitable, Callable
from typing import Any

import mcp_types as types
import pytest

from server.campaigns.planning import Planner
from server.command.loss import accept_loss
from server.demo.rows import rows_of
from tests.campaigns.playing import people, write_list
from tests.e2e.eras import ERAS
from tests.e2e.house import Facts, House
from tests.e2e.person import Person
from tests.e2e.sql import copied, store_of
from tests.gate.servers import (
    FREE,
    FREE_SEND,
    LAUNCH,
    SEND,
    Clock,
    config_file,
    decide,
    fronted,
    posts,
    started,
    visited,
)

Shown = pytest.CaptureFixture[str]
both_eras = pytest.mark.parametrize("era", ERAS)
TICK: Facts = {"action": "accept", "content": {"approve": True}}
NO_TICK: Facts = {"action": "accept", "content": {"approve": False}}
DECLINE: Facts = {"action": "decline"}
CANCEL: Facts = {"action": "cancel"}


class Reading(Person):
    """Reads the question, and does something before it is answered so."""

    def __init__(self, answer: Facts, meanwhile: Callable[[], Awaitable[None]]) -> None:
        super().__init__()
        self._answer = answer
        self._meanwhile = meanwhile

    async def __call__(self, context: Any, params: types.ElicitRequestParams) -> types.ElicitResult:
        await self._meanwhile()
        return types.ElicitResult(**self._answer)


def kept(house: House) -> Any:
    return house.folder / "backup.sqlite3"


async def put_back(house: House) -> None:
    """Into the very file that the servers have open, as it was when the copy was taken."""
    await copied(kept(house), store_of(house))


@pytest.mark.parametrize(
    ("step", "tool", "asked_for"),
    [
        ("claim", "send_sms", (SEND, "y")),
        ("claim", "terminate_launch", (LAUNCH, "1182")),
        ("void", "send_sms", (SEND, "y")),
    ],
)
async def test_another_is_faster_and_then_the_copy_is_put_back(
    house: House, monkeypatch: pytest.MonkeyPatch, step: str, tool: str, asked_for: tuple[Facts, str]
) -> None:
    """After the claim that came too late, and after what it found is to be ended."""
    arguments, proof = asked_for
    async with fronted(house) as session:
        asked = await session.facts(tool, arguments)
        await copied(store_of(house), kept(house))
        assert await decide(house, approve=asked["action_id"], proof=proof) == 0
        assert session.parts is not None
        book = session.parts.book
        claim, void = book.claim, book.void

        async def claim_too_late(*given: Any) -> Any:
            monkeypatch.setattr(book, "claim", claim)
            assert (await session.facts(tool, arguments))["outcome"] == "done"
            too_late = await claim(*given)
            if step == "claim":
                await put_back(house)
            return too_late

        async def void_in_the_copy(*given: Any) -> Any:
            await put_back(house)
            return await void(*given)

        monkeypatch.setattr(book, "claim", claim_too_late)
        if step == "void":
            monkeypatch.setattr(book, "void", void_in_the_copy)
        assert (await session.problem(tool, arguments))["code"] == "past_lost"
    assert await posts(house) == 1


@both_eras
@pytest.mark.parametrize("answer", [TICK, NO_TICK, DECLINE, CANCEL], ids=["yes", "no tick", "no", "cancel"])
async def test_an_answer_to_a_form_that_the_copy_brought_back_does_nothing_and_says_that_the_past_is_lost(
    house: House, answer: Facts
) -> None:
    async with started(house) as parts, visited(parts, house.era) as other:

        async def done_elsewhere() -> None:
            await copied(store_of(house), kept(house))
            (waiting,) = await parts.book.waiting()
            assert await decide(house, approve=waiting.id, proof="y") == 0
            assert (await other.facts("send_sms", SEND))["outcome"] == "done"
            await put_back(house)

        async with visited(parts, house.era, Reading(answer, done_elsewhere)) as session:
            assert (await session.problem("send_sms", SEND))["code"] == "past_lost"
    assert await posts(house) == 1


@both_eras
@pytest.mark.parametrize("answer", [TICK, DECLINE, CANCEL], ids=["yes", "no", "cancel"])
async def test_after_the_accepted_loss_nobody_claims_to_know_what_was_done_with_the_old_question(
    house: House, answer: Facts
) -> None:
    async with started(house) as parts, visited(parts, house.era) as other:

        async def done_elsewhere_and_lost() -> None:
            await copied(store_of(house), kept(house))
            (waiting,) = await parts.book.waiting()
            assert await decide(house, approve=waiting.id, proof="y") == 0
            assert (await other.facts("send_sms", SEND))["outcome"] == "done"
            await put_back(house)
            assert await accept_loss(config_file(house)) == 0

        async with visited(parts, house.era, Reading(answer, done_elsewhere_and_lost)) as session:
            told = await session.problem("send_sms", SEND)
            (entry,) = rows_of(await session.facts("list_actions"))
    assert told["code"] == "past_lost"
    assert "nobody can tell whether it was carried out before" in told["message"]
    assert entry["state"] == "expired"
    assert await posts(house) == 1


async def test_a_person_in_the_terminal_is_not_told_that_nothing_is_done(house: House, capsys: Shown) -> None:
    async with fronted(house) as session:
        asked = await session.facts("send_sms", SEND)
        await copied(store_of(house), kept(house))
        assert await decide(house, approve=asked["action_id"], proof="y") == 0
        await session.facts("send_sms", SEND)
        await put_back(house)
        assert await decide(house, deny=asked["action_id"]) == 1
    assert "was not denied: the store is an older copy" in " ".join(capsys.readouterr().out.split())


async def test_what_the_copy_brought_back_does_not_expire_there(house: House) -> None:
    """Expired would say that nothing was done."""
    clock = Clock()
    async with fronted(house, clock=clock) as session:
        asked = await session.facts("send_sms", SEND)
        await copied(store_of(house), kept(house))
        assert await decide(house, approve=asked["action_id"], proof="y") == 0
        await session.facts("send_sms", SEND)
        await put_back(house)
        clock.advance(minutes=11)
        assert session.parts is not None
        await session.parts.book.reap()
        entry = await session.facts("get_action", {"action_id": asked["action_id"]})
        assert entry["state"] == "proposed"
        assert await accept_loss(config_file(house)) == 0
        entry = await session.facts("get_action", {"action_id": asked["action_id"]})
    assert entry["state"] == "expired"
    assert "may have been done before" in entry["next"]


async def test_a_stop_in_the_copy_does_not_say_that_nothing_was_done(house: House) -> None:
    async with fronted(house, policy=FREE) as session:
        asked = await session.facts("send_sms", SEND)
        await copied(store_of(house), kept(house))
        assert await decide(house, approve=asked["action_id"], proof="y") == 0
        await session.facts("send_sms", SEND)
        await put_back(house)
        await session.told("stop_everything")
        entry = await session.facts("get_action", {"action_id": asked["action_id"]})
        refused = await session.problem("send_sms", FREE_SEND)
    assert (entry["state"], entry["reason"]) == ("expired", "the store's past was lost")
    assert "may have been done before" in entry["next"]
    assert refused["code"] == "past_lost"


async def test_a_safe_retry_of_what_the_copy_lacks_says_that_the_past_is_lost(house: House) -> None:
    async with fronted(house, policy=FREE) as session:
        await session.facts("query_credit")
        await copied(store_of(house), kept(house))
        done = await session.facts("send_sms", FREE_SEND)
        await put_back(house)
        refused = await session.problem("retry_safely", {"action_id": done["action_id"]})
    assert refused["code"] == "past_lost"


@pytest.mark.parametrize(("step", "person"), [("propose", Person()), ("send_out_of_band", None)])
async def test_nobody_is_asked_once_the_copy_is_put_back(
    house: House, monkeypatch: pytest.MonkeyPatch, step: str, person: Person | None
) -> None:
    """After the look for the same call: before the question is kept, and before it is left to a terminal."""
    async with fronted(house, person) as session:
        await session.facts("query_credit")
        assert session.parts is not None
        book = session.parts.book
        real = getattr(book, step)

        async def in_the_copy(*given: Any, **more: Any) -> Any:
            await copied(store_of(house), kept(house))
            await session.facts("query_credit")
            await put_back(house)
            return await real(*given, **more)

        monkeypatch.setattr(book, step, in_the_copy)
        assert (await session.problem("send_sms", SEND))["code"] == "past_lost"
    assert person is None or not person.asked


@pytest.mark.parametrize("trial", [0, "50%"])
async def test_a_plan_that_the_copy_lacks_is_not_told_as_planned(
    house: House, monkeypatch: pytest.MonkeyPatch, trial: int | str
) -> None:
    write_list(house, people(3))
    asked = {"name": "提醒", "list": "due.csv", "text": "【測試】您好", "trial": trial}
    read: Any = vars(Planner)["_read"]

    async def read_and_put_back(*given: Any) -> None:
        await read(*given)
        await put_back(house)

    async with fronted(house) as session:
        await session.facts("query_credit")
        await copied(store_of(house), kept(house))
        monkeypatch.setattr(Planner, "_read", read_and_put_back)
        refused = await session.problem("plan_campaign", asked)
    assert refused["code"] == "store_unavailable"
    assert refused["message"].startswith("Nothing was planned.")
