"""The ladder of approval: by a form, out of band, or not at all."""

import unicodedata
from typing import TYPE_CHECKING

import anyio

from server.call_time import left_before_a_post
from server.gate.answers import Answer, Question, failure
from server.gate.book import Decision
from server.gate.caller import FormReply
from server.gate.calls import CallOf
from server.gate.context import GateContext
from server.gate.questions import hint, render
from server.gate.telling import approval_required, told
from server.gate.words import approval_mismatch, cannot_be_asked, declined, wrong_proof
from tools.operation import Preview
from tools.problems import Problem, RefusedError

if TYPE_CHECKING:
    from server.store.actions import Action

_POLL_SECONDS = 0.25
USUAL_WAIT_SECONDS = 30.0
"""How long a call of the usual length can wait for an approval out of band, in seconds."""


class Approval:
    """Finds out whether a person agrees to exactly what the frozen preview says."""

    def __init__(self, context: GateContext) -> None:
        self._context = context
        self._settings = context.settings.approval

    async def decide(self, call: CallOf, entry: "Action") -> "Action | Answer | Question":
        """For a proposed action: the decided action, the question, or the answer that ends the call."""
        if call.caller.can_ask and self._settings.mode == "ladder":
            return self._question(call, entry)
        return await self._out_of_band(call, entry)

    async def replied(self, call: CallOf, digest: str, action_id: str, reply: FormReply) -> "Action | Answer":
        """What the person's form answer makes of the action. Bound to principal, tool and arguments."""
        entry = await self._context.book.get(action_id)
        asked = (call.caller.principal, call.operation.name, digest)
        if entry is None or (entry.principal, entry.tool, entry.digest) != asked:
            return failure(approval_mismatch(call.operation))
        if str(entry.state) != "proposed":
            return entry
        if self._is_no_person(reply):
            return await self._out_of_band(call, entry, self._came_too_late(reply))
        return await self._person_said(call, entry, reply)

    def _is_no_person(self, reply: FormReply) -> bool:
        """A host that answered for the person, or a form that nobody saw."""
        too_fast = reply.took_ms < self._settings.human_minimum_ms
        too_slow = reply.took_ms > self._settings.form_timeout_s * 1000
        return reply.action == "silent" or too_fast or too_slow

    def _came_too_late(self, reply: FormReply) -> str:
        """What is said of a form whose answer came after its time, or not at all."""
        if reply.action == "silent":
            return "The form was not answered in time; an answer that still comes does nothing."
        limit = self._settings.form_timeout_s
        if reply.took_ms > limit * 1000:
            return f"The answer to the form came too late and did nothing: a form waits {limit:g} seconds."
        return ""

    async def _person_said(self, call: CallOf, entry: "Action", reply: FormReply) -> "Action | Answer":
        by = Decision(by=call.caller.principal, channel="form")
        if reply.action != "accept" or (not entry.proof and not reply.agreed):
            return await self._denied(call, entry, "declined", declined(call.operation))
        if entry.proof and not proves(entry.proof, reply.typed):
            return await self._denied(call, entry, "wrong proof", wrong_proof(call.operation))
        return await self._approved(call, entry, by)

    async def _denied(self, call: CallOf, entry: "Action", reason: str, problem: Problem) -> Answer:
        """A no also takes back a yes that was given elsewhere, as long as nothing was begun."""
        decision = Decision(by=call.caller.principal, channel="form", reason=reason)
        book = self._context.book
        denied = await book.deny(entry.id, decision) or await book.void(entry.id, reason)
        self._context.count_decline(call)
        return (
            failure(problem)
            if denied is not None
            else told(call.operation, await book.get(entry.id) or entry)
        )

    async def _approved(self, call: CallOf, entry: "Action", decision: Decision) -> "Action | Answer":
        approved = await self._context.book.approve(entry.id, decision)
        if approved is not None:
            return approved
        now = await self._context.book.get(entry.id)
        return told(call.operation, entry) if now is None else self._meanwhile(call, now)

    def _meanwhile(self, call: CallOf, now: "Action") -> "Action | Answer":
        """Somebody else decided first, or it expired."""
        if str(now.state) == "proposed":
            return failure(approval_mismatch(call.operation))
        return now

    def _question(self, call: CallOf, entry: "Action") -> Question:
        preview = Preview.model_validate_json(entry.preview)
        language = self._context.settings.language
        return Question(
            action_id=entry.id,
            message=render(preview, language),
            proof=entry.proof,
            proof_hint=hint(preview, entry.proof, language),
        )

    async def _out_of_band(self, call: CallOf, entry: "Action", why: str = "") -> "Action | Answer":
        if not self._settings.out_of_band:
            reason = Decision(by="server", channel="none", reason="nobody can be asked")
            if await self._context.book.deny(entry.id, reason) is None:
                now = await self._context.book.get(entry.id)
                if now is not None and str(now.state) != "proposed":
                    return now
            raise RefusedError(cannot_be_asked(call.operation))
        decided = await self._wait(call, entry)
        return approval_required(call.operation, entry, why) if decided is None else decided

    async def _wait(self, call: CallOf, entry: "Action") -> "Action | None":
        """With approval.wait_seconds the call itself waits for the decision, and says so."""
        with anyio.move_on_after(left_before_a_post(self._settings.wait_seconds)):
            while self._settings.wait_seconds > 0:
                if call.caller.report is not None:
                    await call.caller.report(f"waiting for a person to decide on {entry.id}")
                await anyio.sleep(_POLL_SECONDS)
                now = await self._context.book.get(entry.id)
                if now is not None and str(now.state) != "proposed":
                    return now
        return None


def proves(proof: str, typed: str) -> bool:
    """Whether what was typed is the proof: spaces around, digit grouping, letter case and width do not count.

    A Chinese keyboard types full-width digits.
    """
    plain = unicodedata.normalize("NFKC", typed)
    return plain.strip().replace(",", "").casefold() == proof.casefold()
