"""From the proposal to the decision: each step seals what the next one relies on."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from server.ledger.journal import Journal
from server.ledger.looking import Looking
from server.ledger.notes import Note
from server.ledger.phone import Answered, Approvers
from server.ledger.records import note_of, noted
from server.ledger.refusals import FourEyesError
from server.ledger.signed import Signed
from server.store import ledger
from server.store.actions import (
    ALTERED,
    PAST_LOST,
    PHONE,
    UNANSWERED,
    UNDECIDED,
    UNSIGNED,
    Action,
    CapHit,
    Caps,
    Proposal,
)
from server.store.counting import Counts, cap_hit, totals_hit
from server.store.plans import Connection
from server.store.sealing import is_sealed, seal_of
from tools.operation import RISKY, Risk

_log = logging.getLogger(__name__)
_NOT_TRUE = "what was under way has ended, and a new question says so"
ANYBODY = Approvers()


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Who decided, through which channel, by which rule."""

    by: str
    channel: str
    rule: str = ""
    reason: str = ""
    signed: Signed | None = None
    """What a passkey signed, where one did."""
    answered: Answered | None = None
    """What the approver's phone answered, where it did."""


class Deciding(Looking):
    """Proposed, and then approved, denied, left to another place, or ended.

    Each step says of its action that nothing was done. Where the store's past is lost it may be done already,
    so none is taken, and PastLostError is raised.
    """

    def __init__(self, journal: Journal, *, caps: Caps, approvers: Approvers = ANYBODY) -> None:
        super().__init__(journal)
        self._caps = caps
        self._four_eyes = approvers.four_eyes
        self.passkeys, self.phone = approvers.passkeys, approvers.phone

    async def propose(
        self,
        proposal: Proposal,
        expires_s: float,
        recipients: Sequence[str],
        *,
        is_reserved: bool = False,
        through: str = "",
    ) -> tuple[Action, CapHit | None]:
        """The action of this call: the live one, or a new one. Its expiry starts now.

        Nobody is asked about what a cap forbids anyway: such a proposal is ended at once. The claim checks
        again, since others may have used the cap up by then. `is_reserved`: an earlier action counts it.
        `through`: the client's own name, for the audit.
        """
        hashes = await self._journal.hashes(recipients)

        def work(conn: Connection, now: datetime) -> tuple[tuple[Action, CapHit | None], Note | None]:
            fresh = replace(proposal, expires_at=now + timedelta(seconds=expires_s))
            action, created = ledger.propose(conn, fresh, now, sealed_by=self._seal)
            if not created:
                return (action, None), None
            hit = None if is_reserved else cap_hit(conn, action, self._caps, hashes, now)
            if hit is None:
                return (action, None), replace(note_of("proposed", action), through=through)
            ledger.void(conn, action.id, reason=f"cap {hit.rule}")
            return (action, hit), replace(note_of("cap_refused", action), rule=hit.rule)

        return await self._journal.write(work, standing=proposal.risk in RISKY)

    async def propose_instead(
        self, action_id: str, proposal: Proposal, expires_s: float, through: str = ""
    ) -> Action:
        """End a proposal that is no longer true, and make this one; or the first, if decided by now.

        In one step: whatever it stands in the way of finds the one or the other at every moment.
        """

        def work(conn: Connection, now: datetime) -> tuple[Action, *tuple[Note | None, ...]]:
            ended = ledger.void(conn, action_id, reason=_NOT_TRUE)
            if ended is None:
                found = ledger.get(conn, action_id)
                if found is None:
                    raise LookupError("a proposal is gone")
                return found, None
            fresh = replace(proposal, expires_at=now + timedelta(seconds=expires_s))
            action, _ = ledger.propose(conn, fresh, now, sealed_by=self._seal)
            return action, noted("voided", ended), replace(note_of("proposed", action), through=through)

        return await self._journal.write(work, standing=True)

    async def caps_hit(self, points: Decimal, recipients: int) -> list[CapHit]:
        """The limits of a day and a month that a send would pass now; for what is only priced."""
        asked = Counts(points, recipients)
        return await self._journal.glance(lambda conn, now: totals_hit(conn, asked, self._caps, now))

    async def approve(self, action_id: str, decision: Decision) -> Action | None:
        """Proposed → approved; None when it was decided, expired or gone meanwhile, or sent out of band.

        None too, and expired, when something else changed what the person was shown.

        Raises:
            PasskeyError: it needs a passkey's signature, and what came is none that counts.
            PhoneError: it is said to be approved by a text, and what was answered does not count.
            FourEyesError: who asked for it says yes, and somebody else's is wanted.
        """

        def work(conn: Connection, now: datetime) -> tuple[Action | None, Note | None]:
            asked = ledger.get(conn, action_id)
            altered = self._altered(conn, asked)
            if altered is not None:
                return None, altered
            refused = None if asked is None else self.never_counts(asked, decision.by)
            if refused is not None:
                raise refused
            action = self._approve(conn, action_id, decision, now)
            if action is not None:
                self.passkeys.sign(conn, action, decision.signed, now)
                if decision.channel == PHONE:
                    self.phone.keep(conn, self._journal.held, action, decision.answered, self.passkeys)
            return action, noted("approved", action)

        return await self._journal.write(work, standing=True)

    def never_counts(self, action: Action, person: str) -> FourEyesError | None:
        """Why no yes of this person to it counts, whatever they type or sign; None where one may."""
        return FourEyesError() if self._four_eyes and person == action.principal else None

    async def unaltered(self, entry: Action) -> Action:
        """An undecided action as it is; ended, when something other than this program wrote it."""
        if is_sealed(await self._journal.key(), entry):
            return entry

        def work(conn: Connection, _: datetime) -> tuple[Action | None, Note | None]:
            altered = self._altered(conn, ledger.get(conn, entry.id))
            return ledger.get(conn, entry.id), altered

        return await self._journal.write(work, standing=True) or entry

    async def deny(self, action_id: str, decision: Decision) -> Action | None:
        """Proposed or approved → denied, as long as nothing was begun; None when it is past that."""

        def work(conn: Connection, now: datetime) -> tuple[Action | None, Note | None]:
            action = ledger.deny(
                conn,
                action_id,
                by=decision.by,
                channel=decision.channel,
                rule=decision.rule,
                reason=decision.reason,
                now=now,
            )
            return action, noted("denied", action)

        return await self._journal.write(work, standing=True)

    async def send_out_of_band(self, action_id: str) -> Action | None:
        """Leave a proposal to another place: from now on no form can approve it. None when it is ended."""

        def work(conn: Connection, now: datetime) -> tuple[Action | None, Note | None]:
            altered = self._altered(conn, ledger.get(conn, action_id))
            if altered is not None:
                return None, altered
            sent = ledger.send_out_of_band(conn, action_id, now=now, sealed_by=self._seal)
            return sent, noted("out_of_band", sent)

        return await self._journal.write(work, standing=True)

    async def void(self, action_id: str, reason: str) -> Action | None:
        """Proposed or approved → expired, because what the person saw is no longer true."""

        def work(conn: Connection, _: datetime) -> tuple[Action | None, Note | None]:
            action = ledger.void(conn, action_id, reason=reason)
            return action, noted("voided", action)

        return await self._journal.write(work, standing=True)

    async def void_sends(self, principal: str | None, reason: str) -> list[Action]:
        """End every send, resume and restart of this principal (None: of anybody) that was not begun.

        Also where the store's past is lost: a brake works in any store.
        """

        def work(conn: Connection, now: datetime) -> tuple[list[Action], *tuple[Note | None, ...]]:
            why = PAST_LOST if self.past.lost else reason
            ended = [
                voided
                for action in ledger.undecided(conn)
                if action.risk == Risk.SPEND and principal in (None, action.principal)
                if (voided := ledger.void(conn, action.id, reason=why)) is not None
            ]
            return ended, *(noted("voided", action) for action in ended)

        return await self._journal.write(work)

    def _seal(self, action: Action) -> str:
        return seal_of(self._journal.held, action)

    def _approve(self, conn: Connection, action_id: str, decision: Decision, now: datetime) -> Action | None:
        """Proposed → approved by this decision; None when it was decided, expired or gone."""
        return ledger.approve(
            conn,
            action_id,
            by=decision.by,
            channel=decision.channel,
            rule=decision.rule,
            now=now,
            sealed_by=self._seal,
        )

    def _altered(self, conn: Connection, action: Action | None) -> Note | None:
        """End what waits for a decision or the claim, where its row is not as this program wrote it."""
        if action is None or action.state not in UNDECIDED:
            return None
        if is_sealed(self._journal.held, action):
            return self._unsigned(conn, action) or self._unanswered(conn, action)
        _log.error("action %s was changed by something other than this program; it is refused", action.id)
        return noted("altered", ledger.void(conn, action.id, reason=ALTERED))

    def _unsigned(self, conn: Connection, action: Action) -> Note | None:
        """End what was approved, where the passkey's signature does not count, or not any more."""
        if self.passkeys.holds(conn, action):
            return None
        _log.error("what a passkey signed for action %s does not count; it is refused", action.id)
        return noted("unsigned", ledger.void(conn, action.id, reason=UNSIGNED))

    def _unanswered(self, conn: Connection, action: Action) -> Note | None:
        """End what a text approved, where its reply does not count by these settings, or not any more."""
        if self.phone.holds(conn, self._journal.held, action, self.passkeys):
            return None
        _log.error("what a phone answered about action %s does not count; it is refused", action.id)
        return noted("unanswered", ledger.void(conn, action.id, reason=UNANSWERED))
