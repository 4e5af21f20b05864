"""What can still go out, found in the ledger and the records; and OMIS asked how a task stands."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple

from server.batches.held import hold_of
from server.batches.own import own
from server.gate.at_once import few_at_once
from server.gate.context import GateContext
from server.gate.failures import ANTICIPATED
from server.ledger.whose import Whose
from server.store import ledger
from server.store.actions import Action
from server.store.batches import SENT, Batch
from server.store.in_flight import booked, open_actions
from server.store.lookup import first_of
from server.store.plans import Connection
from server.store.tasks_seen import TaskSeen, tasks_since
from tools.every8d.sent import booked_after
from tools.omis.records import as_record
from tools.omis.tasks import KnownTask, known_tasks, query_steps
from tools.omis.verbs import THINGS
from tools.problems import RefusedError

_KNOWN_FOR = timedelta(days=30)
_CLOCKS_APART = timedelta(minutes=10)
"""Who was due so little ago may still be booked at the vendor: an erasing is to be agreed to for them too."""
_MOST = 1_000
MOST_ASKED = 20
"""Launches and jobs that one call asks OMIS about."""
OVER = frozenset({"finished", "terminated", "deleted"})
SENDS_NOTHING = OVER | {"tracking", "paused", "error"}
"""States in which a pause would change nothing, or be refused."""


class Bookings(NamedTuple):
    """Bookings that the vendor took; and those of unknown outcome, whose batch nobody knows yet."""

    certain: list[Batch]
    unknown: list[Batch]
    held: frozenset[str] = frozenset()
    """The ids of those that undo_send takes back."""


def _ahead(conn: Connection, batch: Batch, now: datetime) -> Batch:
    """The batch without those of its messages whose own time has passed, though nothing was heard of them."""
    action = ledger.get(conn, batch.id)
    if action is None:
        return batch
    hold = hold_of(action)
    if hold is not None and hold.goes_out > now - _CLOCKS_APART:
        return batch
    source = first_of(conn, action)
    later = booked_after(source.tool, json.loads(source.arguments), now - _CLOCKS_APART)
    if not later:
        return batch
    gone = max(0, batch.pending - len(later))
    return replace(batch, recipients=batch.recipients - gone, send_at=min(later))


def _held(conn: Connection, found: Sequence[Batch], now: datetime) -> frozenset[str]:
    actions = {batch.id: ledger.get(conn, batch.id) for batch in found}
    holds = {id_: hold_of(action) for id_, action in actions.items() if action is not None}
    return frozenset(id_ for id_, hold in holds.items() if hold is not None and now < hold.goes_out)


@dataclass(frozen=True, slots=True)
class Flight:
    """One caller's view of it."""

    context: GateContext
    whose: Whose | None

    @property
    def principal(self) -> str | None:
        """Whose actions are meant; None: everybody's."""
        return own(self.whose).principal

    async def tasks(self) -> list[TaskSeen]:
        """Launches and jobs of the account that were not over when they were last seen."""
        if self.context.settings.omis is None:
            return []
        since = self.context.clock() - _KNOWN_FOR
        found = await self.context.memory.keeper.read(lambda conn: tasks_since(conn, since))
        return [task for task in found if task.status not in OVER]

    async def bookings(self) -> Bookings:
        """Bookings ahead, the next one first."""
        if self.context.settings.every8d is None:
            return Bookings([], [])
        await self.context.memory.catch_up()
        now = self.context.clock()

        def look(conn: Connection) -> tuple[list[Batch], frozenset[str]]:
            found = booked(conn, own(self.whose), now, _MOST)
            return [_ahead(conn, each, now) for each in found], _held(conn, found, now)

        found, held = await self.context.memory.keeper.read(look)
        certain = [batch for batch in found if batch.state == SENT]
        return Bookings(certain, [batch for batch in found if batch.state != SENT], held)

    async def actions(self) -> list[Action]:
        """Actions that wait, are carried out now, or are of unknown outcome."""
        now, principal = self.context.clock(), self.principal
        return await self.context.memory.keeper.read(lambda conn: open_actions(conn, principal, now, _MOST))

    async def refresh(self, tasks: Sequence[TaskSeen]) -> int:
        """Ask OMIS about the newest of these; of how many it did not say how they stand."""
        told = await few_at_once([partial(self._look, task) for task in tasks[:MOST_ASKED]])
        return len(tasks) - sum(told)

    async def _look(self, task: TaskSeen) -> bool:
        thing = THINGS[task.kind]
        steps = query_steps(thing, task.id, self.context.surroundings())
        try:
            answer = await self.context.vendors.query(steps)
        except RefusedError as refused:
            if refused.problem.vendor_code != thing.missing:
                return False
            known = [KnownTask(noun=task.kind, id=task.id, name=task.name, status="deleted")]
        except ANTICIPATED:
            return False
        else:
            known = [*known_tasks([as_record(group, task.kind) for group in answer.records])]
        await self.context.memory.tasks_looked_at(known)
        return any((each.noun, each.id) == task.key for each in known)
