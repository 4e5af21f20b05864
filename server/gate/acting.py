"""The path of a call that changes something: rules, preview, ledger, approval, then at most one POST."""

import secrets
from typing import TYPE_CHECKING

from server.gate.answers import Answer, Envelope, Question, failure
from server.gate.approval import Approval
from server.gate.caller import FormReply
from server.gate.calls import RISKY, CallOf
from server.gate.context import GateContext
from server.gate.dispatching import Dispatching
from server.gate.failures import ANTICIPATED, problem_of
from server.gate.telling import shown_preview, told
from server.gate.words import cap_hit, nothing, said_to_be_undone
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
            problem = said_to_be_undone(call.operation, problem_of(call.operation, error))
            return failure(await self._context.noticed(call.operation, problem))

    async def _answer(
        self, call: CallOf, action_id: str | None, reply: FormReply | None
    ) -> Answer | Question:
        world = await self._context.world(call)
        if isinstance(call.params, RiskyParams) and call.params.dry_run:
            return await self._dry_run(call, world)
        key = await self._key(call, world)
        if action_id is not None and reply is not None:
            entry = await self._approval.replied(call, key.digest, action_id, reply)
            return entry if isinstance(entry, Answer) else await self._advance(call, world, entry)
        # What was done is told before anything else is checked: a send time may have passed since.
        found, blocked = await self._context.book.look(key, call.numbers(world))
        if found is not None:
            return await self._advance(call, world, found)
        return await self._new(call, world, key, blocked)

    async def _dry_run(self, call: CallOf, world: Surroundings) -> Answer:
        call.operation.build(call.params, world)
        blocked = await self._context.book.blocked(call.numbers(world))
        preview = await self._previewed(call, world, blocked)
        note = f"{nothing(call.operation)} This is only a preview."
        facts = {"preview": shown_preview(preview), "note": note}
        return Envelope(outcome="dry_run").around(facts)

    async def _previewed(self, call: CallOf, world: Surroundings, blocked: tuple[str, ...]) -> Preview:
        """The preview, with the rules before it (they may forbid even looking) and after it (the price)."""
        await self._context.check_rules(call, world, blocked, points=None)
        if call.operation.preview is None:
            return Preview(effect=call.operation.title, nothing=nothing(call.operation))
        preview = await self._context.vendors.query(call.operation.preview(call.params, world))
        await self._context.check_rules(call, world, blocked, points=preview.points)
        return preview

    async def _key(self, call: CallOf, world: Surroundings) -> CallKey:
        return CallKey(
            principal=call.caller.principal,
            tool=call.operation.name,
            digest=await self._context.digest_of(call, world),
            request_id=_request_id(call),
        )

    async def _new(
        self, call: CallOf, world: Surroundings, key: CallKey, blocked: tuple[str, ...]
    ) -> Answer | Question:
        call.operation.build(call.params, world)
        await self._context.spend_slot(call, world)
        preview = await self._previewed(call, world, blocked)
        proposal = await self._context.proposal(call, world, preview, key)
        rule = self._context.free_rule(call, world, preview)
        if rule is not None:
            ended = await self._dispatching.carry_out_free(call, world, proposal, rule)
            return ended if isinstance(ended, Answer) else await self._advance(call, world, ended)
        entry, hit = await self._context.book.propose(
            proposal, self._context.settings.approval.expires_s, call.audience(world).recipients
        )
        if hit is not None:
            return failure(cap_hit(call.operation, hit))
        return await self._advance(call, world, entry)

    async def _advance(self, call: CallOf, world: Surroundings, entry: "Entry") -> Answer | Question:
        if str(entry.state) == "proposed":
            decided = await self._approval.decide(call, entry)
            if not isinstance(decided, Answer | Question):
                return await self._advance(call, world, decided)
            return decided
        if str(entry.state) != "approved":
            return told(call.operation, entry)
        return await self._dispatching.carry_out(call, world, entry)


def _request_id(call: CallOf) -> str:
    """A CHANGE can be wanted again at once (pause, resume, pause), so each is a call of its own."""
    if call.operation.risk in RISKY:
        return call.params.request_id
    return f"once-{secrets.token_hex(8)}"
