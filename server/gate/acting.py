"""The path of a call that changes something: rules, preview, ledger, approval, then at most one POST."""

import json
import secrets
from dataclasses import replace
from typing import TYPE_CHECKING

from server.gate.answers import Answer, Envelope, Question, failure
from server.gate.approval import Approval
from server.gate.caller import FormReply
from server.gate.calls import RISKY, CallOf
from server.gate.context import GateContext
from server.gate.dispatching import Dispatching
from server.gate.failures import ANTICIPATED, problem_of
from server.gate.telling import shown_preview, told
from server.gate.words import nothing
from server.store.actions import CallKey
from tools.operation import Preview, RiskyParams, Surroundings

if TYPE_CHECKING:
    from server.store.actions import Action as Entry


class Acting:
    """Takes a call through the gate."""

    def __init__(self, context: GateContext) -> None:
        self._context = context
        self._approval = Approval(context)
        self._dispatching = Dispatching(context)

    async def answer(self, call: CallOf, action_id: str | None, reply: FormReply | None) -> Answer | Question:
        """The end of the call, or the question for the person. Every failure says what did not happen."""
        try:
            return await self._answer(call, action_id, reply)
        except ANTICIPATED as error:
            problem = problem_of(call.operation, error)
            return failure(await self._context.noticed(call.operation, problem))

    async def _answer(
        self, call: CallOf, action_id: str | None, reply: FormReply | None
    ) -> Answer | Question:
        world = await self._context.world(call.operation, call.params)
        call.operation.build(call.params, world)
        if isinstance(call.params, RiskyParams) and call.params.dry_run:
            return await self._dry_run(call, world)
        if action_id is not None and reply is not None:
            entry = await self._approval.replied(call, await self._digest(call, world), action_id, reply)
            return entry if isinstance(entry, Answer) else await self._advance(call, world, entry)
        return await self._advance(call, world, await self._entry(call, world))

    async def _dry_run(self, call: CallOf, world: Surroundings) -> Answer:
        await self._context.check_rules(call, world, points=None)
        preview = await self._preview(call, world)
        await self._context.check_rules(call, world, points=preview.points)
        note = f"{nothing(call.operation)} This is only a preview."
        facts = {"preview": shown_preview(preview), "note": note}
        return Envelope(outcome="dry_run").around(facts)

    async def _preview(self, call: CallOf, world: Surroundings) -> Preview:
        if call.operation.preview is None:
            return Preview(effect=call.operation.title, nothing=nothing(call.operation))
        return await self._context.vendors.query(call.operation.preview(call.params, world))

    async def _digest(self, call: CallOf, world: Surroundings) -> str:
        canonical = {
            "account": self._context.vendors.account(call.operation.vendor),
            "tool": call.operation.name,
            "arguments": call.arguments(),
            "files": {name: content.hex() for name, content in world.files.items()},
        }
        return await self._context.book.digest(json.dumps(canonical, sort_keys=True, ensure_ascii=False))

    async def _entry(self, call: CallOf, world: Surroundings) -> "Entry":
        digest = await self._digest(call, world)
        key = CallKey(
            principal=call.caller.principal,
            tool=call.operation.name,
            digest=digest,
            request_id=_request_id(call),
        )
        return await self._context.book.find(key) or await self._propose(call, world, key)

    async def _propose(self, call: CallOf, world: Surroundings, key: CallKey) -> "Entry":
        self._context.spend_slot(call)
        await self._context.check_rules(call, world, points=None)
        preview = await self._preview(call, world)
        await self._context.check_rules(call, world, points=preview.points)
        proposal = self._context.proposal(call, world, preview, key)
        entry, _ = await self._context.book.propose(proposal, self._context.settings.approval.expires_s)
        return entry

    async def _advance(self, call: CallOf, world: Surroundings, entry: "Entry") -> Answer | Question:
        if str(entry.state) == "proposed":
            decided = await self._approval.decide(call, world, entry)
            if not isinstance(decided, Answer | Question):
                return await self._advance(call, world, decided)
            return decided
        if str(entry.state) != "approved":
            return told(call.operation, entry)
        # The action's id is our reference: in SB, where the vendor's pages and callbacks show it.
        world = replace(world, reference=entry.id.replace("-", ""))
        return await self._dispatching.carry_out(call, world, entry)


def _request_id(call: CallOf) -> str:
    """A CHANGE can be wanted again at once (pause, resume, pause), so each is a call of its own."""
    if call.operation.risk in RISKY:
        return call.params.request_id
    return f"once-{secrets.token_hex(8)}"
