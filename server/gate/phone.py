"""Approval by a text: the approver's phone is asked once, and what it answered is read from the vendor (2.4).

Whoever holds that phone decides. An answer counts as the vendor lists it for our own login: what a callback
says of it (2.1) is signed by nobody, and is not looked at.
"""

import json
import logging
import secrets
from datetime import timedelta
from decimal import Decimal
from math import ceil

import anyio

from server.call_time import enough_to_post
from server.gate.calls import Call, CallOf
from server.gate.context import GateContext, PhoneLook
from server.gate.dispatching import Dispatching
from server.gate.failures import ANTICIPATED, problem_of
from server.gate.phone_replies import Heard, heard_in
from server.gate.ruling import obey_rules
from server.gate.words import phone as words
from server.gate.words.approval_refusals import reply_unread
from server.gate.words.approval_text import approval_text
from server.gate.words.sentences import time_is_up
from server.ledger.deciding import Decision
from server.ledger.phone import Answered
from server.ledger.phone_asking import Asked
from server.ledger.refusals import ApprovalRefusedError, Blocked
from server.store.actions import PHONE, UNANSWERED, Action, CapHit, Proposal, State
from tools.every8d.approval_text import HIDDEN_CODE, SEND_APPROVAL_TEXT
from tools.every8d.charging import sms_price
from tools.every8d.replies import GET_SMS_REPLIES, every_reply
from tools.every8d.send_sms import SendSmsParams
from tools.every8d.texts import DEFAULT_VALIDITY
from tools.operation import Preview
from tools.problems import RefusedError
from tools.sentence import sentence

_INTERVAL = timedelta(seconds=words.LOOKED_SECONDS)
_LOOK_SECONDS = 10.0
_MOST_REMEMBERED = 1_000
_log = logging.getLogger(__name__)


class ByPhone:
    """Asks the approver's phone, and hears its answer."""

    def __init__(self, context: GateContext) -> None:
        self._context = context
        self._book = context.book
        self._looks = context.phone_looks
        self._dispatching = Dispatching(context)

    async def ask(self, call: Call, entry: Action) -> str:
        """Text the phone about what waits, unless that was begun before; what the assistant is told of it."""
        rule = self._book.phone
        why = rule.why_not(entry, self._book.passkeys)
        if why or self._context.settings.every8d is None:
            return words.not_asked(why or "account", rule)
        asked = await self._book.asked_by_text(entry.id)
        if asked is None:
            if kept_back := await self._text(call, entry):
                return kept_back
            asked = await self._book.asked_by_text(entry.id)
        return "" if asked is None else words.asked_by_text(asked)

    async def look(self, action_id: str) -> str:
        """Read the answers about an action, and decide as they say; '' or that they could not be read.

        Each action at most every 15 seconds: whoever repeats a call fast asks the vendor no faster.
        """
        looked, now = self._looks.get(action_id), self._context.clock()
        if looked is not None and now - looked.at < _INTERVAL:
            return ""
        asked = await self._book.asked_by_text(action_id)
        if asked is None or not await self._can_answer(asked):
            return ""
        self._remember(action_id, "")
        try:
            heard = await self._heard(asked)
        except ANTICIPATED as error:
            code = problem_of(GET_SMS_REPLIES, error).code
            _log.warning("answers by text could not be read (%s); they are read again", code)
            return words.UNREAD
        if heard is None:
            return words.UNREAD
        await self._decide(asked, heard)
        return ""

    async def look_at_all(self) -> None:
        """Read the answers about everything that waits for one."""
        for action_id in await self._book.waiting_for_the_phone():
            await self.look(action_id)

    async def confirmed(self, call: Call, entry: Action) -> Action:
        """What a phone approved, once this process has read the reply itself: another one may have noted it
        that asked another vendor than ours.

        Raises:
            RefusedError: the replies cannot be read now; the approval stands.
        """
        looked = self._looks.get(entry.id)
        if looked is not None and looked.said == "yes" and self._context.clock() - looked.at < _INTERVAL:
            return entry
        asked = await self._book.asked_by_text(entry.id)
        heard = Heard()
        if asked is not None and await self._can_answer(asked):
            try:
                found = await self._heard(asked)
            except ANTICIPATED:
                found = None
            if found is None:
                raise RefusedError(reply_unread(call.operation))
            heard = found
        if asked is not None and heard.said == "no":
            await self._decide(asked, heard)
        elif heard.said != "yes":
            await self._book.void(entry.id, UNANSWERED)
        else:
            self._remember(entry.id, heard.said)
        return await self._context.entry_of(call, entry.id) or entry

    async def _text(self, call: Call, entry: Action) -> str:
        """Send the text; why it was kept back, or ''. What became of one that was begun the ledger knows."""
        if not enough_to_post():
            return words.not_sent(time_is_up(SEND_APPROVAL_TEXT).message)
        code = f"{secrets.randbelow(9_000) + 1_000}"
        try:
            return await self._text_with(call, entry, code)
        except ANTICIPATED as error:
            return words.not_sent(problem_of(SEND_APPROVAL_TEXT, error).message)

    async def _text_with(self, call: Call, entry: Action, code: str) -> str:
        preview = Preview.model_validate_json(entry.preview)
        settings, world = self._context.settings, self._context.surroundings()
        sender = settings.policy.required_sender_name.strip()
        text = approval_text(preview, code, sender, settings.language)
        number = self._book.phone.number
        asking = CallOf(
            operation=SEND_APPROVAL_TEXT,
            params=SendSmsParams(text=text, recipients=[number], validity_minutes=self._validity()),
            caller=call.caller,
        )
        points = sms_price(text, [number]).points
        blocked = await self._book.blocked([number])
        await obey_rules(self._context, asking, world, blocked, points=points)
        shown = approval_text(preview, HIDDEN_CODE, sender, settings.language)
        proposal = await self._proposal(call, entry, shown, points)
        expires_s = settings.approval.expires_s
        claimed = await self._dispatching.carry_out_claimed(
            asking, world, lambda: self._book.claim_ask(entry.id, proposal, expires_s, code)
        )
        return words.refused(claimed) if isinstance(claimed, CapHit | Blocked) else ""

    def _validity(self) -> int:
        """Minutes: a text that comes after the question expired is of no use."""
        return min(DEFAULT_VALIDITY, ceil(self._context.settings.approval.expires_s / 60))

    async def _proposal(self, call: Call, entry: Action, shown: str, points: Decimal) -> Proposal:
        """The text as an action of its own, without the code and the number."""
        arguments = json.dumps({"asks": entry.id, "text": shown}, ensure_ascii=False)
        preview = Preview(
            effect=sentence("Ask the approver by a text"),
            nothing="Nothing was sent.",
            recipients=1,
            points=points,
            text=shown,
        )
        return Proposal(
            principal=entry.principal,
            session=call.caller.session,
            tool=SEND_APPROVAL_TEXT.name,
            risk=str(SEND_APPROVAL_TEXT.risk),
            vendor="every8d",
            digest=await self._book.digest(f"asks about {entry.id}"),
            request_id=f"asks-{entry.id}",
            arguments=arguments,
            preview=preview.model_dump_json(),
            account=await self._context.account_of(SEND_APPROVAL_TEXT),
            points=points,
            recipients=1,
        )

    async def _can_answer(self, asked: Asked) -> bool:
        text = asked.text
        return (
            text.state is State.SUCCEEDED
            and text.batch_id != ""
            and await self._book.is_this_phone(asked.ask)
        )

    async def _heard(self, asked: Asked) -> Heard | None:
        """What was answered; None where rows are missing, or are not told apart: one may be made up."""
        with anyio.move_on_after(_LOOK_SECONDS):
            found = await self._context.vendors.query(every_reply(asked.text.batch_id))
            if not found.complete:
                return None
            return heard_in(
                found.replies,
                ask=asked.ask,
                number=self._book.phone.number,
                now=self._context.clock(),
                is_code=await self._book.knows_code(asked.ask),
            )
        return None

    async def _decide(self, asked: Asked, heard: Heard) -> None:
        action_id = asked.ask.action_id
        if heard.wrong > asked.ask.wrong:
            await self._book.count_wrong_codes(action_id, heard.wrong)
        if heard.at is None:
            return
        answered = Answered(code=heard.code, batch_id=asked.text.batch_id, replied_at=heard.at)
        if heard.said == "no":
            await self._book.refuse_by_text(action_id, answered)
            return
        decision = Decision(by=self._book.phone.person, channel=PHONE, answered=answered)
        try:
            if await self._book.approve(action_id, decision) is not None:
                self._remember(action_id, heard.said)
        except ApprovalRefusedError as error:
            _log.warning("an answer by text about %s approved nothing: %s", action_id, error.why)

    def _remember(self, action_id: str, said: str) -> None:
        if len(self._looks) >= _MOST_REMEMBERED:
            self._looks.clear()
        self._looks[action_id] = PhoneLook(self._context.clock(), said)
