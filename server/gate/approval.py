"""The ladder of approval: by a form, out of band, or not at all."""

import unicodedata
from typing import TYPE_CHECKING, Literal

import anyio

from server.call_time import left_before_a_post
from server.gate.caller import FormReply
from server.gate.calls import Call
from server.gate.context import GateContext
from server.gate.phone import ByPhone
from server.gate.ruling import count_decline
from server.gate.words.answers import Answer, Question, failure
from server.gate.words.approval_refusals import approval_mismatch, cannot_be_asked, declined, wrong_proof
from server.gate.words.questions import as_it_stands, hint, render
from server.gate.words.telling import approval_required, approved_elsewhere, told, too_late_for_a_no
from server.ledger.deciding import Decision
from server.ledger.refusals import ApprovalRefusedError
from server.settings.page_address import address_of
from server.store.actions import PHONE
from tools.operation import Preview
from tools.problems import Problem, RefusedError

if TYPE_CHECKING:
    from server.store.actions import Action

_POLL_SECONDS = 0.25
_Meaning = Literal["yes", "no", "wrong proof", "nobody's"]


class Approval:
    """Finds out whether a person agrees to exactly what the frozen preview says."""

    def __init__(self, context: GateContext) -> None:
        self._context = context
        self._settings = context.settings.approval
        self._phone = ByPhone(context)

    async def advance(self, call: Call, entry: "Action") -> "Action | Answer | Question":
        """An approved action, which can be carried out; or the question or answer that the call ends with."""
        if str(entry.state) in ("proposed", "approved"):
            # Before anything of it is shown or believed; the approval and the claim check again.
            entry = await self._context.book.unaltered(entry)
        if str(entry.state) == "approved" and entry.channel == PHONE:
            entry = await self._phone.confirmed(call, entry)
        if str(entry.state) == "proposed":
            decided = await self.decide(call, entry)
            return decided if isinstance(decided, Answer | Question) else await self.advance(call, decided)
        return entry if str(entry.state) == "approved" else told(call.operation, entry)

    async def decide(self, call: Call, entry: "Action") -> "Action | Answer | Question":
        """For a proposed action: the decided action, the question, or the answer that ends the call."""
        by_form = call.caller.can_ask and self._settings.mode == "ladder" and not entry.out_of_band
        # A form goes to whoever asked.
        counts = self._by_whom(call, entry) == "" and not self._context.book.passkeys.needs(entry)
        if by_form and counts:
            return self._question(call, entry)
        return await self._out_of_band(call, entry)

    async def replied(self, call: Call, digest: str, action_id: str, reply: FormReply) -> "Action | Answer":
        """What the person's form answer makes of the action. Bound to principal, tool and arguments.

        Only a yes carries out what was approved elsewhere meanwhile: a no ends it, and what is nobody's
        answer leaves it as it is.
        """
        entry = await self._context.entry_of(call, action_id)
        asked = (call.caller.principal, call.operation.name, digest)
        if entry is None or (entry.principal, entry.tool, entry.digest) != asked:
            return failure(approval_mismatch(call.operation))
        return await self._answered(call, entry, reply)

    async def _answered(self, call: Call, entry: "Action", reply: FormReply) -> "Action | Answer":
        match self._meaning(entry, reply):
            case "yes":
                return await self._approved(call, entry)
            case "no":
                return await self._denied(call, entry, "declined", declined(call.operation))
            case "wrong proof":
                return await self._denied(call, entry, "wrong proof", wrong_proof(call.operation))
            case "nobody's":
                return await self._unanswered(call, entry, self._came_too_late(reply))

    def _came_too_late(self, reply: FormReply) -> str:
        """What is said of a form whose answer came after its time, or not at all."""
        if reply.action == "silent":
            return "The form was not answered in time; an answer that still comes does nothing."
        limit = self._settings.form_timeout_s
        if reply.took_ms > limit * 1000:
            return f"The answer to the form came too late and did nothing: a form waits {limit:g} seconds."
        return ""

    def _meaning(self, entry: "Action", reply: FormReply) -> _Meaning:
        """Only what a person can have meant is a person's: hosts answer by themselves, and in odd ways."""
        if reply.took_ms < self._settings.human_minimum_ms:
            return "nobody's"
        said = _said(entry.proof, reply)
        too_late = reply.took_ms > self._settings.form_timeout_s * 1000
        return "nobody's" if said == "yes" and too_late else said

    async def _approved(self, call: Call, entry: "Action") -> "Action | Answer":
        if str(entry.state) == "proposed":
            by = Decision(by=call.caller.principal, channel="form")
            try:
                approved = await self._context.book.approve(entry.id, by)
            except ApprovalRefusedError:
                return await self._out_of_band(call, entry)
            if approved is not None:
                return approved
            entry = await self._context.entry_of(call, entry.id) or entry
        match str(entry.state):
            case "proposed" if entry.out_of_band:
                return self._required(call, entry)
            case "proposed":
                return failure(approval_mismatch(call.operation))
            case _:
                return entry

    async def _denied(self, call: Call, entry: "Action", reason: str, problem: Problem) -> Answer:
        """A no vetoes: it also takes back a yes that was given elsewhere, as long as nothing was begun."""
        decision = Decision(by=call.caller.principal, channel="form", reason=reason)
        denied = await self._context.book.deny(entry.id, decision)
        count_decline(self._context, call)
        if denied is not None:
            return failure(problem)
        return too_late_for_a_no(call.operation, await self._context.entry_of(call, entry.id) or entry)

    async def _unanswered(self, call: Call, entry: "Action", why: str) -> "Action | Answer":
        """Nobody answered: nothing is carried out by that, whatever was decided elsewhere."""
        match str(entry.state):
            case "proposed":
                return await self._out_of_band(call, entry, why)
            case "approved":
                return approved_elsewhere(call.operation, entry, why)
            case _:
                return told(call.operation, entry)

    def _question(self, call: Call, entry: "Action") -> Question:
        asked = Preview.model_validate_json(entry.preview)
        preview = as_it_stands(asked, entry.created_at, self._context.clock())
        language = self._context.settings.language
        return Question(
            action_id=entry.id,
            message=render(preview, language),
            proof=entry.proof,
            proof_hint=hint(preview, entry.proof, language),
        )

    async def _out_of_band(self, call: Call, entry: "Action", why: str = "") -> "Action | Answer":
        if not self._settings.out_of_band:
            reason = Decision(by="server", channel="none", reason="nobody can be asked")
            if await self._context.book.deny(entry.id, reason) is None:
                now = await self._context.entry_of(call, entry.id)
                if now is not None and str(now.state) != "proposed":
                    return now
            raise RefusedError(cannot_be_asked(call.operation))
        if not entry.out_of_band and await self._context.book.send_out_of_band(entry.id) is None:
            now = await self._context.entry_of(call, entry.id)
            if now is not None and str(now.state) == "expired":
                return now
        by_text = await self._phone.ask(call, entry)
        # Nobody answers a text that was sent a moment ago; who repeats the call may have been answered.
        decided, unread = await self._wait(call, entry, look=entry.out_of_band)
        if decided is not None:
            return decided
        said = " ".join(filter(None, (why or self._by_whom(call, entry), by_text, unread)))
        return self._required(call, entry, said)

    def _required(self, call: Call, entry: "Action", why: str = "") -> Answer:
        signed = self._context.book.passkeys.needs(entry)
        page = self._context.shown_at or address_of(self._context.settings)
        return approval_required(call.operation, entry, page, why, signed=signed)

    def _by_whom(self, call: Call, entry: "Action") -> str:
        refused = self._context.book.never_counts(entry, call.caller.principal)
        return "" if refused is None else "Who asked for it cannot approve it: somebody else has to."

    async def _wait(self, call: Call, entry: "Action", *, look: bool) -> "tuple[Action | None, str]":
        """Whether it is decided by now, and whether an answer by text could not be read.

        With approval.wait_seconds the call itself waits for the decision, and says so.
        """
        unread = ""
        if look and self._context.book.phone.number:
            decided, unread = await self._decided(call, entry)
            if decided is not None:
                return decided, unread
        with anyio.move_on_after(left_before_a_post(self._settings.wait_seconds)):
            while self._settings.wait_seconds > 0:
                if call.caller.report is not None:
                    await call.caller.report(f"waiting for a person to decide on {entry.id}")
                await anyio.sleep(_POLL_SECONDS)
                decided, unread = await self._decided(call, entry)
                if decided is not None:
                    return decided, ""
        return None, unread

    async def _decided(self, call: Call, entry: "Action") -> "tuple[Action | None, str]":
        unread = await self._phone.look(entry.id) if self._context.book.phone.number else ""
        now = await self._context.entry_of(call, entry.id)
        return (now if now is not None and str(now.state) != "proposed" else None), unread


def _said(proof: str, reply: FormReply) -> _Meaning:
    """What an answer says, whoever gave it. Without the asked field, or dismissed, it says nothing."""
    if reply.action == "decline":
        return "no"
    if reply.action != "accept":
        return "nobody's"
    if proof:
        return "nobody's" if reply.typed is None else "yes" if proves(proof, reply.typed) else "wrong proof"
    return "nobody's" if reply.agreed is None else "yes" if reply.agreed else "no"


def proves(proof: str, typed: str) -> bool:
    """Whether what was typed is the proof: spaces around, digit grouping, letter case and width do not count.

    A Chinese keyboard types full-width digits.
    """
    plain = unicodedata.normalize("NFKC", typed)
    return plain.strip().replace(",", "").casefold() == proof.casefold()
