"""The ledger and the audit as the gate uses them: each step and its audit entry in one transaction.

An entry that cannot be written rolls the step back, so nothing that costs or destroys is done unrecorded.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from server.ledger.claiming import Claiming, Decision, live_action
from server.ledger.finishing import Ending, Known, write_down
from server.ledger.journal import Note, OutcomeKeptError, ending_note
from server.ledger.records import blocked_of, note_of, noted
from server.store import ledger
from server.store.actions import Action, ActionFilter, CallKey, CapHit, Proposal, State
from server.store.counting import cap_hit
from server.store.errors import StoreUnavailableError
from server.store.lookup import by_batch
from server.store.plans import Connection
from server.store.sealing import is_sealed
from server.store.sent_texts import Repeated, repeated
from tools.action_id import normalise_id
from tools.operation import Message
from tools.problems import Problem

Ended = Literal[State.SUCCEEDED, State.FAILED, State.UNKNOWN]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What an unknown outcome turned out to be, and how that was found out."""

    state: Literal[State.SUCCEEDED, State.FAILED]
    by: str
    how: str
    batch_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What the ledger knows of a call before anything else is done."""

    live: Action | None
    """The action of the same call, or of one with the same effect."""
    blocked: tuple[str, ...]
    """Those of its numbers that are blocked."""
    repeats: tuple[Repeated, ...]
    """Earlier sends of the same texts to the same numbers."""


class Book(Claiming):
    """One process's access to the ledger. `owner` names this process in leases."""

    async def look(
        self, key: CallKey, numbers: Sequence[str], messages: Sequence[Message], *, standing: bool
    ) -> Seen:
        """The live action of the same call within 24 hours, blocked numbers, and who had the text already.

        `standing`: for what costs or destroys, and refused where the store's past is lost.
        """
        hashes, texts = await self.hashed(numbers), await self.texted(messages)

        def work(conn: Connection, now: datetime) -> Seen:
            repeats = repeated(conn, texts, now) if texts else []
            live = live_action(conn, key, texts, repeats, now)
            known = live and self._journal.as_known(live)
            return Seen(live=known, blocked=blocked_of(conn, hashes), repeats=tuple(repeats))

        read = self._journal.read_standing if standing else self._journal.glance
        return await read(work)

    async def repeats(self, messages: Sequence[Message], retry_of: str) -> tuple[Repeated, ...]:
        """Who had the texts of a safe retry by other sends than the one that it repeats."""
        texts = await self.texted(messages)
        return await self._journal.glance(
            lambda conn, now: tuple(repeated(conn, texts, now, retry_of=retry_of))
        )

    async def get(self, action_id: str) -> Action | None:
        """One action by its id, however the id was typed."""
        found = await self._journal.glance(lambda conn, _: ledger.get(conn, normalise_id(action_id)))
        return found and self._journal.as_known(found)

    async def of_batch(self, batch_id: str) -> Action | None:
        """The action that the vendor gave this batch to."""
        return await self._journal.glance(lambda conn, _: by_batch(conn, batch_id))

    async def propose(
        self, proposal: Proposal, expires_s: float, recipients: Sequence[str]
    ) -> tuple[Action, CapHit | None]:
        """The action of this call: the live one, or a new one. Its expiry starts now.

        Nobody is asked about what a cap forbids anyway: such a proposal is ended at once. The claim checks
        again, since others may have used the cap up by then.
        """
        hashes = await self._journal.hashes(recipients)

        def work(conn: Connection, now: datetime) -> tuple[tuple[Action, CapHit | None], Note | None]:
            fresh = replace(proposal, expires_at=now + timedelta(seconds=expires_s))
            action, created = ledger.propose(conn, fresh, now)
            if not created:
                return (action, None), None
            hit = cap_hit(conn, action, self._caps, hashes, now)
            if hit is None:
                return (self._seal(conn, action), None), note_of("proposed", action)
            ledger.void(conn, action.id, reason=f"cap {hit.rule}")
            return (action, hit), replace(note_of("cap_refused", action), rule=hit.rule)

        return await self._journal.write(work)

    async def approve(self, action_id: str, decision: Decision) -> Action | None:
        """Proposed → approved; None when it was decided, expired or gone meanwhile, or sent out of band.

        None too, and expired, when something else changed what the person was shown.

        Raises:
            PastLostError: the store's past is lost.
        """

        def work(conn: Connection, now: datetime) -> tuple[Action | None, Note | None]:
            altered = self._altered(conn, ledger.get(conn, action_id))
            if altered is not None:
                return None, altered
            action = self._approve(conn, action_id, decision, now)
            return action, noted("approved", action)

        # Nobody can know what they agree to where it may be done already: the same yes may have been used.
        return await self._journal.write(work, standing=True)

    async def unaltered(self, entry: Action) -> Action:
        """An undecided action as it is; ended, when something other than this program wrote it."""
        if is_sealed(await self._journal.key(), entry):
            return entry

        def work(conn: Connection, _: datetime) -> tuple[Action | None, Note | None]:
            altered = self._altered(conn, ledger.get(conn, entry.id))
            return ledger.get(conn, entry.id), altered

        return await self._journal.write(work) or entry

    async def deny(self, action_id: str, decision: Decision) -> Action | None:
        """Proposed or approved → denied, as long as nothing was begun; None when it is past that."""

        def work(conn: Connection, now: datetime) -> tuple[Action | None, Note | None]:
            action = ledger.deny(
                conn, action_id, by=decision.by, channel=decision.channel, reason=decision.reason, now=now
            )
            return action, noted("denied", action)

        return await self._journal.write(work)

    async def send_out_of_band(self, action_id: str) -> Action | None:
        """Leave a proposal to another place: from now on no form can approve it. None when it is ended."""

        def work(conn: Connection, now: datetime) -> tuple[Action | None, Note | None]:
            altered = self._altered(conn, ledger.get(conn, action_id))
            if altered is not None:
                return None, altered
            sent = ledger.send_out_of_band(conn, action_id, now=now)
            return sent and self._seal(conn, sent), noted("out_of_band", sent)

        return await self._journal.write(work)

    async def void(self, action_id: str, reason: str) -> Action | None:
        """Proposed or approved → expired, because what the person saw is no longer true."""

        def work(conn: Connection, _: datetime) -> tuple[Action | None, Note | None]:
            action = ledger.void(conn, action_id, reason=reason)
            return action, noted("voided", action)

        return await self._journal.write(work)

    async def finish(self, action_id: str, ending: Ending) -> Action | None:
        """Dispatching → its end, by the owner, or from unknown when the lease had run out meanwhile.

        The action as it is recorded: a batch of an earlier send leaves it unknown. None: it was not open.

        Raises:
            OutcomeKeptError: the store cannot be written; the outbox holds the outcome until it can.
            StoreUnavailableError: neither holds it.
        """
        known = Known(action_id=action_id, owner=self._owner, ending=ending)

        def work(conn: Connection, now: datetime) -> tuple[Action | None, Note | None]:
            done = write_down(conn, known, now)
            return done, ending_note(done)

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
            )
            note = noted("reconciled", action)
            return action, note and replace(note, by=settled.by, outcome=f"{settled.state}: {settled.how}")

        return await self._journal.write(work)

    async def list_actions(self, wanted: ActionFilter, page: int, page_size: int) -> tuple[list[Action], int]:
        """A page of the ledger, newest first; the number is at least so many when it is large."""
        found, total = await self._journal.read(
            lambda conn, _: ledger.list_actions(conn, wanted, page, page_size)
        )
        return [self._journal.as_known(action) for action in found], total

    async def waiting(self) -> list[Action]:
        """The proposals that wait for a person, oldest first."""
        return await self._journal.read(ledger.waiting)

    async def reap(self) -> list[Action]:
        """Dispatching without a living owner → unknown; lapsed proposals → expired."""
        if not await self._journal.glance(ledger.due) and not self._journal.outcomes_wait:
            return []

        def work(conn: Connection, now: datetime) -> tuple[list[Action], *tuple[Note, ...]]:
            lapsed, orphaned = ledger.expire_due(conn, now), ledger.reap(conn, now)
            expired = (Note(what="expired", action_id=action.id) for action in lapsed)
            return orphaned, *expired, *(Note(what="reaped", action_id=action.id) for action in orphaned)

        return await self._journal.write(work)


def _not_done(how: str) -> dict[str, object]:
    problem = Problem(code="not_done", message=f"It did not happen ({how}).", next="It can be done again.")
    return asdict(problem)
