"""Which approvals the approver's phone may give, and whether one of its replies gave this one."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Literal

from server.ledger.passkeys import PasskeyRule
from server.ledger.refusals import ApprovalRefusedError
from server.ledger.signed import preview_digest
from server.store import ledger
from server.store.actions import PHONE, Action, State
from server.store.keys import hash_number, keyed
from server.store.phone_asks import PhoneAsk, ask_of, decided_in, every_ask, note_answer
from server.store.plans import Connection
from tools.every8d.approval_text import SEND_APPROVAL_TEXT
from tools.mobile import mask_mobile
from tools.operation import Risk
from tools.sentence import sentence

MOST_WRONG = 3
"""So many wrong codes close this way for an action."""
CLOCKS_APART = timedelta(minutes=10)
"""How far the time of a reply may be beside ours: it is the vendor's."""
NO_PASSKEYS = PasskeyRule()
WhyNot = Literal["", "no phone", "kind", "limit", "repeats", "copies", "passkey", "four eyes"]


class PhoneError(ApprovalRefusedError):
    """A yes by phone that does not count: nothing is approved."""

    def __init__(self) -> None:
        super().__init__(sentence("what was answered by text is not the approval of exactly this."))


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """A reply that decides, as the vendor's list of replies has it (EVERY8D 2.4)."""

    code: str
    """The digits that were answered; '' for a no."""
    batch_id: str
    replied_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneRule:
    """What the operator lets be approved by a text. `number` is E.164, '' where no phone approves.

    `owner` is whose it is, as the principal of what that person asks for; '' where nobody said.
    """

    number: str = ""
    owner: str = ""
    max_points: Decimal = Decimal(0)
    texts_per_day: int = 0
    four_eyes: bool = False

    @property
    def masked(self) -> str:
        """The number as it is shown."""
        return mask_mobile(self.number)

    @property
    def person(self) -> str:
        """Who decides by it, as the ledger names them."""
        return self.owner or self.masked

    def why_not(self, action: Action, passkeys: PasskeyRule) -> WhyNot:
        """What speaks against approving this by a text; '' where nothing does.

        Only a send whose price and number are known: a text has no room for what else is to be known of it.
        """
        if not self.number:
            return "no phone"
        if action.risk != Risk.SPEND or action.points <= 0 or action.recipients <= 0:
            return "kind"
        if action.points > self.max_points:
            return "limit"
        if action.repeats:
            return "repeats"
        if json.loads(action.preview).get("emails"):
            return "copies"
        if passkeys.needs(action):
            return "passkey"
        if self.four_eyes and (not self.owner or self.owner == action.principal):
            return "four eyes"
        return ""

    def keep(
        self, conn: Connection, key: bytes, action: Action, answered: Answered | None, passkeys: PasskeyRule
    ) -> None:
        """Check and keep the reply that approves, in the step of the approval.

        Raises:
            PhoneError: it is none that approves exactly this.
        """
        ask = ask_of(conn, action.id)
        if ask is None or answered is None or action.decided_at is None or ask.wrong >= MOST_WRONG:
            raise PhoneError
        given = ask._replace(said="yes", batch_id=answered.batch_id, replied_at=answered.replied_at)
        is_code = code_hash(key, action.id, answered.code) == ask.code
        if not is_code or ask.said or not self._may(key, action, given, passkeys):
            raise PhoneError
        if not _stands(conn, action, given, whole=True):
            raise PhoneError
        note_answer(conn, action.id, "yes", answered.batch_id, answered.replied_at)

    def holds(self, conn: Connection, key: bytes, action: Action, passkeys: PasskeyRule) -> bool:
        """Whether what a phone approved may be claimed, by these settings."""
        if action.state is not State.APPROVED or action.channel != PHONE:
            return True
        ask = ask_of(conn, action.id)
        if ask is None or ask.said != "yes":
            return False
        return self._may(key, action, ask, passkeys) and _stands(conn, action, ask, whole=True)

    def _may(self, key: bytes, action: Action, ask: PhoneAsk, passkeys: PasskeyRule) -> bool:
        is_this_phone = bool(self.number) and ask.number == hash_number(key, self.number)
        return is_this_phone and not self.why_not(action, passkeys)


@dataclass(frozen=True, slots=True, kw_only=True)
class Approvers:
    """Whose yes counts, by the operator's settings."""

    passkeys: PasskeyRule = NO_PASSKEYS
    phone: PhoneRule = PhoneRule()
    four_eyes: bool = False
    """Whether who asked for an action cannot approve it."""


def code_hash(key: bytes, action_id: str, code: str) -> str:
    """A code as it is kept: of one action, and not to be found without the audit's key."""
    return keyed(key, "approval code", f"{action_id} {code}")


def rule_of_ask(action_id: str) -> str:
    """By which rule the text about this action goes out."""
    return f"asks about {action_id}"


def unanswered(conn: Connection) -> list[str]:
    """The actions that were decided by phone without a reply that stands for it."""
    found = set(decided_in(conn, PHONE))
    for ask in list(every_ask(conn)):
        if not ask.said:
            continue
        action = ledger.get(conn, ask.action_id)
        # A preview may be reduced by now; the digest of what was asked stands beside the reply.
        if action is not None and _stands(conn, action, ask, whole=False):
            found.discard(ask.action_id)
        else:
            found.add(ask.action_id)
    return sorted(found)


def _stands(conn: Connection, action: Action, ask: PhoneAsk, *, whole: bool) -> bool:
    """Whether the reply is one to the text about this action, in its batch and in its time."""
    text = ledger.get(conn, ask.text_id)
    asked = (action.principal, SEND_APPROVAL_TEXT.name, rule_of_ask(action.id), State.SUCCEEDED)
    if text is None or (text.principal, text.tool, text.rule, text.state) != asked:
        return False
    if not ask.batch_id or ask.batch_id != text.batch_id:
        return False
    if whole and ask.preview_digest != preview_digest(action):
        return False
    return action.channel == PHONE and _in_time(action, ask)


def _in_time(action: Action, ask: PhoneAsk) -> bool:
    if ask.replied_at is None or action.decided_at is None:
        return False
    return ask.asked_at - CLOCKS_APART <= ask.replied_at <= action.decided_at + CLOCKS_APART
