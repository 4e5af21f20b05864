"""The approver's phone as the sandbox plays it: what it was texted, and what its owner answers."""

import re
from dataclasses import dataclass
from typing import Any

from tests.e2e.house import House, Session, fields_of
from tests.gate.servers import Clock

PHONE, SHOWN = "0933111222", "0933***222"
ASKED: dict[str, Any] = {"phone": PHONE, "human_minimum_ms": 0}
"""The settings of approval by a text."""


@dataclass(frozen=True, slots=True)
class Phone:
    """The approver's phone."""

    house: House
    number: str = PHONE

    async def texts(self) -> list[str]:
        """What was texted to it, oldest first."""
        log = map(fields_of, await self.house.vendor.log())
        return [fields["MSG"] for fields in log if fields.get("DEST") == self.number]

    async def code(self) -> str:
        """The code of the last text."""
        return code_of((await self.texts())[-1])

    async def answer(self, text: str, **more: str) -> None:
        """Its owner answers the last text, or the one of `batch_id`; `sender` is another number's answer."""
        await self.house.vendor.control("reply", mobile=self.number, text=text, **more)

    async def batch(self) -> str:
        """The vendor's batch of the last text."""
        batches = (await self.house.vendor.state())["batches"]
        asking = [each for each in batches if each["messages"][0]["mobile"].endswith(self.number[1:])]
        return str(asking[-1]["batch_id"])

    async def later(self, clock: Clock, seconds: float) -> None:
        """Time passes, here and at the vendor."""
        clock.advance(seconds=seconds)
        await self.house.vendor.advance(seconds)

    async def looked(self) -> int:
        """How often its answers were read (2.4)."""
        paths = [str(entry["path"]).lower() for entry in await self.house.vendor.log()]
        return sum(path.endswith("getreplymessage.ashx") for path in paths)


def code_of(text: str) -> str:
    """The code that a text asks for."""
    found = re.search(r"(?:Reply|請回) (\d{4})\b", text)
    assert found is not None, text
    return found[1]


def wrong(code: str, by: int = 1) -> str:
    """Another code."""
    return f"{(int(code) - 1_000 + by) % 9_000 + 1_000}"


async def state(session: Session, action_id: str) -> str:
    """Where an action stands."""
    return str((await session.facts("get_action", {"action_id": action_id}))["state"])
