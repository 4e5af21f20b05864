"""The ledger and the audit as the gate uses them: each step and its audit entry in one transaction.

An entry that cannot be written rolls the step back, so nothing that costs or destroys is done unrecorded.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from server.gate.journal import Journal, Note
from tools.problems import Problem
from tools.taipei import compact

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from server.store.actions import Action, ActionFilter, CallKey, CapHit, Caps, Proposal, State

    Ended = Literal[State.SUCCEEDED, State.FAILED, State.UNKNOWN]
    from server.store.events import DeliveryEvent

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
    gives_back: tuple[str, Decimal] | None = None
    """An erased booking: its batch, and the points that came back."""


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


class Book:
    """One process's access to the ledger. `owner` names this process in leases."""

    def __init__(self, journal: Journal, *, owner: str, caps: "Caps") -> None:
        self._journal = journal
        self._owner = owner
        self._caps = caps

    async def digest(self, text: str) -> str:
        """The keyed digest of canonical arguments: equal for equal calls, no help in guessing numbers."""
        return await self._journal.digest(text)

    async def look(self, key: "CallKey", numbers: Sequence[str]) -> "tuple[Action | None, tuple[str, ...]]":
        """The live action of the same call within 24 hours, and those of its numbers that are blocked."""
        from server.store import ledger  # noqa: PLC0415 - the store is opened at the first use, not at start

        hashes = await self._hashed(numbers)

        def work(conn: "Connection", now: datetime) -> "tuple[Action | None, tuple[str, ...]]":
            return ledger.find_live(conn, key, now), _blocked(conn, hashes)

        return await self._journal.read(work)

    async def _hashed(self, numbers: Sequence[str]) -> dict[str, str]:
        each = tuple(dict.fromkeys(numbers))
        return dict(zip(await self._journal.hashes(each), each, strict=True))

    async def get(self, action_id: str) -> "Action | None":
        """One action by its id, however the id was typed."""
        from server.store import ledger  # noqa: PLC0415 - as above
        from server.store.actions import normalise_id  # noqa: PLC0415 - as above

        return await self._journal.read(lambda conn, _: ledger.get(conn, normalise_id(action_id)))

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
                return (action, None), _note("proposed", action)
            ledger.void(conn, action.id, reason=f"cap {hit.rule}")
            return (action, hit), replace(_note("cap_refused", action), rule=hit.rule)

        return await self._journal.write(work)

    async def approve(self, action_id: str, decision: Decision) -> "Action | None":
        """Proposed → approved; None when it was decided, expired or gone meanwhile."""

        def work(conn: "Connection", now: datetime) -> "tuple[Action | None, Note | None]":
            action = _approve(conn, action_id, decision, now)
            return action, _noted("approved", action)

        return await self._journal.write(work)

    async def deny(self, action_id: str, decision: Decision) -> "Action | None":
        """Proposed → denied; None when it is past that."""
        from server.store import ledger  # noqa: PLC0415 - as above

        def work(conn: "Connection", now: datetime) -> "tuple[Action | None, Note | None]":
            action = ledger.deny(
                conn, action_id, by=decision.by, channel=decision.channel, reason=decision.reason, now=now
            )
            return action, _noted("denied", action)

        return await self._journal.write(work)

    async def void(self, action_id: str, reason: str) -> "Action | None":
        """Proposed or approved → expired, because what the person saw is no longer true."""
        from server.store import ledger  # noqa: PLC0415 - as above

        def work(conn: "Connection", _: datetime) -> "tuple[Action | None, Note | None]":
            action = ledger.void(conn, action_id, reason=reason)
            return action, _noted("voided", action)

        return await self._journal.write(work)

    async def claim(self, action_id: str, recipients: Sequence[str]) -> "Action | CapHit | Blocked | None":
        """Approved → dispatching by this process: caps and blocked numbers checked in the same step."""
        hashes = await self._journal.hashes(recipients)
        named = await self._hashed(recipients)

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
        named = await self._hashed(recipients)

        def work(
            conn: "Connection", now: datetime
        ) -> "tuple[tuple[Action, Claimed], *tuple[Note | None, ...]]":
            fresh = replace(proposal, expires_at=now + timedelta(seconds=expires_s))
            action, created = ledger.propose(conn, fresh, now)
            if not created:
                return (action, None), None
            approved = _approve(conn, action.id, decision, now) or action
            claimed, note = self._claim(conn, now, action.id, hashes, named)
            return (approved, claimed), _note("proposed", action), _noted("approved", approved), note

        return await self._journal.write(work)

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

        blocked = _blocked(conn, named)
        if blocked:
            return Blocked(numbers=blocked), Note(what="block_refused", action_id=action_id)
        claimed = ledger.claim(
            conn,
            action_id,
            owner=self._owner,
            now=now,
            lease_seconds=LEASE_SECONDS,
            caps=self._caps,
            recipients=hashes,
        )
        if isinstance(claimed, CapHit):
            return claimed, Note(what="cap_refused", action_id=action_id, rule=claimed.rule)
        return claimed, _noted("dispatching", claimed)

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
                batch_id, points = ending.gives_back
                ledger.give_back(conn, erase_id=action_id, batch_id=batch_id, points=points)
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
            note = _noted("reconciled", action)
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

    async def record(self, note: Note) -> None:
        """A line of the audit without a step of the ledger."""
        await self._journal.record(note)

    async def blocked(self, numbers: Sequence[str]) -> tuple[str, ...]:
        """Those of these numbers that the table of blocked numbers holds."""
        hashes = await self._hashed(numbers)
        return await self._journal.read(lambda conn, _: _blocked(conn, hashes))

    async def vendor_lock(self, vendor: str, credentials: str) -> str | None:
        """The vendor's code of a refused login of these credentials; None when there is none."""
        from server.store.locks import vendor_lock  # noqa: PLC0415 - as above

        fingerprint = await self._journal.digest(credentials)
        lock = await self._journal.read(lambda conn, _: vendor_lock(conn, vendor, fingerprint))
        return None if lock is None else lock.reason

    async def lock_vendor(self, vendor: str, credentials: str, vendor_code: str) -> None:
        """Remember that these credentials were refused."""
        from server.store.locks import lock_vendor  # noqa: PLC0415 - as above

        fingerprint = await self._journal.digest(credentials)

        def work(conn: "Connection", now: datetime) -> tuple[None, Note]:
            lock_vendor(conn, vendor, fingerprint, vendor_code, now)
            return None, Note(what="login_stopped", outcome=f"{vendor} {vendor_code}")

        await self._journal.write(work)

    async def delivery_events(self, batch_id: str) -> list[dict[str, str]]:
        """The callbacks of a batch, or of all, newest first, by the vendor's field names."""
        from server.store.events import newest_events  # noqa: PLC0415 - as above

        found = await self._journal.read(lambda conn, _: newest_events(conn, batch_id))
        return [_fields(event) for event in found]

    async def keep_event(self, values: dict[str, Any], mobile: str) -> bool:
        """Keep a callback once; False when it is known. The number is kept as a keyed hash alone.

        A report that carries the reference of an action of unknown outcome settles it in the same step.
        """
        from server.store.events import DeliveryEvent, record_event  # noqa: PLC0415 - as above

        (number,) = await self._journal.hashes([mobile])

        def work(conn: "Connection", now: datetime) -> "tuple[bool, Note | None]":
            event = DeliveryEvent(**values, number=number, received_at=now)
            fresh = record_event(conn, event)
            reference = event.reference.partition(" ")[0]
            return fresh, _settle_by_report(conn, now, reference, event.batch_id) if fresh else None

        return await self._journal.write(work)

    async def event_of(self, reference: str) -> str | None:
        """The batch id of a callback that carries our reference; None when there is none."""
        from server.store.events import event_with_reference  # noqa: PLC0415 - as above

        event = await self._journal.read(lambda conn, _: event_with_reference(conn, reference))
        return None if event is None else event.batch_id

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

    async def remember_head(self) -> None:
        """Write the audit's newest head to its own file."""
        await self._journal.remember_head()


def _note(what: str, action: "Action") -> Note:
    return Note(
        what=what,
        action_id=action.id,
        principal=action.principal,
        tool=action.tool,
        digest=action.digest,
        by=action.decided_by,
        channel=action.channel,
        rule=action.rule,
    )


def _noted(what: str, action: "Action | None") -> Note | None:
    return None if action is None else _note(what, action)


def _approve(conn: "Connection", action_id: str, decision: Decision, now: datetime) -> "Action | None":
    from server.store import ledger  # noqa: PLC0415 - as above

    return ledger.approve(
        conn, action_id, by=decision.by, channel=decision.channel, rule=decision.rule, now=now
    )


_REPORTED = "a delivery report carries this action's reference"


def _settle_by_report(conn: "Connection", now: datetime, reference: str, batch_id: str) -> Note | None:
    """The vendor only reports on what it took: the send of this reference arrived (EVERY8D 2.1, SUBJECT)."""
    from server.store import ledger  # noqa: PLC0415 - as above
    from server.store.actions import State, normalise_id  # noqa: PLC0415 - as above

    action = ledger.reconcile(
        conn,
        normalise_id(reference),
        state=State.SUCCEEDED,
        by="callback",
        how=_REPORTED,
        outcome=json.dumps({"reconciled": _REPORTED, "batch_id": batch_id}),
        now=now,
        batch_id=batch_id,
    )
    note = _noted("reconciled", action)
    return note and replace(note, by="callback", outcome=f"succeeded: {_REPORTED}")


def _blocked(conn: "Connection", hashes: dict[str, str]) -> tuple[str, ...]:
    from server.store.blocked import which_blocked  # noqa: PLC0415 - as above

    found = which_blocked(conn, list(hashes))
    return tuple(number for hashed, number in hashes.items() if hashed in found)


def _not_done(how: str) -> dict[str, object]:
    problem = Problem(code="not_done", message=f"It did not happen ({how}).", next="It can be done again.")
    return asdict(problem)


def _fields(event: "DeliveryEvent") -> dict[str, str]:
    return {
        "BatchID": event.batch_id,
        "RM": event.mobile,
        "RT": "" if event.reported_at is None else compact(event.reported_at),
        "STATUS": event.status,
        "SM": event.text,
        "MR": event.record,
        "ST": "" if event.sent_at is None else compact(event.sent_at),
        "SUBJECT": event.reference,
        "CHARGE": event.charge,
        "MSGID": event.message_id,
    }
