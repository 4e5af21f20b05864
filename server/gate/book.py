"""The ledger and the audit as the gate uses them: each step and its audit entry in one transaction.

An entry that cannot be written rolls the step back, so nothing that costs or destroys is done unrecorded.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Literal, TypeAlias

from server.gate.journal import Journal, Note
from server.gate.records import Records, blocked_of, note_of, noted
from tools.action_id import normalise_id
from tools.problems import Problem

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from server.store.actions import Action, ActionFilter, CallKey, CapHit, Caps, Proposal, State

    Ended = Literal[State.SUCCEEDED, State.FAILED, State.UNKNOWN]

LEASE_SECONDS = 200.0
"""Longer than the wait for a place and a whole exchange: a living owner is never taken for a dead one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Who decided, through which channel, by which rule."""

    by: str
    channel: str
    rule: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How a dispatched action ended."""

    state: "Ended"
    outcome: str
    """JSON text of the masked result or of the problem."""
    vendor_answer: str = ""
    batch_id: str = ""
    points_final: Decimal | None = None
    gives_back: tuple[str, Decimal, int] | None = None
    """An erased booking: its batch, the points that came back, and the messages that were erased."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What an unknown outcome turned out to be, and how that was found out."""

    state: "Literal[State.SUCCEEDED, State.FAILED]"
    by: str
    how: str
    batch_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocked:
    """Numbers that were blocked since the call was checked."""

    numbers: tuple[str, ...]


if TYPE_CHECKING:
    Claimed: TypeAlias = Action | CapHit | Blocked | None
    _Begun: TypeAlias = tuple[tuple[Action, Claimed], *tuple[Note | None, ...]]


class Book(Records):
    """One process's access to the ledger. `owner` names this process in leases."""

    def __init__(self, journal: Journal, *, owner: str, caps: "Caps") -> None:
        super().__init__(journal)
        self._owner = owner
        self._caps = caps

    async def look(self, key: "CallKey", numbers: Sequence[str]) -> "tuple[Action | None, tuple[str, ...]]":
        """The live action of the same call within 24 hours, and those of its numbers that are blocked."""
        from server.store import ledger  # noqa: PLC0415 - the store is opened at the first use, not at start

        hashes = await self.hashed(numbers)

        def work(conn: "Connection", now: datetime) -> "tuple[Action | None, tuple[str, ...]]":
            return ledger.find_live(conn, key, now), blocked_of(conn, hashes)

        return await self._journal.read(work)

    async def get(self, action_id: str) -> "Action | None":
        """One action by its id, however the id was typed."""
        from server.store import ledger  # noqa: PLC0415 - as above

        return await self._journal.read(lambda conn, _: ledger.get(conn, normalise_id(action_id)))

    async def of_batch(self, batch_id: str) -> "Action | None":
        """The action that the vendor gave this batch to."""
        from server.store.lookup import by_batch  # noqa: PLC0415 - as above

        return await self._journal.read(lambda conn, _: by_batch(conn, batch_id))

    async def propose(
        self, proposal: "Proposal", expires_s: float, recipients: Sequence[str]
    ) -> "tuple[Action, CapHit | None]":
        """The action of this call: the live one, or a new one. Its expiry starts now.

        Nobody is asked about what a cap forbids anyway: such a proposal is ended at once. The claim checks
        again, since others may have used the cap up by then.
        """
        from server.store import ledger  # noqa: PLC0415 - as above
        from server.store.counting import cap_hit  # noqa: PLC0415 - as above

        hashes = await self._journal.hashes(recipients)

        def work(conn: "Connection", now: datetime) -> "tuple[tuple[Action, CapHit | None], Note | None]":
            fresh = replace(proposal, expires_at=now + timedelta(seconds=expires_s))
            action, created = ledger.propose(conn, fresh, now)
            if not created:
                return (action, None), None
            hit = cap_hit(conn, action, self._caps, hashes, now)
            if hit is None:
                return (action, None), note_of("proposed", action)
            ledger.void(conn, action.id, reason=f"cap {hit.rule}")
            return (action, hit), replace(note_of("cap_refused", action), rule=hit.rule)

        return await self._journal.write(work)

    async def approve(self, action_id: str, decision: Decision) -> "Action | None":
        """Proposed → approved; None when it was decided, expired or gone meanwhile."""

        def work(conn: "Connection", now: datetime) -> "tuple[Action | None, Note | None]":
            action = _approve(conn, action_id, decision, now)
            return action, noted("approved", action)

        return await self._journal.write(work)

    async def deny(self, action_id: str, decision: Decision) -> "Action | None":
        """Proposed → denied; None when it is past that."""
        from server.store import ledger  # noqa: PLC0415 - as above

        def work(conn: "Connection", now: datetime) -> "tuple[Action | None, Note | None]":
            action = ledger.deny(
                conn, action_id, by=decision.by, channel=decision.channel, reason=decision.reason, now=now
            )
            return action, noted("denied", action)

        return await self._journal.write(work)

    async def void(self, action_id: str, reason: str) -> "Action | None":
        """Proposed or approved → expired, because what the person saw is no longer true."""
        from server.store import ledger  # noqa: PLC0415 - as above

        def work(conn: "Connection", _: datetime) -> "tuple[Action | None, Note | None]":
            action = ledger.void(conn, action_id, reason=reason)
            return action, noted("voided", action)

        return await self._journal.write(work)

    async def claim(self, action_id: str, recipients: Sequence[str]) -> "Action | CapHit | Blocked | None":
        """Approved → dispatching by this process: caps and blocked numbers checked in the same step."""
        hashes = await self._journal.hashes(recipients)
        named = dict(zip(hashes, recipients, strict=True))

        def work(conn: "Connection", now: datetime) -> "tuple[Claimed, Note | None]":
            return self._claim(conn, now, action_id, hashes, named)

        return await self._journal.write(work)

    async def approve_and_claim(
        self, proposal: "Proposal", expires_s: float, decision: Decision, recipients: Sequence[str]
    ) -> "tuple[Action, Action | CapHit | Blocked | None]":
        """A new call that nobody has to agree to, in one step: proposed, approved by a rule, claimed.

        When the call turns out to be live already, that action is returned and nothing is claimed.
        """
        from server.store import ledger  # noqa: PLC0415 - as above

        hashes = await self._journal.hashes(recipients)
        named = dict(zip(hashes, recipients, strict=True))

        def work(conn: "Connection", now: datetime) -> "_Begun":
            fresh = replace(proposal, expires_at=now + timedelta(seconds=expires_s))
            refusal = self._refusal(conn, now, fresh, hashes, named)
            if refusal is None and not fresh.retry_of:
                return self._begin(conn, now, fresh, decision, hashes)
            action, created = ledger.propose(conn, fresh, now)
            if not created:
                return (action, None), None
            if refusal is not None:
                return (action, refusal), note_of("proposed", action), _refused(refusal, action.id)
            approved = _approve(conn, action.id, decision, now) or action
            claimed, note = self._claim(conn, now, action.id, hashes, named)
            return (approved, claimed), note_of("proposed", action), noted("approved", approved), note

        return await self._journal.write(work)

    def _begin(
        self,
        conn: "Connection",
        now: datetime,
        proposal: "Proposal",
        decision: Decision,
        hashes: Sequence[str],
    ) -> "_Begun":
        """One row written once, in place of three steps that each write it."""
        from server.store import ledger  # noqa: PLC0415 - as above

        action, created = ledger.begin(
            conn,
            proposal,
            by=decision.by,
            channel=decision.channel,
            rule=decision.rule,
            owner=self._owner,
            now=now,
            lease_seconds=LEASE_SECONDS,
            recipients=hashes,
        )
        if not created:
            return (action, None), None
        return (action, action), *(note_of(what, action) for what in ("proposed", "approved", "dispatching"))

    def _refusal(
        self,
        conn: "Connection",
        now: datetime,
        asked: "Action | Proposal",
        hashes: Sequence[str],
        named: dict[str, str],
    ) -> "CapHit | Blocked | None":
        from server.store.counting import cap_hit  # noqa: PLC0415 - as above

        return _blocked(conn, named) or cap_hit(conn, asked, self._caps, hashes, now)

    def _claim(
        self,
        conn: "Connection",
        now: datetime,
        action_id: str,
        hashes: Sequence[str],
        named: dict[str, str],
    ) -> "tuple[Claimed, Note | None]":
        from server.store import ledger  # noqa: PLC0415 - as above
        from server.store.actions import CapHit  # noqa: PLC0415 - as above

        claimed = _blocked(conn, named) or ledger.claim(
            conn,
            action_id,
            owner=self._owner,
            now=now,
            lease_seconds=LEASE_SECONDS,
            caps=self._caps,
            recipients=hashes,
        )
        if isinstance(claimed, CapHit | Blocked):
            return claimed, _refused(claimed, action_id)
        return claimed, noted("dispatching", claimed)

    async def finish(self, action_id: str, ending: Ending) -> bool:
        """Dispatching → its end, by the owner, or from unknown when the lease had run out meanwhile."""
        from server.store import ledger  # noqa: PLC0415 - as above
        from server.store.actions import State  # noqa: PLC0415 - as above
        from server.store.superseding import supersede  # noqa: PLC0415 - as above

        def work(conn: "Connection", now: datetime) -> "tuple[bool, Note | None]":
            done = ledger.finish(
                conn,
                action_id,
                owner=self._owner,
                state=ending.state,
                outcome=ending.outcome,
                vendor_answer=ending.vendor_answer,
                batch_id=ending.batch_id,
                points_final=ending.points_final,
                now=now,
            )
            if done is None:
                return False, None
            if ending.state is State.SUCCEEDED:
                supersede(conn, done)
            if ending.gives_back is not None:
                batch_id, points, messages = ending.gives_back
                ledger.give_back(
                    conn, erase_id=action_id, batch_id=batch_id, points=points, messages=messages
                )
            settles = f"settles {done.retry_of}" if done.retry_of and ending.state is State.SUCCEEDED else ""
            return True, Note(what=str(ending.state), action_id=action_id, outcome=settles)

        return await self._journal.write(work)

    async def reconcile(self, action_id: str, settled: Settled) -> "Action | None":
        """Unknown → succeeded or failed; None when it is not unknown (any more)."""
        from server.store import ledger  # noqa: PLC0415 - as above
        from server.store.actions import State  # noqa: PLC0415 - as above

        done = settled.state is State.SUCCEEDED
        outcome = {"reconciled": settled.how} if done else _not_done(settled.how)

        def work(conn: "Connection", now: datetime) -> "tuple[Action | None, Note | None]":
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

    async def list_actions(
        self, wanted: "ActionFilter", page: int, page_size: int
    ) -> "tuple[list[Action], int]":
        """A page of the ledger, newest first; the number is at least so many when it is large."""
        from server.store import ledger  # noqa: PLC0415 - as above

        return await self._journal.read(lambda conn, _: ledger.list_actions(conn, wanted, page, page_size))

    async def waiting(self) -> "list[Action]":
        """The proposals that wait for a person, oldest first."""
        from server.store import ledger  # noqa: PLC0415 - as above

        return await self._journal.read(ledger.waiting)

    async def reap(self) -> "list[Action]":
        """Dispatching without a living owner → unknown; lapsed proposals → expired."""
        from server.store import ledger  # noqa: PLC0415 - as above

        if not await self._journal.read(ledger.due):
            return []

        def work(conn: "Connection", now: datetime) -> "tuple[list[Action], Note | None]":
            ledger.expire_due(conn, now)
            found = ledger.reap(conn, now)
            ids = ",".join(action.id for action in found)
            return found, (Note(what="reaped", action_id=ids) if found else None)

        return await self._journal.write(work)


def _blocked(conn: "Connection", named: dict[str, str]) -> Blocked | None:
    numbers = blocked_of(conn, named)
    return Blocked(numbers=numbers) if numbers else None


def _refused(refusal: "CapHit | Blocked", action_id: str) -> Note:
    if isinstance(refusal, Blocked):
        return Note(what="block_refused", action_id=action_id)
    return Note(what="cap_refused", action_id=action_id, rule=refusal.rule)


def _approve(conn: "Connection", action_id: str, decision: Decision, now: datetime) -> "Action | None":
    from server.store import ledger  # noqa: PLC0415 - as above

    return ledger.approve(
        conn, action_id, by=decision.by, channel=decision.channel, rule=decision.rule, now=now
    )


def _not_done(how: str) -> dict[str, object]:
    problem = Problem(code="not_done", message=f"It did not happen ({how}).", next="It can be done again.")
    return asdict(problem)
