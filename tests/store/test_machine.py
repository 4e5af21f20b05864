"""The ledger against a tiny model: a few lines that say what must be true of every sequence of steps."""

import asyncio
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Literal, TypeVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from sqlalchemy import select

from server.store import ledger
from server.store.actions import COUNTED, TERMINAL, Action, ActionFilter, CapHit, Caps, State
from server.store.counting import counted_points
from server.store.memory import SynchronousStore
from server.store.plans import Connection
from server.store.rows import taipei_day
from server.store.schema import USAGE_DAYS
from tests.store.samples import NOW, proposal

T = TypeVar("T")
CAPS = Caps(
    points_per_day=Decimal(10),
    points_per_month=Decimal(25),
    recipients_per_day=8,
    texts_per_recipient_per_day=2,
)
EDGES: dict[State, set[State]] = {
    State.PROPOSED: {State.APPROVED, State.DENIED, State.EXPIRED},
    State.APPROVED: {State.DISPATCHING, State.DENIED, State.EXPIRED},
    State.DISPATCHING: {State.SUCCEEDED, State.FAILED, State.UNKNOWN},
    State.UNKNOWN: {State.SUCCEEDED, State.FAILED},
}
PEOPLE = ["h1", "h2", "h3", "h4"]
PICK = st.integers(min_value=0, max_value=10**6)


@dataclass(slots=True)
class Known:
    """What the model remembers of an action."""

    state: State
    claims: int = 0
    texts: tuple[str, ...] = ()


class LedgerMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.store = SynchronousStore()
        self.loop = asyncio.new_event_loop()
        self.now: datetime = NOW
        self.model: dict[str, Known] = {}
        self.batches: list[str] = []
        self.seen: list[Action] | None = None
        """Every action, as read since the last step; None when something was done since."""

    def teardown(self) -> None:
        self.loop.run_until_complete(self.store.close())
        self.loop.close()

    def run(self, work: Callable[[Connection], T]) -> T:
        self.seen = None
        return self.loop.run_until_complete(self.store.write(work))

    def read(self, work: Callable[[Connection], T]) -> T:
        return self.loop.run_until_complete(self.store.read(work))

    def moved(self, action: Action) -> None:
        known = self.model[action.id]
        assert action.state in EDGES.get(known.state, set()), (known.state, action.state)
        known.state = action.state

    def pick(self, number: int, *preferred: State) -> str:
        """An action, of the preferred states if there is one: most steps should have an effect."""
        fitting = [i for i, known in self.model.items() if known.state in preferred]
        pool = fitting if fitting and number % 4 else list(self.model)
        return pool[number % len(pool)]

    @rule(
        digest=st.sampled_from("abcdef"),
        points=st.sampled_from(["0.5", "2", "4.25"]),
        people=st.integers(1, 4),
    )
    def propose(self, digest: str, points: str, people: int) -> None:
        wanted = proposal(digest, points=Decimal(points), recipients=people)
        before = self.all()
        live = self.read(lambda conn: ledger.find_live(conn, wanted.key, self.now))
        action, is_new = self.run(lambda conn: ledger.propose(conn, wanted, self.now))
        assert (live is None) == is_new
        if is_new:
            assert action.id not in self.model
            same_call = [a for a in before if a.digest == digest]
            assert not any(a.state in (State.DISPATCHING, State.UNKNOWN) for a in same_call)
            self.model[action.id] = Known(action.state)
        for other in self.all():
            if other.state is not self.model[other.id].state:
                self.moved(other)

    @precondition(lambda self: self.model)
    @rule(number=PICK)
    def approve(self, number: int) -> None:
        action_id = self.pick(number, State.PROPOSED)
        done = self.run(
            lambda conn: ledger.approve(conn, action_id, by="p", channel="t", rule="r", now=self.now)
        )
        if done is not None:
            assert done.expires_at >= self.now
            self.moved(done)

    @precondition(lambda self: self.model)
    @rule(number=PICK)
    def deny(self, number: int) -> None:
        action_id = self.pick(number, State.PROPOSED, State.APPROVED)
        done = self.run(
            lambda conn: ledger.deny(conn, action_id, by="p", channel="t", reason="", now=self.now)
        )
        if done is not None:
            self.moved(done)

    @precondition(lambda self: self.model)
    @rule(number=PICK, owner=st.sampled_from(["w1", "w2"]))
    def claim(self, number: int, owner: str) -> None:
        action_id = self.pick(number, State.APPROVED)
        [asked] = [action for action in self.all() if action.id == action_id]
        texts = PEOPLE[: asked.recipients]
        taken = self.run(
            lambda conn: ledger.claim(
                conn, action_id, owner=owner, now=self.now, lease_seconds=60, caps=CAPS, recipients=texts
            )
        )
        if isinstance(taken, Action):
            self.moved(taken)
            self.model[action_id].claims += 1
            self.model[action_id].texts = tuple(texts)
            assert self.within_caps(taken)
        if isinstance(taken, CapHit):
            assert taken.used + taken.asked > taken.limit

    @precondition(lambda self: self.model)
    @rule(
        number=PICK,
        owner=st.sampled_from(["w1", "w2"]),
        state=st.sampled_from([State.SUCCEEDED, State.FAILED, State.UNKNOWN]),
        points=st.sampled_from([None, Decimal("0.25"), Decimal(2)]),
    )
    def finish(
        self,
        number: int,
        owner: str,
        state: Literal[State.SUCCEEDED, State.FAILED, State.UNKNOWN],
        points: Decimal | None,
    ) -> None:
        action_id = self.pick(number, State.DISPATCHING, State.UNKNOWN)
        batch = f"b{len(self.batches)}"
        done = self.run(
            lambda conn: ledger.finish(
                conn,
                action_id,
                owner=owner,
                state=state,
                outcome="{}",
                batch_id=batch,
                points_final=points,
                now=self.now,
            )
        )
        if done:
            self.batches.append(batch)
            if self.model[action_id].state is not state:
                self.moved(self.one(action_id))

    @precondition(lambda self: self.model)
    @rule(number=PICK, state=st.sampled_from([State.SUCCEEDED, State.FAILED]))
    def reconcile(self, number: int, state: Literal[State.SUCCEEDED, State.FAILED]) -> None:
        action_id = self.pick(number, State.UNKNOWN)
        done = self.run(
            lambda conn: ledger.reconcile(
                conn, action_id, state=state, by="p", how="asked", outcome="{}", now=self.now
            )
        )
        if done is not None:
            self.moved(done)

    @precondition(lambda self: self.batches)
    @rule(number=PICK, points=st.sampled_from([Decimal("0.5"), Decimal(3)]))
    def give_back(self, number: int, points: Decimal) -> None:
        erase = self.pick(number)
        batch = self.batches[number % len(self.batches)]
        self.run(lambda conn: ledger.give_back(conn, erase_id=erase, batch_id=batch, points=points))
        assert not self.run(
            lambda conn: ledger.give_back(conn, erase_id=erase, batch_id=batch, points=points)
        )

    @rule(minutes=st.sampled_from([0.5, 2, 11, 700]))
    def clock(self, minutes: float) -> None:
        self.now += timedelta(minutes=minutes)

    @rule()
    def reap(self) -> None:
        for action in self.run(lambda conn: ledger.reap(conn, self.now)):
            self.moved(action)

    @rule()
    def expire(self) -> None:
        for action in self.run(lambda conn: ledger.expire_due(conn, self.now)):
            assert action.expires_at < self.now
            self.moved(action)

    @invariant()
    def states_are_as_known_and_claims_are_single(self) -> None:
        assert {a.id: a.state for a in self.all()} == {i: known.state for i, known in self.model.items()}
        assert all(known.claims <= 1 for known in self.model.values())
        assert all(not EDGES.get(state) for state in TERMINAL)

    @invariant()
    def totals_equal_the_sums_over_the_actions(self) -> None:
        expected: dict[str, tuple[Decimal, int]] = {}
        for action in self.all():
            if action.dispatched_at is not None and action.state in COUNTED:
                day = taipei_day(action.dispatched_at)
                points, people = expected.get(day, (Decimal(0), 0))
                expected[day] = (points + counted_points(action), people + action.recipients)
        assert self.days() == {day: sums for day, sums in expected.items() if sums != (0, 0)}

    def within_caps(self, taken: Action) -> bool:
        usage = self.read(lambda conn: ledger.usage(conn, self.now))
        today = [
            a for a in self.all() if a.dispatched_at and taipei_day(a.dispatched_at) == taipei_day(self.now)
        ]
        texts = [t for a in today if a.state in COUNTED for t in self.model[a.id].texts]
        assert CAPS.points_per_day is not None
        assert CAPS.points_per_month is not None
        assert CAPS.recipients_per_day is not None
        return (
            usage.points_today <= CAPS.points_per_day
            and usage.points_month <= CAPS.points_per_month
            and usage.recipients_today <= CAPS.recipients_per_day
            and max(texts.count(person) for person in PEOPLE) <= 2
        )

    def days(self) -> dict[str, tuple[Decimal, int]]:
        columns = select(USAGE_DAYS.c.day, USAGE_DAYS.c.points, USAGE_DAYS.c.recipients)
        rows = self.read(lambda conn: conn.execute(columns).all())
        return {day: (points, people) for day, points, people in rows if (points, people) != (0, 0)}

    def all(self) -> list[Action]:
        if self.seen is None:
            self.seen = self.read(lambda conn: ledger.list_actions(conn, ActionFilter(), 1, 1_000))[0]
        return self.seen

    def one(self, action_id: str) -> Action:
        return next(action for action in self.all() if action.id == action_id)


TestLedger = LedgerMachine.TestCase
TestLedger.settings = settings(
    max_examples=400 if os.environ.get("SOAK") else 20,
    stateful_step_count=40,
    suppress_health_check=[HealthCheck.too_slow],
)
