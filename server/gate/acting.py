"""The path of a call that changes something: rules, preview, ledger, approval, then at most one POST."""

import contextlib
import secrets
from typing import TYPE_CHECKING, Any

from server.gate.approval import Approval
from server.gate.as_given import AsGiven
from server.gate.caller import FormReply
from server.gate.calls import CallOf
from server.gate.campaign_holds import holds, once_quiet
from server.gate.campaign_parts import StepParts, check_new_times, with_parts
from server.gate.context import GateContext
from server.gate.dispatching import Dispatching
from server.gate.failures import ANTICIPATED, problem_of
from server.gate.holding import held
from server.gate.pricing import priced_by_count
from server.gate.proposing import Proposing, warned
from server.gate.repeats import cautions, still_open
from server.gate.ruling import check_clocks, free_rule, obey_rules, spend_slot
from server.gate.words.answers import Answer, Envelope, Question, failure
from server.gate.words.approval_refusals import approval_mismatch, drifted
from server.gate.words.sentences import cap_hit, nothing, said_to_be_undone
from server.gate.words.telling import shown_preview, told
from server.ledger.looking import Seen
from server.ledger.outside import OutsideTextReadError
from server.ledger.parts import parts_of
from server.ledger.refusals import Repeats
from server.logs.logs import without_secrets
from server.store.actions import CallKey, State
from server.store.campaigns import STANDING
from tools.desk_operation import AnyOperation
from tools.operation import RISKY, OwnAction, Preview, RiskyParams, Surroundings
from tools.problems import RefusedError
from tools.sentence import Sentence

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from server.store.actions import Action as Entry
    from server.store.sent_texts import Repeated


class Acting:
    """Takes a call through the gate."""

    def __init__(self, context: GateContext) -> None:
        self._context = context
        self._approval = Approval(context)
        self._as_given = AsGiven(context)
        self._dispatching = Dispatching(context)
        self._proposing = Proposing(context.settings.approval)

    async def answer(self, call: CallOf, action_id: str | None, reply: FormReply | None) -> Answer | Question:
        """The end of the call, or the question for the person. Every failure says what did not happen."""
        try:
            return await self._answer(call, action_id, reply)
        except ANTICIPATED as error:
            problem = said_to_be_undone(call.operation, problem_of(call.operation, error))
            return failure(problem)

    async def done_before(
        self, operation: AnyOperation, given: "Mapping[str, Any]", principal: str
    ) -> Answer | None:
        """What came of the very same arguments, where anything did: it is told and nothing is done.

        Raises:
            StoreUnavailableError: what was done is not known.
        """
        if given.get("dry_run"):
            return None
        entry = await self._as_given.carried_out(operation, given, principal)
        return None if entry is None else told(operation, entry)

    async def _answer(
        self, call: CallOf, action_id: str | None, reply: FormReply | None
    ) -> Answer | Question:
        try:
            world = await self._context.world(call)
        except ANTICIPATED:
            if call.given is None:
                raise
            done = await self.done_before(call.operation, call.given, call.caller.principal)
            if done is None:
                raise
            return done
        if isinstance(call.params, RiskyParams) and call.params.dry_run:
            return await self._dry_run(call, world)
        key = await self._key(call, world)
        if action_id is not None and reply is not None:
            entry = await self._approval.replied(call, key.digest, action_id, reply)
            return entry if isinstance(entry, Answer) else await self._advance(call, world, entry)
        # What was done is told before anything else is checked: a send time may have passed since.
        seen = await self._context.book.look(
            key, call.numbers(world), call.messages(world), standing=call.operation.risk in RISKY
        )
        if seen.live is not None:
            return await self._advance(call, world, seen.live)
        return await self._new(call, world, key, seen)

    async def _dry_run(self, call: CallOf, world: Surroundings) -> Answer:
        call.check(world)
        if getattr(call.params, "count", 0):
            preview = await priced_by_count(self._context, call, world)
        else:
            blocked = await self._context.book.blocked(call.numbers(world))
            preview = await self._previewed(call, world, blocked)
            preview = await self._with_repeats(call, world, preview, await self._repeats(call, world))
        note = f"{nothing(call.operation)} This is only a preview."
        facts = {"preview": shown_preview(preview), "note": note}
        return Envelope(outcome="dry_run").around(facts)

    async def _previewed(self, call: CallOf, world: Surroundings, blocked: tuple[str, ...]) -> Preview:
        """The preview, with the rules before it (they may forbid even looking) and after it (the price)."""
        await obey_rules(self._context, call, world, blocked, points=None)
        if call.operation.preview is None:
            return Preview(effect=call.operation.title, nothing=nothing(call.operation))
        preview = await self._context.vendors.query(call.operation.preview(call.params, world))
        await obey_rules(self._context, call, world, blocked, points=preview.points)
        check_clocks(self._context, call, world)
        late = await check_new_times(self._context, call, world)
        details = {
            name: value if isinstance(value, Sentence) else without_secrets(value)
            for name, value in preview.details.items()
        }
        shown = preview.model_copy(update={"details": details, "warnings": (*late, *preview.warnings)})
        return held(self._context, call, world, warned(self._context, call, shown))

    async def _key(self, call: CallOf, world: Surroundings) -> CallKey:
        return CallKey(
            principal=call.caller.principal,
            tool=call.operation.name,
            digest=await self._context.digest_of(call, world),
            request_id=_request_id(call, world),
            account=await self._context.account_of(call.operation),
        )

    async def _new(self, call: CallOf, world: Surroundings, key: CallKey, seen: Seen) -> Answer | Question:
        call.check(world)
        repeats = seen.repeats if world.earlier is None else await self._repeats(call, world)
        await self._refuse_open(call, world, repeats)
        await spend_slot(self._context, call, world)
        await self._as_given.remember(call, world, key)
        preview = await self._previewed(call, world, seen.blocked)
        rule = free_rule(self._context, call, world, preview)
        if rule is not None and not repeats:
            # Or another process knows that outside text was read.
            with contextlib.suppress(OutsideTextReadError):
                proposal = self._proposing.proposal(call, world, preview, key)
                ended = await self._dispatching.carry_out_free(call, world, proposal, rule)
                if isinstance(ended, Answer):
                    return ended
                if not isinstance(ended, Repeats):
                    return await self._advance(call, world, ended)
                # Another process was faster.
                repeats = ended.sends
                await self._refuse_open(call, world, repeats)
        return await self._asked(call, world, key, preview, repeats)

    async def _asked(
        self,
        call: CallOf,
        world: Surroundings,
        key: CallKey,
        preview: Preview,
        repeats: "Sequence[Repeated]",
    ) -> Answer | Question:
        shown = await self._with_repeats(call, world, preview, repeats)
        proposal = self._proposing.proposal(call, world, shown, key, repeats)
        if world.campaign is not None and isinstance(call.operation, OwnAction):
            proposal = with_parts(proposal, world.campaign, call.operation.step(call.params))
        entry, hit = await self._context.book.propose(
            proposal,
            self._context.settings.approval.expires_s,
            call.audience(world).recipients,
            # What a campaign may spend was counted when it was started.
            is_reserved=world.campaign is not None and world.campaign.state != "planned",
            through=call.caller.through,
        )
        if hit is not None:
            return failure(cap_hit(call.operation, hit))
        if holds(call, world) and entry.state is State.PROPOSED:
            world, entry = await self._once_quiet(call, key, entry)
        return await self._advance(call, world, entry)

    async def _once_quiet(self, call: CallOf, key: CallKey, entry: "Entry") -> "tuple[Surroundings, Entry]":
        """The proposal, made anew where what was under way has changed what a person is to see."""
        world = await once_quiet(self._context, call)
        try:
            preview = await self._previewed(call, world, ())
        except RefusedError as refused:
            await self._context.book.void(entry.id, str(refused))
            raise
        fresh = self._proposing.proposal(call, world, preview, key)
        if world.campaign is not None and isinstance(call.operation, OwnAction):
            fresh = with_parts(fresh, world.campaign, call.operation.step(call.params))
        if (fresh.arguments, fresh.preview) == (entry.arguments, entry.preview):
            return world, entry
        expires_s, through = self._context.settings.approval.expires_s, call.caller.through
        return world, await self._context.book.propose_instead(entry.id, fresh, expires_s, through)

    async def _repeats(self, call: CallOf, world: Surroundings) -> "Sequence[Repeated]":
        """Who had these texts already; a safe retry repeats its first send on purpose."""
        messages = call.audience(world).messages
        first = world.earlier.action_id if world.earlier is not None else ""
        return await self._context.book.repeats(messages, first) if messages else ()

    async def _refuse_open(self, call: CallOf, world: Surroundings, repeats: "Sequence[Repeated]") -> None:
        if not repeats:
            return
        problem = still_open(call.operation, repeats, await self._context.asked(call, world))
        if problem is not None:
            raise RefusedError(problem)

    async def _with_repeats(
        self, call: CallOf, world: Surroundings, preview: Preview, repeats: "Sequence[Repeated]"
    ) -> Preview:
        """The preview, frozen with what the person has to know of earlier sends."""
        if not repeats:
            return preview
        said = cautions(repeats, await self._context.asked(call, world))
        return preview.model_copy(update={"warnings": (*said, *preview.warnings)})

    async def _advance(self, call: CallOf, world: Surroundings, entry: "Entry") -> Answer | Question:
        decided = await self._approval.advance(call, entry)
        if isinstance(decided, Answer | Question):
            return decided
        if parts_of(decided) or _moved_to(call) is not None:
            return await StepParts(self._context, self.part, self._dispatching).carry_out(
                call, world, decided
            )
        return await self._dispatching.carry_out(call, world, decided)

    async def brake(self, call: CallOf) -> Answer:
        """Carry out a CHANGE that must not wait: it takes no slot of the minute.

        Raises one of ANTICIPATED: nothing was done.
        """
        world = await self._context.world(call)
        preview = await self._previewed(call, world, ())
        rule = free_rule(self._context, call, world, preview)
        if rule is None:
            raise TypeError("a brake needs no approval")
        proposal = self._proposing.proposal(call, world, preview, await self._key(call, world))
        ended = await self._dispatching.carry_out_free(call, world, proposal, rule)
        # Each brake is a call of its own, and has no text that somebody had: nothing else is found.
        return ended if isinstance(ended, Answer) else failure(approval_mismatch(call.operation))

    async def part(self, call: CallOf, whole: "Entry", most: int) -> Answer:
        """Carry out a part of what a person agreed to as a whole: at most so many messages.

        Raises one of ANTICIPATED: nothing was done.
        """
        world = await self._context.world(call)
        preview = await self._previewed(call, world, ())
        if (preview.destroyed or 0) > most:
            raise RefusedError(drifted(call.operation, "messages", str(most), str(preview.destroyed)))
        proposal = self._proposing.proposal(call, world, preview, await self._key(call, world))
        return await self._dispatching.carry_out_part(call, world, proposal, whole)


def _request_id(call: CallOf, world: Surroundings) -> str:
    """A CHANGE can be wanted again at once (pause, resume, pause), so each is a call of its own.

    So is each resumption of a campaign that stands: that of an earlier stop does not answer for it.
    """
    if call.operation.risk not in RISKY:
        return f"once-{secrets.token_hex(8)}"
    given, campaign = call.params.request_id, world.campaign
    if given or campaign is None:
        return given
    if (to := _moved_to(call)) is not None:
        # A move there and back and there again is three; the same call, made again, is told what it came to.
        moved = campaign.first_at == to
        return f"move-{campaign.id}-{campaign.moves - moved}-{to.timestamp():.0f}"
    if not _resumes(call):
        return given
    # Once it runs, the same call is told what the last resumption came to.
    stops = campaign.resumed if campaign.state in STANDING else campaign.resumed - 1
    return f"stop-{campaign.id}-{stops}"


def _moved_to(call: CallOf) -> "datetime | None":
    return call.operation.step(call.params).at if isinstance(call.operation, OwnAction) else None


def _resumes(call: CallOf) -> bool:
    return isinstance(call.operation, OwnAction) and call.operation.step(call.params).kind == "resume"
