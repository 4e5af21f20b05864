"""The steps of an approval by a text: the text is claimed with what it asks, and its answers are kept."""

import hmac
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from server.ledger.campaign_claiming import CampaignClaiming
from server.ledger.claiming import LEASE_SECONDS
from server.ledger.notes import Note
from server.ledger.phone import Answered, code_hash, rule_of_ask
from server.ledger.records import note_of, noted
from server.ledger.refusals import Blocked
from server.ledger.signed import preview_digest
from server.store import ledger
from server.store.actions import PHONE, Action, CapHit, Proposal, State
from server.store.blocked import which_blocked
from server.store.counting import cap_hit
from server.store.dispatch import begin
from server.store.keys import hash_number
from server.store.phone_asks import (
    PhoneAsk,
    add_ask,
    ask_of,
    asks_since,
    count_wrong,
    newest_ask,
    note_answer,
    open_asks,
    phones_asked,
)
from server.store.plans import Connection
from tools.taipei import as_taipei, midnight

_OWN_CAP = "phone_texts_per_day"
ASKER = "approval.phone"
"""Who approves the text itself: the setting."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What was texted about an action, and that text as an action of its own."""

    ask: PhoneAsk
    text: Action


class PhoneAsking(CampaignClaiming):
    """Texts the approver's phone once about an action, and hears what it answered."""

    async def asked_by_text(self, action_id: str) -> Asked | None:
        """What was texted about this action; None where nothing was."""

        def work(conn: Connection, _: datetime) -> tuple[PhoneAsk, Action | None] | None:
            ask = ask_of(conn, action_id)
            return None if ask is None else (ask, ledger.get(conn, ask.text_id))

        found = await self._journal.glance(work)
        if found is None or found[1] is None:
            return None
        # An outcome may stand in the outbox alone.
        return Asked(ask=found[0], text=self._journal.as_known(found[1]))

    async def newest_asked(self) -> Asked | None:
        """What was texted last, about whatever action."""
        newest = await self._journal.read(lambda conn, _: newest_ask(conn))
        return None if newest is None else await self.asked_by_text(newest.action_id)

    async def waiting_for_the_phone(self) -> list[str]:
        """The actions that wait for an answer by text, the oldest first."""
        return await self._journal.glance(open_asks)

    async def phones_asked(self) -> dict[str, str]:
        """The actions that wait and that a text went out about, each with the masked number."""
        return await self._journal.glance(lambda conn, _: phones_asked(conn))

    async def knows_code(self, ask: PhoneAsk) -> Callable[[str], bool]:
        """What tells whether digits are the code that was texted."""
        key = await self._journal.key()
        return lambda digits: hmac.compare_digest(code_hash(key, ask.action_id, digits), ask.code)

    async def is_this_phone(self, ask: PhoneAsk) -> bool:
        """Whether it was the phone of these settings that was texted."""
        return hash_number(await self._journal.key(), self.phone.number) == ask.number

    async def claim_ask(
        self, action_id: str, text: Proposal, expires_s: float, code: str
    ) -> Action | CapHit | Blocked | None:
        """Take the text about a waiting action for dispatch, with what it asks, in one step.

        None, and nothing claimed, where the action waits no more, was asked about before, whatever became of
        that text, or where the rule speaks against it.
        """
        (number,) = await self._journal.hashes([self.phone.number])

        def work(
            conn: Connection, now: datetime
        ) -> tuple[Action | CapHit | Blocked | None, *tuple[Note | None, ...]]:
            asked = ledger.get(conn, action_id)
            altered = self._altered(conn, asked)
            if asked is None or altered is not None or not self._asks(conn, asked, now):
                return None, altered
            fresh = replace(text, expires_at=now + timedelta(seconds=expires_s))
            refusal = self._held_back(conn, asked, fresh, number, now)
            if refusal is not None:
                return refusal, Note(what="phone_not_asked", action_id=action_id)
            begun, created = begin(
                conn,
                fresh,
                by=ASKER,
                channel="policy",
                rule=rule_of_ask(action_id),
                owner=self._owner,
                now=now,
                lease_seconds=LEASE_SECONDS,
                recipients=[number],
            )
            if not created:
                return None, None
            add_ask(conn, self._ask_of(asked, begun, number, code, now))
            notes = [note_of(what, begun) for what in ("proposed", "approved", "dispatching")]
            return begun, *notes, note_of("phone_asked", asked)

        return await self._journal.write(work, standing=True, ahead=True)

    def _asks(self, conn: Connection, asked: Action, now: datetime) -> bool:
        waits = asked.state is State.PROPOSED and asked.out_of_band and now < asked.expires_at
        return waits and not self.phone.why_not(asked, self.passkeys) and ask_of(conn, asked.id) is None

    def _held_back(
        self, conn: Connection, asked: Action, text: Proposal, number: str, now: datetime
    ) -> CapHit | Blocked | None:
        """The caps of every send, and one of its own, so that nobody is texted without end.

        Both sends together: a text must not use up what the send needs that it asks about.
        """
        if which_blocked(conn, [number]):
            return Blocked(numbers=(self.phone.number,))
        used = asks_since(conn, midnight(as_taipei(now).date()))
        if used >= self.phone.texts_per_day:
            return CapHit(rule=_OWN_CAP, limit=self.phone.texts_per_day, used=used, asked=1)
        points, recipients = text.points + asked.points, text.recipients + asked.recipients
        both = replace(text, points=points, recipients=recipients)
        return cap_hit(conn, both, self._caps, [number], now)

    def _ask_of(self, asked: Action, text: Action, number: str, code: str, now: datetime) -> PhoneAsk:
        return PhoneAsk(
            action_id=asked.id,
            text_id=text.id,
            number=number,
            code=code_hash(self._journal.held, asked.id, code),
            masked=self.phone.masked,
            preview_digest=preview_digest(asked),
            asked_at=now,
        )

    async def count_wrong_codes(self, action_id: str, wrong: int) -> None:
        """Keep how many wrong codes were answered; never fewer than before."""

        def work(conn: Connection, _: datetime) -> tuple[None, Note | None]:
            ask = ask_of(conn, action_id)
            if ask is None or wrong <= ask.wrong:
                return None, None
            count_wrong(conn, action_id, wrong)
            return None, Note(what="phone_wrong_code", action_id=action_id, outcome=str(wrong))

        await self._journal.write(work, standing=True)

    async def refuse_by_text(self, action_id: str, answered: Answered) -> Action | None:
        """Proposed or approved → denied by a reply; None when it is past that."""

        def work(conn: Connection, now: datetime) -> tuple[Action | None, Note | None]:
            ask = ask_of(conn, action_id)
            if ask is None:
                return None, None
            denied = ledger.deny(
                conn, action_id, by=self.phone.person, channel=PHONE, reason="refused by text", now=now
            )
            if denied is not None:
                note_answer(conn, action_id, "no", answered.batch_id, answered.replied_at)
            return denied, noted("denied", denied)

        return await self._journal.write(work, standing=True)
