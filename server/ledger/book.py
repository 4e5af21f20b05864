"""The ledger and the audit as the gate uses them: each step and its audit entry in one transaction.

An entry that cannot be written rolls the step back, so nothing that costs or destroys is done unrecorded.
The steps stand in the order of an action's life: `looking`, `deciding`, `claiming`, and here its end;
beside them `phone_asking`, by which a person can decide.
"""

import json
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Literal

from server.ledger.finishing import Ending, Known, write_down
from server.ledger.keeping import OutcomeKeptError
from server.ledger.notes import Note
from server.ledger.phone_asking import PhoneAsking
from server.ledger.records import noted
from server.store import ledger
from server.store.actions import Action, State
from server.store.errors import StoreUnavailableError
from server.store.plans import Connection
from tools.problems import Problem

Ended = Literal[State.SUCCEEDED, State.FAILED, State.UNKNOWN]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What an unknown outcome turned out to be, and how that was found out."""

    state: Literal[State.SUCCEEDED, State.FAILED]
    by: str
    how: str
    batch_id: str = ""
    erased: int = 0
    """Messages of an erased booking, where nothing of it is left."""


class Book(PhoneAsking):
    """One process's access to the ledger. `owner` names this process in leases."""

    async def finish(self, action_id: str, ending: Ending) -> Action | None:
        """Dispatching → its end, by the owner, or from unknown when the lease had run out meanwhile.

        The action as it is recorded: a batch of an earlier send leaves it unknown. None: it was not open.

        Raises:
            OutcomeKeptError: the store cannot be written; the outbox holds the outcome until it can.
            StoreUnavailableError: neither holds it.
        """
        known = Known(action_id=action_id, owner=self._owner, ending=ending)

        def work(conn: Connection, now: datetime) -> tuple[Action | None, *tuple[Note | None, ...]]:
            return write_down(conn, known, now, self._journal.held)

        try:
            return await self._journal.write(work)
        except StoreUnavailableError:
            await self._journal.keep(known)
            raise OutcomeKeptError("the store could not be written; the outcome is kept.") from None

    async def reconcile(self, action_id: str, settled: Settled) -> Action | None:
        """Unknown → succeeded or failed; None when it is not unknown (any more)."""
        done = settled.state is State.SUCCEEDED
        outcome = {"reconciled": settled.how} if done else _not_done(settled.how)

        def work(conn: Connection, now: datetime) -> tuple[Action | None, Note | None]:
            action = ledger.reconcile(
                conn,
                action_id,
                state=settled.state,
                by=settled.by,
                how=settled.how,
                outcome=json.dumps(outcome, ensure_ascii=False),
                now=now,
                batch_id=settled.batch_id,
                messages_erased=settled.erased,
            )
            note = noted("reconciled", action)
            return action, note and replace(note, by=settled.by, outcome=f"{settled.state}: {settled.how}")

        return await self._journal.write(work)

    async def reap(self) -> list[Action]:
        """Dispatching without a living owner → unknown; lapsed proposals → expired.

        These stay as they are where the store's past is lost: they may have been carried out.
        """
        if not await self._journal.glance(ledger.due) and not self._journal.outcomes_wait:
            return []

        def work(conn: Connection, now: datetime) -> tuple[list[Action], *tuple[Note, ...]]:
            lapsed = [] if self.past.lost else ledger.expire_due(conn, now)
            orphaned = ledger.reap(conn, now)
            expired = (Note(what="expired", action_id=action.id) for action in lapsed)
            return orphaned, *expired, *(Note(what="reaped", action_id=action.id) for action in orphaned)

        return await self._journal.write(work)


def _not_done(how: str) -> dict[str, object]:
    problem = Problem(code="not_done", message=f"It did not happen ({how}).", next="It can be done again.")
    return asdict(problem)
