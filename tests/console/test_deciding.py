"""Every answer that a person gives on the page goes one way, and does nothing that a yes was not given to."""

from datetime import timedelta
from typing import Any

import anyio
import pytest

from server.console.deciding import Said, Taken, carry_out, decide
from server.demo.rows import rows_of
from server.gate.recalling import caller_on_page
from server.gate.words.answers import Answer
from server.ledger.deciding import Decision
from server.parts import Parts
from server.store.actions import Action, State
from server.store.audit import export
from tests.e2e.eras import ERAS
from tests.e2e.house import House
from tests.e2e.person import Person
from tests.gate.servers import LAUNCH, SEND, Clock, posts, started, visited

WHO = "local:lin"
YES, NO = Said(answer="approve", by=WHO), Said(answer="refuse", by=WHO)
NOTE = Said(answer="change", by=WHO, note="改成週五 10:00，打 0987654321")


async def _begun(parts: Parts, tool: str = "send_sms", arguments: dict[str, Any] = SEND) -> Action:
    """An action that a person begins on the page itself."""
    asked = await parts.gate.call(parts.operations[tool], arguments, caller_on_page(WHO))
    assert isinstance(asked, Answer)
    assert asked.facts["outcome"] == "approval_required"
    entry = await parts.book.get(asked.facts["action_id"])
    assert entry is not None
    return entry


@pytest.mark.parametrize("era", ERAS)
async def test_a_yes_lets_the_same_call_through_once_and_says_who_gave_it(house: House) -> None:
    async with started(house) as parts, visited(parts, house.era) as session:
        asked = (await session.facts("send_sms", SEND))["action_id"]
        assert (await decide(parts, asked.lower(), YES)).refusal == ""
        assert await posts(house) == 0
        assert (await session.facts("send_sms", SEND))["outcome"] == "done"
        shown = await session.facts("get_action", {"action_id": asked})
    assert shown["decided_by"] == "local:lin (console)"
    assert await posts(house) == 1


async def test_a_second_answer_does_nothing_whichever_it_is(house: House) -> None:
    async with started(house) as parts, visited(parts, house.era) as session:
        asked = (await session.facts("send_sms", SEND))["action_id"]
        assert (await decide(parts, asked, NO)).refusal == ""
        again = [await decide(parts, asked, each) for each in (YES, NO, NOTE)]
        entry = await parts.book.get(asked)
        assert entry is not None
        assert entry.state is State.DENIED
    assert all(asked in taken.refusal for taken in again)
    assert await posts(house) == 0


async def test_many_clicks_at_once_are_one_yes(house: House) -> None:
    async with started(house) as parts, visited(parts, house.era) as session:
        asked = (await session.facts("send_sms", SEND))["action_id"]
        taken: list[Taken] = []

        async def click() -> None:
            taken.append(await decide(parts, asked, YES))

        async with anyio.create_task_group() as group:
            for _ in range(5):
                group.start_soon(click)
    assert sorted(bool(each.refusal) for each in taken) == [False, True, True, True, True]


async def test_the_typed_proof_is_asked_for_and_a_wrong_one_leaves_it_waiting(house: House) -> None:
    async with started(house) as parts, visited(parts, house.era) as session:
        asked = (await session.facts("terminate_launch", LAUNCH))["action_id"]
        for typed in ("", "1183", "yes"):
            taken = await decide(parts, asked, Said(answer="approve", by=WHO, proof=typed))
            assert "is not the proof" in taken.refusal
            assert taken.entry is not None
            assert taken.entry.state is State.PROPOSED
        right = Said(answer="approve", by=WHO, proof=" １１８２ ")
        assert (await decide(parts, asked, right)).refusal == ""
        assert (await session.facts("terminate_launch", LAUNCH))["outcome"] == "done"


async def test_what_holds_no_longer_is_refused_after_the_click_and_asked_anew(house: House) -> None:
    async with started(house) as parts, visited(parts, house.era) as session:
        asked = (await session.facts("terminate_launch", LAUNCH))["action_id"]
        await house.vendor.tasks(LaunchID="1182", LaunchAction="3")
        await house.forget_log()
        taken = await decide(parts, asked, Said(answer="approve", by=WHO, proof="1182"))
        entry = await parts.book.get(asked)
        again = await session.facts("terminate_launch", LAUNCH)
    assert "was running and is now paused" in taken.refusal
    assert entry is not None
    assert entry.state is State.EXPIRED
    assert (again["outcome"], again["action_id"] == asked) == ("approval_required", False)
    assert await posts(house) == 0


async def test_a_late_yes_does_nothing(house: House) -> None:
    clock = Clock()
    async with started(house, clock=clock) as parts, visited(parts, house.era) as session:
        asked = (await session.facts("send_sms", SEND))["action_id"]
        clock.advance(minutes=11)
        assert "decided or expired" in (await decide(parts, asked, YES)).refusal
    assert await posts(house) == 0


async def test_a_note_reaches_the_assistant_and_an_empty_one_leaves_it_waiting(house: House) -> None:
    async with started(house) as parts, visited(parts, house.era) as session:
        asked = (await session.facts("send_sms", SEND))["action_id"]
        for nothing in ("", " \n", "\u200b\u202e"):
            empty = await decide(parts, asked, Said(answer="change", by=WHO, note=nothing))
            assert "still waits" in empty.refusal
        assert (await decide(parts, asked, NOTE)).refusal == ""
        told = await session.problem("send_sms", SEND)
        kept = await parts.book.get(asked)
    assert told["note_untrusted"] == "改成週五 10:00，打 0987***321"
    assert kept is not None
    assert "0987654321" not in kept.reason


async def test_a_yes_on_the_page_stands_for_a_form_that_is_still_open(house: House) -> None:
    """And a no on the page ends it, whatever the form says afterwards."""

    class Slow(Person):
        said = YES

        async def __call__(self, context: Any, params: Any) -> Any:
            (waiting,) = await parts.book.waiting()
            assert (await decide(parts, waiting.id, self.said)).refusal == ""
            return await super().__call__(context, params)

    person = Slow()
    async with started(house) as parts, visited(parts, house.era, person) as session:
        assert (await session.facts("send_sms", SEND))["outcome"] == "done"
        person.said = NO
        refused = await session.problem("send_sms", {**SEND, "text": "再見"})
    assert refused["code"] == "declined"
    assert await posts(house) == 1


async def test_what_a_person_began_on_the_page_is_carried_out_by_it_once(house: House) -> None:
    async with started(house) as parts:
        entry = await _begun(parts)
        before = await carry_out(parts, entry)
        assert before is not None
        assert before.facts["outcome"] == "approval_required"
        taken = await decide(parts, entry.id, YES)
        assert taken.entry is not None
        ended: list[Any] = []

        async def go() -> None:
            ended.append(await carry_out(parts, entry))

        async with anyio.create_task_group() as group:
            for _ in range(3):
                group.start_soon(go)
    assert all(each.facts["action_id"] == entry.id for each in ended)
    assert "done" in {each.facts["outcome"] for each in ended}
    assert await posts(house) == 1


async def test_what_an_assistant_asked_for_is_left_to_its_call(house: House) -> None:
    async with started(house) as parts, visited(parts, house.era) as session:
        asked = (await session.facts("send_sms", SEND))["action_id"]
        taken = await decide(parts, asked, YES)
        assert taken.entry is not None
        assert await carry_out(parts, taken.entry) is None
        assert [row["state"] for row in rows_of(await session.facts("list_actions"))] == ["approved"]
    assert await posts(house) == 0


async def test_a_stop_of_everything_that_a_person_began_is_carried_out(house: House) -> None:
    ahead = await house.vendor.compact_time(timedelta(hours=2))
    async with started(house) as parts, visited(parts, house.era) as session:
        booked = {**SEND, "send_at": f"{ahead[:4]}-{ahead[4:6]}-{ahead[6:8]}T{ahead[8:10]}:{ahead[10:12]}"}
        first = (await session.facts("send_sms", booked))["action_id"]
        assert await parts.book.approve(first, Decision(by=WHO, channel="console"))
        assert (await session.facts("send_sms", booked))["outcome"] == "done"
        entry = await _begun(parts, "stop_everything", {})
        assert (
            await decide(parts, entry.id, Said(answer="approve", by=WHO, proof=entry.proof))
        ).refusal == ""
        ended = await carry_out(parts, entry)
    assert ended is not None
    assert ended.facts["outcome"] == "done"
    assert ended.facts["action_id"] == entry.id


async def test_the_receipt_names_the_audits_line(house: House) -> None:
    async with started(house) as parts, visited(parts, house.era) as session:
        asked = (await session.facts("send_sms", SEND))["action_id"]
        waiting = await parts.book.get(asked)
        assert waiting is not None
        assert await parts.book.receipt(waiting) is None
        entry = (await decide(parts, asked, YES)).entry
        assert entry is not None
        await session.facts("send_sms", SEND)
        receipt = await parts.book.receipt(entry)
        assert receipt is not None
        lines = await parts.journal.read(lambda conn, _: [*export(conn)])
    (line,) = [each for each in lines if f'"mac":"{receipt.mac}"' in each]
    assert f'"action_id":"{asked}"' in line
    assert '"event":"approved"' in line
    assert line.startswith(f'{{"sequence":{receipt.sequence},')


async def test_an_unknown_action_is_said_to_be_none(house: House) -> None:
    async with started(house) as parts:
        taken = await decide(parts, "ZZZZ-ZZZZ\u202e<b>", YES)
    assert taken.entry is None
    assert "There is no action" in taken.refusal
    assert "\u202e" not in taken.refusal
