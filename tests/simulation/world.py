"""One seed: two processes over one store, people, assistants, and everything that goes wrong around them."""

import asyncio
import re
import secrets
import sqlite3
from collections.abc import Awaitable, Callable, Generator
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any
from unittest.mock import patch

import anyio.from_thread
import anyio.to_thread
from sqlalchemy.util.concurrency import await_only, greenlet_spawn

from server.batches import recorder
from server.campaigns import course
from server.campaigns import worker as taking_over
from server.gate.campaign_chunks import ChunkSender
from server.store import audit, unpacking
from server.store.actions import Caps, new_id
from server.store.comparing import Comparing
from server.store.keys import hash_number
from server.store.plans import Connection
from tests.judge.history import Terms
from tests.judge.judge import judge
from tests.judge.witness import Witness
from tests.simulation.actions import Rule
from tests.simulation.campaign_lists import NAME
from tests.simulation.campaigner import Campaigner
from tests.simulation.chaos import Chaos
from tests.simulation.client import BRAKE, NUMBERS, Client, wish
from tests.simulation.couriers import (
    ALL_PACKED,
    LANES,
    LOOK_SECONDS,
    MOST_PACKED,
    PACKED_FOR,
    Couriers,
)
from tests.simulation.database import empty, shared_store
from tests.simulation.loop import Life, VirtualLoop
from tests.simulation.restoring import Operator
from tests.simulation.retrier import Retrier
from tests.simulation.vendor import ARRIVED, HANDED_OVER, NO_SUCH_NUMBER, SWITCHED_OFF, Truth
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
_RESTORING, _RESTORED = 8, 5
"""One world of eight has an operator who puts a copy of the store back,"""
_RESTORING_CAMPAIGNS, _RESTORED_CAMPAIGN = 32, 26
"""and so has one of four that play a campaign."""
_CAMPAIGNS, _CAMPAIGN = 8, 2
"""One world of eight plays a campaign."""
_KINDS, _HARSH, _TRIALS = 24, 2, 10
"""In one of three of these every other request has no answer, in one a trial has terms."""
_TEXTING, _MORE_TEXTS = 48, 18
"""In one of six the same people are texted by other calls and campaigns on the same day."""
_REACHED, _SELDOM_REACHED = 0.6, 0.2
"""So many of those whom a campaign texts; the second where it may be planned again."""
_ENDS, _OFTEN = (SWITCHED_OFF, ARRIVED, HANDED_OVER, NO_SUCH_NUMBER), (6, 2, 2, 1)
"""What becomes of a text to anybody else, where a campaign may be planned again."""
_MEMBERS = tuple(f"+8869123456{number:02}" for number in range(1, 9))
_CAMPAIGN_CAPS = (Caps(), Caps(), Caps(points_per_day=Decimal(12)), Caps(texts_per_recipient_per_day=2))
PRINCIPALS = ("local:a", "local:a", "token:b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What came of a seed."""

    seed: int
    violations: list[str]
    lines: list[str]
    """The trace, where it is asked for or something is broken."""
    posts: int
    answers: int

    def kind(self) -> str:
        """The first violation, without the number of its action."""
        return re.sub(r"#\d+|w\d+", "#", self.violations[0])


class World:
    """Everything of one seed."""

    def __init__(self, seed: int, *, traced: bool) -> None:
        self.random = Random(seed)
        self.faults = Random(f"{seed}, the store after a POST")
        """Of its own, so that a seed is the same run where no such fault is drawn."""
        self.loop = VirtualLoop(self.random)
        self.jumped = timedelta()
        self._moment, self._now = (self.jumped, 0.0), START
        terms = Terms(test_numbers=frozenset({TEST_NUMBER}), slack=0.0, names_parts=True)
        self.witness = Witness(terms, self.seconds)
        campaign = seed % _CAMPAIGNS == _CAMPAIGN
        credit = self.random.choice((9, 50, 50) if campaign else (4, 9, 50))
        self.truth = Truth(self.clock, self.random, Decimal(credit), witness=self.witness)
        self.truth.harsh = seed % _KINDS == _HARSH
        self.on_terms = seed % _KINDS == _TRIALS
        self.more_texts = Random(f"{seed}, more texts") if seed % _TEXTING == _MORE_TEXTS else None
        if campaign:
            luck = Random(f"{seed}, who is reached")
            often = _REACHED if self.on_terms else _SELDOM_REACHED
            self.truth.reached = frozenset("0" + each[4:] for each in _MEMBERS if luck.random() < often)
            if not self.on_terms:
                self.truth.ends = lambda: luck.choices(_ENDS, _OFTEN)[0]
        self.outbox = MemoryOutbox()
        self.watch = Watch(
            clock=self.clock,
            truth=self.truth,
            rule=Rule(numbers=frozenset({TEST_NUMBER}), points=TEST_POINTS),
            hashes={number: hash_number(KEY, number) for number in (_MEMBERS if campaign else NUMBERS)},
            traced=traced,
            kept=self.outbox.due,
        )
        self.couriers = Couriers(self, alone=self.random.random() < 0.3) if campaign else None
        self.lists = {NAME: _MEMBERS[: self.random.randrange(2, 8)]} if campaign else {}
        self.heads = MemoryHead(Path("audit.head"), accepted=self._loss_accepted)
        self.store = shared_store()
        self.caps = self.random.choice(_CAMPAIGN_CAPS if campaign else CAPS)
        self._settings = settings(
            wait_seconds=self.random.choice((0.0, 0.0, 0.0, 700.0)), out_of_band=self.random.random() > 0.1
        )
        self._started = 0
        self.workers = [self.start_worker(), self.start_worker()]
        self.terminal = self.start_worker()
        self.wishes = [wish(self.random) for _ in range(self.random.choice((1, 2, 2, 3)))]
        restoring = seed % _RESTORING == _RESTORED or seed % _RESTORING_CAMPAIGNS == _RESTORED_CAMPAIGN
        if restoring:
            # What goes on although the past is lost.
            self.wishes.append(BRAKE)
        can_ask = self.random.random() < 0.7
        who = Campaigner if self.on_terms else Retrier
        self.campaigner = who(self, "local:a", can_ask=can_ask) if campaign else None
        self.clients = [
            Client(self, self.random.choice(PRINCIPALS), can_ask=can_ask)
            for _ in range(self.random.choice((0, 1) if campaign else (2, 2, 3)))
        ]
        if self.campaigner is not None:
            self.clients.append(self.campaigner)
        self.working = len(self.clients)
        self._operator = Operator(self, Random(f"{seed}, the operator")) if restoring else None

    def clock(self) -> datetime:
        """What every process takes for the time."""
        moment = (self.jumped, self.loop.time())
        if moment != self._moment:
            self._moment, self._now = moment, START + self.jumped + timedelta(seconds=self.loop.time())
        return self._now

    def seconds(self) -> float:
        """The same for the judge."""
        return self.clock().timestamp()

    def start_worker(self) -> Worker:
        """A new process, with a name that none had before."""
        self._started += 1
        name = f"w{self._started}"
        self.watch.caps[name] = self.caps
        return Worker(self, name, self.caps, self._settings)

    def crash(self, index: int) -> None:
        """A process is gone, and another one started."""
        self.workers[index].life.over = True
        self.workers[index] = self.start_worker()

    def restored(self, how: str) -> None:
        """The store is another one since this moment."""
        before = set(self.watch.blocked)
        was_lost = self.watch.loss.lost
        if not was_lost:
            self.watch.loss.named = self.heads.named()
        lost = not self.store.holds(*self.watch.loss.named)
        self.watch.restored(self.store.raw, lost=lost)
        self.watch.note(f"* a copy is put back, {how}: {'the past is lost' if lost else 'nothing is lost'}")
        if lost != was_lost:
            self.witness.past_lost(accepted=not lost)
        for number in sorted(before ^ self.watch.blocked):
            self.witness.blocked(number, lifted=number in before)

    def changed(self, raw: sqlite3.Connection, life: Life) -> None:
        """At the end of a transaction that is about to be committed; it may bring back what was lost."""
        self.watch.changed(raw, life)
        if self.watch.loss.lost and self.store.holds(*self.watch.loss.named):
            self.watch.note("* what was lost is written again, letter by letter")
            self.watch.loss.back()
            self.witness.past_lost(accepted=True)

    def _loss_accepted(self) -> None:
        self.watch.note("* the loss is accepted")
        self.watch.loss.accepted()
        self.witness.past_lost(accepted=True)

    def play(self) -> None:
        """On its own loop, and its own time."""
        with (
            nullcontext() if self.couriers is None else _without_threads(),
            nullcontext() if self.more_texts is None else _packed_for_long(),
        ):
            self.loop.run_until_complete(self.live())

    def close(self) -> None:
        """The loop is used no more; the database is the process's."""
        self.loop.close()

    async def live(self) -> None:
        """From the first call until everything is at rest."""
        self.store.forget()
        await self.store.write(empty)
        chaos = Chaos(self)
        async with asyncio.TaskGroup() as group:
            group.create_task(chaos.run())
            if self._operator is not None:
                group.create_task(self._operator.run())
            if self.couriers is not None:
                group.create_task(self.couriers.run())
            for client in self.clients:
                group.create_task(self._work(client))
        await chaos.rest()
        if self.campaigner is not None:
            await self.campaigner.look_at_the_end()
        await self._judge()

    async def _work(self, client: Client) -> None:
        for _ in range(1 if self._operator is None or client is self.campaigner else 2):
            await client.run()
        self.working -= 1
        if self.couriers is not None and not self.working:
            self.couriers.end()

    async def _judge(self) -> None:
        loss = self.watch.loss
        for row in self.watch.rows.values():
            if row.state == "dispatching" and row.id not in loss.missing:
                self.watch.fail(f"{self.watch.name(row.id)} is dispatching for ever")
        # What is kept beside a store that lost its past is written down once that is accepted.
        kept = set(self.outbox.due()) if loss.lost else set[str]()
        for action_id in self.watch.told_done - loss.changed - kept:
            if self.watch.rows[action_id].state == "unknown":
                self.watch.fail(f"{self.watch.name(action_id)} was told as done, and is unknown at the end")
        self.watch.double_texts()
        for found in judge(self.witness.history):
            self.watch.fail(f"the judge: {found}")
        for action_id, code in self.watch.promised.items():
            if self.watch.happened(self.watch.rows[action_id]):
                self.watch.fail(f"{self.watch.name(action_id)} was done after the answer {code}")
        for part in self.watch.campaigns.without_messages(self.store.raw):
            self.watch.fail(f"{self.watch.name(part)} has other messages than were posted")
        await self.store.read(self._audited)

    def _audited(self, conn: Connection) -> None:
        """The chain is intact, and every table is what it says."""
        comparing = Comparing(KEY)
        found = audit.verify(conn, KEY, self.heads.head, take=comparing.take)
        lost = self.watch.loss.lost
        if found.ok and lost:
            self.watch.fail("the audit is called intact although the past is lost")
        if not found.ok and not lost:
            self.watch.fail(f"the audit is not intact: {found.problem}")
        for each in comparing.compare(conn):
            if not each.ok:
                self.watch.fail(f"{each.table} is not as the audit says: {each}")


@contextmanager
def _without_threads() -> Generator[None]:
    """What is done in a thread is done at once: threads know no seed. Workers look less often."""

    async def at_once(work: Callable[..., Any], *given: Any, **_more: Any) -> Any:
        return await greenlet_spawn(work, *given)

    def meanwhile(work: Callable[..., Awaitable[Any]], *given: Any) -> Any:
        return await_only(work(*given))

    with (
        patch.object(anyio.to_thread, "run_sync", at_once),
        patch.object(anyio.from_thread, "run", meanwhile),
        patch.object(taking_over, "_LOOK_SECONDS", LOOK_SECONDS),
        patch.object(ChunkSender, "at_once", LANES),
        patch.object(course, "_READY", 0),
        patch.object(unpacking, "MOST_PACKED", MOST_PACKED),
    ):
        yield


@contextmanager
def _packed_for_long() -> Generator[None]:
    """What was texted to whom stays packed for the whole of a world, as far as nobody asks for its rows."""
    with (
        patch.object(unpacking, "MOST_PACKED", ALL_PACKED),
        patch.object(recorder, "_PACKED_FOR", PACKED_FOR),
    ):
        yield


@contextmanager
def _drawn(seed: int) -> Generator[None]:
    """What is drawn to be unforeseeable is drawn from the seed: rows stand in the order of their ids."""
    luck = Random(f"{seed}, the ids")

    def bits(count: int) -> int:
        """Five at a time, a letter of an id each."""
        return sum(luck.randrange(32) << place for place in range(count - 5, -1, -5))

    with (
        patch.object(new_id, "__defaults__", (bits,)),
        patch.object(secrets, "choice", luck.choice),
        patch.object(secrets, "token_bytes", luck.randbytes),
        patch.object(secrets, "randbelow", luck.randrange),
    ):
        yield


def run(seed: int, *, traced: bool = True) -> Run:
    """Play one seed to its end; where something is broken, once more for its trace."""
    with _drawn(seed), closing(World(seed, traced=traced)) as world:
        world.play()
    watch = world.watch
    if watch.violations and not traced:
        return run(seed)
    return Run(
        seed=seed,
        violations=watch.violations,
        lines=watch.told(),
        posts=len(watch.posted),
        answers=sum(client.answers for client in world.clients),
    )
