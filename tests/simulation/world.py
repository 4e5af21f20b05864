"""One seed: two processes over one store, people, assistants, and everything that goes wrong around them."""

import asyncio
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random

from sqlalchemy import Connection

from server.store import audit
from server.store.comparing import Comparing
from server.store.keys import hash_number
from tests.judge.history import Terms
from tests.judge.judge import judge
from tests.judge.witness import Witness
from tests.simulation.actions import Rule
from tests.simulation.chaos import Chaos
from tests.simulation.client import NUMBERS, Client, wish
from tests.simulation.database import empty, shared_store
from tests.simulation.loop import VirtualLoop
from tests.simulation.vendor import Truth
from tests.simulation.watch import Watch
from tests.simulation.worker import (
    CAPS,
    KEY,
    TEST_NUMBER,
    TEST_POINTS,
    MemoryHead,
    MemoryOutbox,
    Worker,
    settings,
)

START = datetime(2026, 1, 31, 15, 40, tzinfo=UTC)
"""23:40 in Taipei, on the last day of a month."""
PRINCIPALS = ("local:a", "local:a", "token:b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What came of a seed."""

    seed: int
    violations: list[str]
    lines: list[str]
    posts: int
    answers: int

    def short(self) -> "Run":
        """Without its trace: what many runs are kept as."""
        return replace(self, lines=[])

    def kind(self) -> str:
        """The first violation, without the number of its action."""
        return re.sub(r"#\d+|w\d+", "#", self.violations[0])


class World:
    """Everything of one seed."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.faults = Random(f"{seed}, the store after a POST")
        """Of its own, so that a seed is the same run where no such fault is drawn."""
        self.loop = VirtualLoop(self.random)
        self.jumped = timedelta()
        self.witness = Witness(Terms(test_numbers=frozenset({TEST_NUMBER}), slack=0.0), self.seconds)
        self.truth = Truth(
            self.clock, self.random, Decimal(self.random.choice((4, 9, 50))), witness=self.witness
        )
        self.outbox = MemoryOutbox()
        self.watch = Watch(
            clock=self.clock,
            truth=self.truth,
            rule=Rule(numbers=frozenset({TEST_NUMBER}), points=TEST_POINTS),
            hashes={number: hash_number(KEY, number) for number in NUMBERS},
            kept=self.outbox.due,
        )
        self.heads = MemoryHead(Path("audit.head"))
        self.store = shared_store()
        self.caps = self.random.choice(CAPS)
        self._settings = settings(
            wait_seconds=self.random.choice((0.0, 0.0, 0.0, 700.0)), out_of_band=self.random.random() > 0.1
        )
        self._started = 0
        self.workers = [self.start_worker(), self.start_worker()]
        self.terminal = self.start_worker()
        self.wishes = [wish(self.random) for _ in range(self.random.choice((1, 2, 2, 3)))]
        can_ask = self.random.random() < 0.7
        self.clients = [
            Client(self, self.random.choice(PRINCIPALS), can_ask=can_ask)
            for _ in range(self.random.choice((2, 2, 3)))
        ]
        self.working = len(self.clients)

    def clock(self) -> datetime:
        """What every process takes for the time."""
        return START + self.jumped + timedelta(seconds=self.loop.time())

    def seconds(self) -> float:
        """The same for the judge."""
        return self.clock().timestamp()

    def start_worker(self) -> Worker:
        """A new process, with a name that none had before."""
        self._started += 1
        name = f"w{self._started}"
        self.watch.caps[name] = self.caps
        return Worker(self, name, self.caps, self._settings)

    async def live(self) -> None:
        """From the first call until everything is at rest."""
        await self.store.write(empty)
        chaos = Chaos(self)
        async with asyncio.TaskGroup() as group:
            group.create_task(chaos.run())
            for client in self.clients:
                group.create_task(self._work(client))
        await chaos.rest()
        await self._judge()

    async def _work(self, client: Client) -> None:
        await client.run()
        self.working -= 1

    async def _judge(self) -> None:
        for row in self.watch.rows.values():
            if row.state == "dispatching":
                self.watch.fail(f"{self.watch.name(row.id)} is dispatching for ever")
        for action_id in self.watch.told_done:
            if self.watch.rows[action_id].state == "unknown":
                self.watch.fail(f"{self.watch.name(action_id)} was told as done, and is unknown at the end")
        self.watch.double_texts()
        for found in judge(self.witness.history):
            self.watch.fail(f"the judge: {found}")
        for action_id, code in self.watch.promised.items():
            if self.watch.happened(self.watch.rows[action_id]):
                self.watch.fail(f"{self.watch.name(action_id)} was done after the answer {code}")
        await self.store.read(self._audited)

    def _audited(self, conn: Connection) -> None:
        """The chain is intact, and every table is what it says."""
        comparing = Comparing(KEY)
        found = audit.verify(conn, KEY, self.heads.head, take=comparing.take)
        if not found.ok:
            self.watch.fail(f"the audit is not intact: {found.problem}")
        for each in comparing.compare(conn):
            if not each.ok:
                self.watch.fail(f"{each.table} is not as the audit says: {each}")


def run(seed: int) -> Run:
    """Play one seed to its end."""
    world = World(seed)
    try:
        world.loop.run_until_complete(world.live())
    finally:
        world.loop.close()
    watch = world.watch
    return Run(
        seed=seed,
        violations=watch.violations,
        lines=watch.lines,
        posts=len(watch.posted),
        answers=sum(client.answers for client in world.clients),
    )
