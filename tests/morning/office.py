"""An office in the morning: what was sent yesterday and today, and an assistant whose calls are counted."""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from server.parts import utc_now
from tests.e2e.house import Facts, House, Session, Told
from tests.e2e.person import Person
from tests.gate.servers import Clock

# The last digits decide what becomes of a text: 100 arrives, 101 is switched off, 103 is no number.
ARRIVES, OFF, DEAD, LEAVES = "0912345100", "0912345101", "0912345103", "0922345100"
YESTERDAYS, TODAYS, WAITING = "會員日快樂", "您的帳單已到期，請繳費", "等一下再發"
EVERYBODY = [ARRIVES, LEAVES, OFF, DEAD]


@dataclass(slots=True, kw_only=True)
class Office:
    """The house, its person, and what the assistant asked for one question."""

    house: House
    session: Session
    person: Person
    clock: Clock
    batches: dict[str, str] = field(default_factory=dict[str, str])
    told: list[Told] = field(default_factory=list[Told])

    async def ask(self, tool: str, **arguments: Any) -> Facts:
        """A call that the question costs."""
        told = await self.session.told(tool, arguments)
        self.told.append(told)
        return told.facts

    async def pass_time(self, **by: float) -> None:
        """Move the server's clock and the vendor's."""
        self.clock.advance(**by)
        apart = (self.clock() - utc_now()).total_seconds()
        await self.house.vendor.control("clock", advance_seconds=timedelta(**by).total_seconds())
        await self.house.vendor.control("clock", date_offset_seconds=apart)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What an operator asks, and how the assistant finds out; true where the answer is right."""

    number: int
    said: str
    answered: Callable[[Office], Awaitable[bool]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a question came to."""

    number: int
    right: bool
    calls: int
    texts: Mapping[str, str]


async def played(office: Office, question: Question) -> Outcome:
    """One question; an answer of another shape than expected is a wrong one."""
    office.told.clear()
    try:
        right = await question.answered(office)
    except (LookupError, TypeError, ValueError):
        right = False
    texts = {
        f"{question.number}.{at}": json.dumps(told.facts, ensure_ascii=False, separators=(",", ":"))
        for at, told in enumerate(office.told)
    }
    return Outcome(number=question.number, right=right, calls=len(office.told), texts=texts)
