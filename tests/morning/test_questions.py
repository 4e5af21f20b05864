"""What the server is for: an operator's questions are answered in one or two calls, and cheaply."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest

from server.gate import watching
from tests.clients.tokens import counted
from tests.e2e.house import House
from tests.e2e.person import Person
from tests.gate.servers import Clock, fronted
from tests.morning.office import (
    EVERYBODY,
    LEAVES,
    TODAYS,
    YESTERDAYS,
    Office,
    Outcome,
    played,
)
from tests.morning.questions import QUESTIONS

CALLS, TOKENS, ANSWERED = 2, 1_200, 30


@asynccontextmanager
async def morning(house: House) -> AsyncGenerator[Office]:
    """Yesterday's batch and a reply to it, a night, and today's batch."""
    person, clock = Person(), Clock()
    async with fronted(house, person, clock=clock) as session:
        office = Office(house=house, session=session, person=person, clock=clock)
        await _sent(office, "yesterday", YESTERDAYS)
        await house.vendor.control("reply", mobile=LEAVES, text="退訂")
        await office.pass_time(days=1)
        await _sent(office, "today", TODAYS)
        yield office


async def _sent(office: Office, name: str, text: str) -> None:
    facts = await office.session.facts("send_sms", {"recipients": EVERYBODY, "text": text})
    office.batches |= {name: facts["batch_id"], f"{name}'s action": facts["action_id"]}
    await office.pass_time(seconds=31)


async def test_an_operators_questions_are_answered_in_two_calls_and_1200_tokens(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "FIRST_PAUSE", 0.1)
    async with morning(house) as office:
        outcomes = [await played(office, question) for question in QUESTIONS]
    costs = await _tokens(outcomes)
    poor = {
        each.number: (each.right, each.calls, costs[each.number], *each.texts.values())
        for each in outcomes
        if not each.right or each.calls > CALLS or costs[each.number] > TOKENS
    }
    assert poor == {}
    assert len(outcomes) == ANSWERED


async def _tokens(outcomes: list[Outcome]) -> dict[int, int]:
    texts = {name: text for each in outcomes for name, text in each.texts.items()}
    counts = await counted(texts)
    return {each.number: sum(counts[name] for name in each.texts) for each in outcomes}
