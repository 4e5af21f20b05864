"""Any order of sends, dry runs, opt-outs and days: never over a cap, never to a blocked number, and exact.

`SOAK=1` plays more and longer stories, and prints how many.
"""

import os
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.ledger.notes import Note
from server.store import blocked
from tests.e2e.answer_facts import facts_of
from tests.e2e.house import House, Session
from tests.gate.servers import Clock, fronted
from tools.taipei import as_taipei

SOAK = bool(os.environ.get("SOAK"))
NUMBERS = ["0912345100", "0912345101", "0912345102"]
POINTS, RECIPIENTS, TEXTS = 7, 5, 2
CAPS = {"points_per_day": POINTS, "recipients_per_day": RECIPIENTS, "texts_per_recipient_per_day": TEXTS}
POLICY: dict[str, Any] = {
    **CAPS,
    "test_numbers": NUMBERS,
    "test_recipients": 3,
    "test_points": 100,
    "calls_per_minute": 1000,
}
NOON = datetime(2026, 3, 10, 4, 0, tzinfo=UTC)

a_number = st.sampled_from(NUMBERS)
some_numbers = st.lists(a_number, min_size=1, max_size=3, unique=True)
a_send = st.tuples(st.just("send"), some_numbers, st.integers(1, 2), st.booleans())
a_step = st.one_of(
    a_send,
    a_send,
    a_send,
    st.tuples(st.just("block"), a_number),
    st.tuples(st.just("unblock"), a_number),
    st.tuples(st.just("wait"), st.integers(1, 30)),
)


@dataclass(slots=True, kw_only=True)
class Model:
    """What may happen: figures of the day, and who is not to be contacted."""

    points: int = 0
    texts: Counter[str] = field(default_factory=Counter[str])
    blocked: set[str] = field(default_factory=set[str])

    def allows(self, numbers: list[str], parts: int) -> bool:
        """Whether a send keeps to everything."""
        return (
            not self.blocked & set(numbers)
            and self.points + parts * len(numbers) <= POINTS
            and self.texts.total() + len(numbers) <= RECIPIENTS
            and all(self.texts[number] < TEXTS for number in numbers)
        )

    def sent(self, numbers: list[str], parts: int) -> None:
        """Count a send."""
        self.points += parts * len(numbers)
        self.texts.update(numbers)

    def new_day(self) -> None:
        """The figures begin anew; who is blocked stays so."""
        self.points, self.texts = 0, Counter()


@dataclass(slots=True, kw_only=True)
class Story:
    """One run of steps against a server and its model."""

    house: House
    session: Session
    clock: Clock
    model: Model = field(default_factory=Model)
    number: int = 0

    async def play(self, step: Any) -> None:
        """One step, and what must be true of it."""
        match step:
            case ("send", numbers, parts, dry):
                await self._send(numbers, parts, dry=dry)
            case ("wait", hours):
                before = self._day()
                self.clock.advance(hours=hours)
                if self._day() != before:
                    self.model.new_day()
            case _:
                kind, number = step
                await self._opt(number, out=kind == "block")

    async def _send(self, numbers: list[str], parts: int, *, dry: bool) -> None:
        self.number += 1
        text = f"{self.number:<{70 * parts - 10}}."
        arguments = {"recipients": numbers, "text": text, "dry_run": dry}
        facts = facts_of(await self.session.client.call_tool("send_sms", arguments))
        allowed = self.model.allows(numbers, parts)
        if dry:
            assert not await self._arrived(text)
        elif allowed:
            assert facts["outcome"] == "done"
            assert await self._arrived(text) == len(numbers)
            self.model.sent(numbers, parts)
        else:
            assert facts["code"] == "policy_refused", facts
            assert not await self._arrived(text)

    async def _arrived(self, text: str) -> int:
        return sum(sent == text for _, sent, _ in await self.house.vendor.sent_texts())

    async def _opt(self, number: str, *, out: bool) -> None:
        parts = self.session.parts
        assert parts is not None
        (hashed,) = await parts.journal.hashes([f"+886{number[1:]}"])

        def work(conn: Any, now: datetime) -> tuple[None, Note]:
            if out:
                blocked.add(conn, hashed, "", "", now)
            else:
                blocked.remove(conn, hashed)
            return None, Note(what="blocked")

        await parts.journal.write(work)
        (self.model.blocked.add if out else self.model.blocked.discard)(number)

    def _day(self) -> str:
        return as_taipei(self.clock()).date().isoformat()


@settings(
    max_examples=150 if SOAK else 8,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=st.lists(a_step, min_size=6, max_size=40 if SOAK else 16))
async def test_no_story_passes_a_cap_or_reaches_a_blocked_number(house: House, steps: list[Any]) -> None:
    await house.vendor.control("reset")
    clock = Clock(NOON)
    with TemporaryDirectory() as folder:
        store = {"folder": Path(folder)}
        async with fronted(house, clock=clock, policy=POLICY, store=store) as session:
            story = Story(house=house, session=session, clock=clock)
            for step in steps:
                await story.play(step)
