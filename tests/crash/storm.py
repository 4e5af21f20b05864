"""Servers that are killed at random moments while clients send, and what became of each text."""

import os
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import anyio
from mcp import StdioServerParameters
from mcp.client import Client
from mcp.shared.exceptions import MCPError

from tests.e2e.answer_facts import facts_of
from tests.e2e.house import House
from tests.e2e.process import at_the_sandbox
from tests.judge.history import Answered, Called, History, Posted, Terms
from tests.patience import PATIENCE

ROOT = Path(__file__).parents[2]
NUMBER = "0912345100"


@dataclass(slots=True, kw_only=True)
class Storm:
    """What the clients asked for and were told. A text is asked for again until it has an end."""

    house: House
    dice: random.Random
    naive: bool = False
    lanes: int = 2
    """Servers at once, on one store."""
    answer_after: float = 0.05
    """Seconds that the vendor takes to answer, so that many a kill falls between request and answer."""
    kills: int = 0
    asked: int = 0
    answered: int = 0
    told: dict[str, set[str]] = field(default_factory=dict[str, set[str]])
    """The outcomes that were told of each text."""
    seen: list[Called | Answered] = field(default_factory=list[Called | Answered])
    """The same in the order of time, for the judge."""

    async def rage(self, seconds: float, *, kills: int = 0) -> None:
        """Go on for so long, and until so many servers were killed."""
        slow = {"path": "sendSMS.ashx", "fault": "slow", "seconds": self.answer_after, "times": 100_000}
        await self.house.vendor.control("faults", **slow)
        end = anyio.current_time() + seconds
        async with anyio.create_task_group() as group:
            for lane in range(self.lanes):
                group.start_soon(self._lane, lane, end, kills)

    async def _lane(self, lane: int, end: float, kills: int) -> None:
        while anyio.current_time() < end or self.kills < kills:
            await self._life(lane)

    async def _life(self, lane: int) -> None:
        """One server from its start to its violent end."""
        pid = self.house.folder / f"pid-{lane}"
        pid.unlink(missing_ok=True)
        try:
            async with Client(self._server(pid)) as client, anyio.create_task_group() as group:
                group.start_soon(self._send_on, client)
                await self._some_time()
                self.kills += 1
                os.kill(int(pid.read_text()), signal.SIGKILL)
        except* (MCPError, anyio.ClosedResourceError, anyio.BrokenResourceError):
            pass  # The client loses its server, and says so in one of these ways.

    async def _some_time(self) -> None:
        """Some die while they start; most after their first answer, in the midst of the next send."""
        if self.dice.random() < 1 / 5:
            await anyio.sleep(self.dice.uniform(0, 0.5))
            return
        before = self.answered
        with anyio.move_on_after(PATIENCE):
            while self.answered == before:  # noqa: ASYNC110 - a count of this class
                await anyio.sleep(0.005)
        if self.dice.random() < 1 / 2:
            await self._next_post()
        await anyio.sleep(self.dice.uniform(0, 2 * self.answer_after))

    async def _next_post(self) -> None:
        """On a busy machine a time alone hits no send."""
        before = len(await self._posted())
        with anyio.move_on_after(PATIENCE):
            while len(await self._posted()) == before:  # noqa: ASYNC110 - the vendor announces nothing
                await anyio.sleep(0.005)

    async def _send_on(self, client: Client) -> None:
        while True:
            text = self._next_text()
            self.asked += 1
            facts = await self._call(client, {"recipients": [NUMBER], "text": text})
            self.answered += 1
            self.told[text].add(str(facts.get("outcome") or facts["code"]))

    async def _call(self, client: Client, arguments: dict[str, Any]) -> dict[str, Any]:
        """One call, written down for the judge; a killed server leaves it without an answer."""
        call = f"c{self.asked}"
        called = Called(at=time.time(), call=call, principal="local", tool="send_sms", arguments=arguments)
        self.seen.append(called)
        result = await client.call_tool("send_sms", arguments)
        facts = facts_of(result)
        self.seen.append(Answered(at=time.time(), call=call, facts=facts, error=bool(result.is_error)))
        return facts

    def _next_text(self) -> str:
        """A new text, or one that still has no end: another server may be at it at this very moment."""
        open_ones = [text for text, said in self.told.items() if "done" not in said]
        if open_ones and self.dice.random() < 2 / 3:
            return self.dice.choice(open_ones)
        text = f"text {len(self.told)}"
        self.told[text] = set()
        return text

    def _server(self, pid: Path) -> StdioServerParameters:
        env = at_the_sandbox(self.house, POLICY__CALLS_PER_MINUTE="100000", LOG_LEVEL="ERROR")
        arguments = ["-m", "tests.crash.launcher", "--pid", str(pid), *(["--naive"] if self.naive else [])]
        return StdioServerParameters(command=sys.executable, args=arguments, env=env, cwd=ROOT)

    def told_unknown(self) -> bool:
        """Whether a kill has fallen into a send, and whoever asked again was told so."""
        return any("unknown" in said for said in self.told.values())

    async def arrived(self) -> Counter[str]:
        """How often each text has reached the vendor."""
        return Counter(post.text for post in await self._posted())

    async def history(self) -> History:
        """What the clients saw and what the vendor's log says."""
        events = sorted([*self.seen, *await self._posted()], key=lambda event: event.at)
        terms = Terms(test_numbers=frozenset({"+886" + NUMBER[1:]}), call_limit=45)
        return History(terms, list(events))

    async def _posted(self) -> list[Posted]:
        log = await self.house.vendor.log()
        return [posted_of(entry) for entry in log if entry["path"].lower().endswith("sendsms.ashx")]


def posted_of(entry: Mapping[str, Any]) -> Posted:
    """A line of the sandbox's log as the judge reads it."""
    fields = dict(entry["fields"])
    numbers = tuple(fields["DEST"].split(","))
    return Posted(
        at=datetime.fromisoformat(entry["time"]).timestamp(),
        reference=fields["SB"].split()[0],
        numbers=numbers,
        text=fields["MSG"],
        carried_out=entry["processed"],
        texted=numbers if entry["processed"] else (),
    )
