"""The step that takes a send for dispatch: whatever forbids it is asked for in the same transaction."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol, TypeAlias

from server.ledger.deciding import ANYBODY, Deciding, Decision
from server.ledger.journal import Journal
from server.ledger.looking import live_action
from server.ledger.notes import Note
from server.ledger.outside import OutsideTextReadError
from server.ledger.parts import names
from server.ledger.phone import Approvers
from server.ledger.records import blocked_of, note_of, noted
from server.ledger.refusals import Blocked, Repeats
from server.store import ledger
from server.store.actions import Action, CallKey, CapHit, Caps, Proposal, State
from server.store.counting import cap_hit, cap_hit_of_one
from server.store.hindrances import Asked, counted_where_nothing_known
from server.store.plans import Connection
from server.store.sent_texts import Texted, repeated, unseen
from server.store.session_facts import outside_text_was_read
from server.store.sessions import Session
from tools.operation import RISKY, Message, Risk

Refusal: TypeAlias = CapHit | Blocked | Repeats
Claimed: TypeAlias = Action | Refusal | None
_Begun: TypeAlias = tuple[tuple[Action, Claimed] | Repeats, *tuple[Note | None, ...]]


_log = logging.getLogger(__name__)
LEASE_SECONDS = 200.0
"""Longer than the wait for a place and a whole exchange: a living owner is never taken for a dead one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Whom a send reaches, as keyed hashes: each text's number, and each message."""

    numbers: tuple[str, ...]
    hashes: list[str]
    texts: list[Texted]

    @property
    def named(self) -> dict[str, str]:
        """Each number by its hash."""
        return dict(zip(self.hashes, self.numbers, strict=True))

    def asked(self, key: CallKey) -> Asked:
        """What is asked of the store before a free send."""
        return Asked(key=key, numbers=self.hashes, texts=self.texts)


class Reached(Protocol):
    """Whom a send reaches, however its hashes are kept."""

    @property
    def hashes(self) -> list[str]:
        """The keyed hash of each text's number."""
        ...

    @property
    def named(self) -> dict[str, str]:
        """Each number by its hash."""
        ...


class Claiming(Deciding):
    """From the proposal, or the approval, to `dispatching`. `owner` names this process in leases."""

    def __init__(self, journal: Journal, *, owner: str, caps: Caps, approvers: Approvers = ANYBODY) -> None:
        super().__init__(journal, caps=caps, approvers=approvers)
        self._owner = owner

    async def _reach(self, recipients: Sequence[str], messages: Sequence[Message]) -> Reach:
        hashes = await self._journal.hashes(recipients)
        return Reach(numbers=tuple(recipients), hashes=hashes, texts=await self.texted(messages))

    async def claim(
        self, action_id: str, recipients: Sequence[str], messages: Sequence[Message] = ()
    ) -> Action | CapHit | Blocked | Repeats | None:
        """Approved → dispatching by this process: caps, blocked numbers and who had the text, in one step."""
        reach = await self._reach(recipients, messages)

        def work(conn: Connection, now: datetime) -> tuple[Claimed, Note | None]:
            return self._claim(conn, now, action_id, reach)

        return await self._journal.write(work, standing=True, ahead=True)

    async def approve_and_claim(
        self,
        proposal: Proposal,
        expires_s: float,
        decision: Decision,
        recipients: Sequence[str],
        messages: Sequence[Message] = (),
    ) -> tuple[Action, Claimed] | Repeats:
        """A new call that nobody has to agree to, in one step: proposed, approved by a rule, claimed.

        When the call turns out to be live already, that action is returned and nothing is claimed; where
        somebody had the text, nothing is proposed: a person has to be asked.

        Raises:
            OutsideTextReadError: the session has read outside text, in whatever process: nothing is proposed.
        """
        reach = await self._reach(recipients, messages)

        def work(conn: Connection, now: datetime) -> _Begun:
            session = Session(proposal.principal, proposal.session)
            fresh = replace(proposal, expires_at=now + timedelta(seconds=expires_s))
            asked = None if fresh.retry_of else reach.asked(fresh.key)
            counted = asked and counted_where_nothing_known(conn, asked, session, now)
            if counted and cap_hit_of_one(fresh, self._caps, *counted) is None:
                return self._begin(conn, now, fresh, decision, reach, is_new=True)
            if proposal.risk in RISKY and outside_text_was_read(conn, session, now):
                raise OutsideTextReadError
            repeats = repeated(conn, reach.texts, now, retry_of=fresh.retry_of) if reach.texts else []
            if repeats:
                live = live_action(conn, fresh.key, reach.texts, repeats, now)
                return (Repeats(sends=tuple(repeats)) if live is None else (live, None)), None
            refusal = self._refusal(conn, now, fresh, reach)
            if refusal is None and not fresh.retry_of:
                return self._begin(conn, now, fresh, decision, reach)
            action, created = ledger.propose(conn, fresh, now, sealed_by=self._seal)
            if not created:
                return (action, None), None
            if refusal is not None:
                return (action, refusal), note_of("proposed", action), _refused(refusal, action.id)
            approved = self._approve(conn, action.id, decision, now) or action
            claimed, note = self._claim(conn, now, action.id, reach)
            return (approved, claimed), note_of("proposed", action), noted("approved", approved), note

        risky = proposal.risk != "change"
        return await self._journal.write(work, standing=risky, unasked=risky, ahead=risky)

    async def claim_part(self, whole_id: str, proposal: Proposal, expires_s: float) -> Action | None:
        """A part of what a person agreed to as a whole, in one step: proposed, approved, claimed.

        It is approved by whoever approved the whole. None, and nothing proposed, unless this process carries
        the whole out at this moment, the whole's list names this part, and it was not begun before.

        Raises:
            TypeError: it could send or cost something, which caps and texts are asked for.
        """
        if proposal.risk != Risk.DESTROY or proposal.recipients or proposal.points:
            raise TypeError("a part only takes away")

        def work(conn: Connection, now: datetime) -> tuple[Action | None, *tuple[Note | None, ...]]:
            whole = ledger.get(conn, whole_id)
            if whole is None or not self._carries_out(whole, now) or not names(whole, proposal):
                return None, None
            fresh = replace(proposal, expires_at=now + timedelta(seconds=expires_s))
            action, created = ledger.begin(
                conn,
                fresh,
                by=whole.decided_by,
                channel=whole.channel,
                rule=f"part of {whole.id}",
                owner=self._owner,
                now=now,
                lease_seconds=LEASE_SECONDS,
            )
            return (action, *_begun(action)) if created else (None, None)

        return await self._journal.write(work, standing=True, ahead=True)

    def _carries_out(self, whole: Action, now: datetime) -> bool:
        leased = whole.lease_until is not None and now < whole.lease_until
        return whole.state is State.DISPATCHING and whole.owner == self._owner and leased

    def _begin(  # noqa: PLR0913 - the facts of one step
        self,
        conn: Connection,
        now: datetime,
        proposal: Proposal,
        decision: Decision,
        reach: Reach,
        *,
        is_new: bool = False,
    ) -> _Begun:
        """One row written once, in place of three steps that each write it."""
        action, created = ledger.begin(
            conn,
            proposal,
            by=decision.by,
            channel=decision.channel,
            rule=decision.rule,
            owner=self._owner,
            now=now,
            lease_seconds=LEASE_SECONDS,
            recipients=reach.hashes,
            texts=reach.texts,
            is_new=is_new,
        )
        if not created:
            return (action, None), None
        return (action, action), *_begun(action)

    def _refusal(
        self,
        conn: Connection,
        now: datetime,
        asked: Action | Proposal,
        reach: Reached,
    ) -> CapHit | Blocked | None:

        return _blocked(conn, reach.named) or cap_hit(conn, asked, self._caps, reach.hashes, now)

    def _claim(
        self,
        conn: Connection,
        now: datetime,
        action_id: str,
        reach: Reach,
    ) -> tuple[Claimed, Note | None]:

        action = ledger.get(conn, action_id)
        altered = self._altered(conn, action)
        if altered is not None:
            return None, altered
        claimed = (
            _blocked(conn, reach.named)
            or _repeats(conn, now, action, reach)
            or ledger.claim(
                conn,
                action_id,
                owner=self._owner,
                now=now,
                lease_seconds=LEASE_SECONDS,
                caps=self._caps,
                recipients=reach.hashes,
                texts=reach.texts,
            )
        )
        if isinstance(claimed, CapHit | Blocked | Repeats):
            return claimed, _refused(claimed, action_id)
        return claimed, noted("dispatching", claimed)


def _begun(action: Action) -> list[Note]:
    """The audit's lines on three steps in one."""
    return [note_of(what, action) for what in ("proposed", "approved", "dispatching")]


def _blocked(conn: Connection, named: dict[str, str]) -> Blocked | None:
    numbers = blocked_of(conn, named)
    return Blocked(numbers=numbers) if numbers else None


def _repeats(conn: Connection, now: datetime, action: Action | None, reach: Reach) -> Repeats | None:
    """The sends of the same texts that the question of this action does not tell of."""
    if action is None or not reach.texts:
        return None
    sends = unseen(repeated(conn, reach.texts, now, retry_of=action.retry_of), action)
    return Repeats(sends=tuple(sends)) if sends else None


def _refused(refusal: Refusal, action_id: str) -> Note:
    if isinstance(refusal, Blocked):
        return Note(what="block_refused", action_id=action_id)
    if isinstance(refusal, Repeats):
        return Note(what="repeat_refused", action_id=action_id)
    return Note(what="cap_refused", action_id=action_id, rule=refusal.rule)
