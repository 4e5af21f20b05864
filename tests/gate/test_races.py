"""Two processes on one store at the moments where they can cross: each tells what really happened.

A race is made certain by a hook: while one process waits for an answer, or between two of its steps, the
other does the thing.
"""

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from server.gate.caller import Caller, FormReply
from server.gate.words.answers import Answer, Question
from server.ledger.book import Settled
from server.ledger.claiming import LEASE_SECONDS
from server.ledger.deciding import Decision
from server.ledger.finishing import Ending
from server.ledger.refusals import Repeats
from server.parts import Parts, build_parts
from server.settings.settings import load_settings
from server.store import blocked
from server.store.actions import Action, State
from tests.e2e.house import Facts
from tests.faults.front_door import CREDIT, LOOKING, RECEIPT, SEND, SENDING, accept, posts
from tests.faults.scripted import Exchange, ScriptedVendor, whole
from tests.gate.servers import FREE, FREE_MOBILE, FREE_SEND, Clock
from tests.judge.history import Terms
from tests.judge.judge import judge
from tests.judge.witness import Witness
from tests.store.samples import proposal
from tools.every8d.send_sms import SEND_SMS

Meanwhile = Callable[[], Awaitable[object]]

YES = Decision(by="王小明", channel="terminal")
DECLINE = FormReply(action="decline", took_ms=5000)
NO_TICK = FormReply(action="accept", agreed=False, took_ms=5000)
MOBILE = "+886912345678"


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """One server's parts; a caller of it is the same principal as one of the others."""

    parts: Parts
    witness: Witness

    async def asked(self, arguments: Facts = SEND) -> str:
        """Begin the call: the id of the action that the person is asked about."""
        asked = await self._call(arguments, can_ask=True)
        assert isinstance(asked, Question)
        return asked.action_id

    async def told(self, arguments: Facts = SEND) -> Facts:
        """The whole call, over a client that cannot be asked."""
        return _facts(await self._call(arguments, can_ask=False))

    async def replied(self, action_id: str, reply: FormReply, arguments: Facts = SEND) -> Facts:
        """The second round of the call."""
        return _facts(await self._call(arguments, can_ask=True, action_id=action_id, reply=reply))

    async def approve(self, action_id: str) -> None:
        """A person's yes in a terminal."""
        self.witness.decided(action_id, "yes")
        assert await self.parts.book.approve(action_id, YES) is not None

    async def state(self, action_id: str) -> str:
        """What the ledger says."""
        entry = await self.parts.book.get(action_id)
        assert entry is not None
        return str(entry.state)

    async def _call(self, arguments: Facts, *, can_ask: bool, **second: Any) -> Answer | Question:
        caller = Caller(principal="desk", session="s1", can_ask=can_ask)
        action_id, reply = str(second.get("action_id", "")), second.get("reply")
        call = self.witness.called("desk", "send_sms", arguments, action_id)
        if isinstance(reply, FormReply):
            self.witness.replied(call, "no" if reply in (DECLINE, NO_TICK) else "yes", 5, action_id)
        ended = await self.parts.gate.call(SEND_SMS, arguments, caller, **second)
        if isinstance(ended, Question):
            self.witness.asked(call, ended.action_id)
        else:
            self.witness.answered(call, ended.facts, error=ended.is_error)
        return ended


Start = Callable[..., Process]


def _facts(answer: Answer | Question) -> Facts:
    assert isinstance(answer, Answer), answer
    return dict(answer.facts)


@pytest.fixture
async def vendor() -> AsyncIterator[ScriptedVendor]:
    """EVERY8D with the waits as in use: what another process does meanwhile may take its time."""
    async with ScriptedVendor.serving(whole(CREDIT)) as scripted:
        yield scripted


@pytest.fixture
def clock() -> Clock:
    return Clock()


@asynccontextmanager
async def _starting(vendor: ScriptedVendor, folder: Path, clock: Clock) -> AsyncGenerator[Start]:
    started: list[Parts] = []
    terms = Terms(test_numbers=frozenset({FREE_MOBILE}), human_minimum=0)
    witness = Witness(terms, lambda: clock().timestamp())
    vendor.on_send = witness.posted

    def start(**changed: Any) -> Process:
        settings = load_settings(
            None,
            every8d={"base_url": vendor.url, "uid": "scripted", "password": "scripted"},
            store={"folder": folder / "store"},
            approval={"human_minimum_ms": 0},
            **changed,
        )
        parts = build_parts(settings, clock=clock)
        started.append(parts)
        return Process(parts=parts, witness=witness)

    yield start
    for parts in started:
        await parts.vendors.close()
        await parts.store.close()
    assert judge(witness.history) == []


@pytest.fixture
async def start(no_settings: Path, vendor: ScriptedVendor, clock: Clock) -> AsyncIterator[Start]:
    """Starts processes over one store. Nothing runs in their background: no race but the test's own."""
    vendor.plays[SENDING] = whole(RECEIPT)
    async with _starting(vendor, no_settings, clock) as starting:
        yield starting


def while_it_looks(vendor: ScriptedVendor, meanwhile: Meanwhile, answer: str = CREDIT) -> None:
    """Let the next question for the credit be answered only after something else was done."""

    async def play(exchange: Exchange) -> None:
        del vendor.plays[LOOKING]
        await meanwhile()
        await whole(answer)(exchange)

    vendor.plays[LOOKING] = play


def before(monkeypatch: pytest.MonkeyPatch, process: Process, step: str, meanwhile: Meanwhile) -> None:
    """Let something else be done just before this process takes a step of the ledger."""
    plain = getattr(process.parts.book, step)

    async def hooked(*arguments: object) -> object:
        await meanwhile()
        return await plain(*arguments)

    monkeypatch.setattr(process.parts.book, step, hooked)


def after(monkeypatch: pytest.MonkeyPatch, process: Process, step: str, meanwhile: Meanwhile) -> None:
    """The same, just after it."""
    plain = getattr(process.parts.book, step)

    async def hooked(*arguments: object) -> object:
        result = await plain(*arguments)
        await meanwhile()
        return result

    monkeypatch.setattr(process.parts.book, step, hooked)


def assert_tells_the_send(facts: Facts, action_id: str) -> None:
    assert facts["outcome"] == "done", facts
    assert (facts["action_id"], facts["replayed"]) == (action_id, True)
    assert facts["batch_id"] == RECEIPT.rsplit(",", 1)[1]
    assert "Nothing was sent" not in str(facts)


@pytest.mark.parametrize("reply", [DECLINE, NO_TICK], ids=["decline", "no tick"])
async def test_a_no_after_another_process_sent_tells_the_send(
    start: Start, vendor: ScriptedVendor, monkeypatch: pytest.MonkeyPatch, reply: FormReply
) -> None:
    here, there = start(), start()
    arguments: Facts = {**SEND, "recipients": ["0912345678", "0912345679"]}
    vendor.plays[SENDING] = whole(RECEIPT.replace(",1,1,", ",2,2,"))
    action_id = await here.asked(arguments)

    async def approved_and_sent_there() -> None:
        await there.approve(action_id)
        assert (await there.told(arguments))["outcome"] == "done"

    before(monkeypatch, here, "deny", approved_and_sent_there)
    assert_tells_the_send(await here.replied(action_id, reply, arguments), action_id)
    assert await here.state(action_id) == "succeeded"
    assert posts(vendor) == 1


async def test_a_no_while_another_process_sends_tells_that_it_is_being_done(
    start: Start, vendor: ScriptedVendor, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = start(), start()
    action_id = await here.asked()

    async def approved_and_claimed_there() -> None:
        await there.approve(action_id)
        assert await there.parts.book.claim(action_id, [MOBILE]) is not None

    before(monkeypatch, here, "deny", approved_and_claimed_there)
    facts = await here.replied(action_id, DECLINE)
    assert (facts["outcome"], facts["action_id"]) == ("in_progress", action_id)
    assert await here.state(action_id) == "dispatching"


async def test_a_no_takes_back_a_yes_from_elsewhere_as_long_as_nothing_was_begun(
    start: Start, vendor: ScriptedVendor, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = start(), start()
    action_id = await here.asked()
    before(monkeypatch, here, "deny", partial(there.approve, action_id))
    facts = await here.replied(action_id, DECLINE)
    assert (facts["code"], facts["message"]) == ("declined", "Nothing was sent. The person declined.")
    assert await here.state(action_id) == "denied"
    assert posts(vendor) == 0


async def test_points_that_the_same_call_spent_elsewhere_are_no_refusal(
    start: Start, vendor: ScriptedVendor
) -> None:
    """The second look finds no points left, since they went for this very text."""
    here, there = start(), start()
    action_id = await here.asked()
    await here.approve(action_id)
    while_it_looks(vendor, there.told, answer="0.00")
    assert_tells_the_send(await here.told(), action_id)
    assert posts(vendor) == 1


async def test_a_number_that_was_blocked_after_the_same_call_sent_is_no_refusal(
    start: Start, vendor: ScriptedVendor
) -> None:
    here, there = start(), start()
    action_id = await here.asked()
    await here.approve(action_id)

    async def sent_there_then_blocked() -> None:
        assert (await there.told())["outcome"] == "done"
        await _block(there)

    while_it_looks(vendor, sent_there_then_blocked)
    assert_tells_the_send(await here.told(), action_id)
    assert posts(vendor) == 1


async def test_a_cap_of_this_process_is_no_refusal_of_what_another_sent(
    start: Start, vendor: ScriptedVendor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The claim here meets the cap; before the approval is ended, the other process has sent."""
    here, there = start(policy={"points_per_day": 1}), start()
    vendor.plays[SENDING] = accept
    action_id = await here.asked()
    await here.approve(action_id)
    assert (await _sent_by_yes(there, {**SEND, "text": "another text"}))["outcome"] == "done"
    vendor.plays[SENDING] = whole(RECEIPT)
    after(monkeypatch, here, "claim", there.told)
    assert_tells_the_send(await here.told(), action_id)
    assert posts(vendor) == 2


@pytest.mark.parametrize("refusal", ["drift", "block", "cap"])
async def test_the_same_refusals_without_a_send_elsewhere_say_that_nothing_was_sent(
    start: Start, vendor: ScriptedVendor, refusal: str
) -> None:
    """The counterpart."""
    here, there = start(policy={"points_per_day": 1}), start()
    action_id = await here.asked()
    await here.approve(action_id)
    sent = posts(vendor)
    if refusal == "drift":
        vendor.plays[LOOKING] = whole("0.00")
    elif refusal == "block":
        while_it_looks(vendor, partial(_block, there))
    else:
        await _sent_by_yes(there, {**SEND, "text": "another text"})
        sent = posts(vendor)
    facts = await here.told()
    assert "Nothing was sent." in facts["message"]
    assert await here.state(action_id) == "expired"
    assert posts(vendor) == sent


@pytest.mark.parametrize("reaped", [False, True], ids=["unseen", "taken for unknown"])
async def test_a_process_that_stood_still_past_its_lease_does_not_post(
    start: Start, vendor: ScriptedVendor, clock: Clock, monkeypatch: pytest.MonkeyPatch, *, reaped: bool
) -> None:
    here, there = start(), start()
    action_id = await here.asked()
    await here.approve(action_id)

    async def stand_still() -> None:
        clock.advance(seconds=LEASE_SECONDS + reaped)
        assert len(await there.parts.book.reap()) == reaped

    after(monkeypatch, here, "claim", stand_still)
    facts = await here.told()
    assert (facts["code"], facts["retryable"]) == ("not_sent", True)
    assert facts["message"].startswith("Nothing was sent.")
    assert await here.state(action_id) == "failed"
    assert posts(vendor) == 0


async def test_a_free_send_that_stood_still_past_its_lease_is_not_posted(
    start: Start, vendor: ScriptedVendor, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = start(policy=FREE)

    async def stand_still() -> None:
        clock.advance(seconds=LEASE_SECONDS)

    after(monkeypatch, here, "approve_and_claim", stand_still)
    assert (await here.told(FREE_SEND))["code"] == "not_sent"
    assert posts(vendor) == 0


async def test_a_process_that_stood_still_within_its_lease_posts(
    start: Start, vendor: ScriptedVendor, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The counterpart: a second before its end the lease still holds."""
    here = start()
    action_id = await here.asked()
    await here.approve(action_id)

    async def stand_still() -> None:
        clock.advance(seconds=LEASE_SECONDS - 1)

    after(monkeypatch, here, "claim", stand_still)
    assert (await here.told())["outcome"] == "done"
    assert posts(vendor) == 1


async def test_a_free_send_to_a_number_that_was_blocked_meanwhile_is_not_posted(
    start: Start, vendor: ScriptedVendor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody is asked, so the step that takes it for dispatch is the last that can see the block."""
    here, there = start(policy=FREE), start()
    before(monkeypatch, here, "approve_and_claim", partial(_block, there, FREE_MOBILE))
    facts = await here.told(FREE_SEND)
    assert facts["message"].startswith("Nothing was sent.")
    assert posts(vendor) == 0


async def test_a_free_retry_of_what_is_settled_meanwhile_is_not_taken(start: Start) -> None:
    """It was unknown when the retry was proposed; a delivery report has come since."""
    book = start().parts.book
    begun = await book.approve_and_claim(proposal("first"), 600, YES, [MOBILE])
    assert not isinstance(begun, Repeats)
    first, taken = begun
    assert isinstance(taken, Action)
    assert await book.finish(first.id, Ending(state=State.UNKNOWN, outcome="{}"))
    retry = replace(proposal("retry", tool="retry_safely"), retry_of=first.id)
    await book.reconcile(first.id, Settled(state=State.SUCCEEDED, by="vendor", how="a report"))
    begun = await book.approve_and_claim(retry, 600, YES, [MOBILE])
    assert not isinstance(begun, Repeats)
    assert begun[1] is None


@pytest.mark.parametrize("reaped", [False, True], ids=["still approved", "expired"])
async def test_an_approval_that_lapsed_before_its_claim_is_told_as_expired(
    start: Start, vendor: ScriptedVendor, clock: Clock, *, reaped: bool
) -> None:
    here, there = start(), start()
    action_id = await here.asked()
    await here.approve(action_id)

    async def lapse() -> None:
        clock.advance(seconds=here.parts.settings.approval.expires_s + 1)
        if reaped:
            await there.parts.book.reap()

    while_it_looks(vendor, lapse)
    facts = await here.told()
    assert (facts["code"], facts["retryable"]) == ("approval_expired", True)
    assert facts["message"].startswith("Nothing was sent. The approval came too late")
    assert await here.state(action_id) == ("expired" if reaped else "approved")
    assert posts(vendor) == 0


async def _sent_by_yes(process: Process, arguments: Facts) -> Facts:
    await process.approve(await process.asked(arguments))
    return await process.told(arguments)


async def _block(process: Process, mobile: str = MOBILE) -> None:
    journal = process.parts.journal
    (number,) = await journal.hashes([mobile])
    await journal.write(
        lambda conn, now: (blocked.add(conn, number, "0912***678", "asked to stop", now), None)
    )
    process.witness.blocked(mobile)
