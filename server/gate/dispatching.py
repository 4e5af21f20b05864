"""From the approval to the outcome: look again, claim, one POST, record."""

import json
import logging
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from server.call_time import enough_to_post
from server.gate.calls import CallOf
from server.gate.campaign_steps import take_step, told_step
from server.gate.context import GateContext
from server.gate.failures import problem_of
from server.gate.holding import hold_for_post
from server.gate.masking import present
from server.gate.repeats import repeated_since
from server.gate.ruling import check_clocks, obey_rules
from server.gate.shield import uncancelled
from server.gate.words.answers import Answer, Envelope, failure
from server.gate.words.approval_refusals import approval_mismatch, drifted
from server.gate.words.sentences import blocked_since, cap_hit, time_is_up, unreachable
from server.gate.words.store_refusals import outcome_kept, store_lost
from server.gate.words.telling import problem_text, told, unknown
from server.ledger.deciding import Decision
from server.ledger.finishing import ANOTHERS_BATCH, Ending
from server.ledger.keeping import OutcomeKeptError
from server.ledger.refusals import Blocked, Repeats
from server.logs.logs import without_secrets
from server.store.actions import CapHit, State
from server.store.errors import StoreUnavailableError
from server.vendors.exchange import NotSentError, UnknownOutcomeError
from tools.action_id import reference_of
from tools.campaign_facts import CampaignStep
from tools.every8d.holding import refused_as_booking, told_of_hold
from tools.operation import OwnAction, Preview, Reply, Result, Surroundings
from tools.problems import InvalidArgumentError, Problem, RefusedError
from tools.sentence import reason_of, sentence, written
from tools.wire.errors import ForeignReply, UnreadableReply
from tools.wire.text import decode_text

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from server.ledger.book import Ended
    from server.ledger.claiming import Claimed
    from server.store.actions import Action, Proposal
    from server.vendors.approach import Approach

_log = logging.getLogger(__name__)
MAX_KEPT_ANSWER = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class _Outcome:
    """What a POST came to, before it is recorded."""

    state: "Ended"
    result: Result | None = None
    problem: Problem | None = None
    reason: str = ""
    reply: Reply | None = None


class Dispatching:
    """Carries out an approved action, once."""

    def __init__(self, context: GateContext) -> None:
        self._context = context

    async def carry_out(self, call: CallOf, world: Surroundings, entry: "Action") -> Answer:
        """Look again at what was approved, then claim and post. A difference refuses: nothing is done."""
        if not enough_to_post():
            return _not_now(call, entry)
        try:
            # A send time may have passed since the approval: build tells, before anything is claimed.
            call.check(world)
            await self.look_again(call, world, entry)
        except (InvalidArgumentError, RefusedError) as refused:
            problem = problem_of(call.operation, refused)
            return await self._voided(call, entry, written(reason_of(refused)), problem)
        if not enough_to_post():
            return _not_now(call, entry)

        async def claim_and_post() -> Answer:
            if isinstance(call.operation, OwnAction):
                return await self._step(call, world, entry, call.operation.step(call.params))
            reached = call.audience(world)
            async with self._context.book.room(), self._way(call, world) as way:
                claimed = await self._context.book.claim(entry.id, reached.recipients, reached.messages)
                return await self._proceed(call, world, entry, claimed, way)

        return await uncancelled(claim_and_post)

    async def carry_out_free(
        self, call: CallOf, world: Surroundings, proposal: "Proposal", rule: str
    ) -> "Answer | Action | Repeats":
        """Propose, approve by the rule and claim in one step, then post; or give the call's live action.

        Where somebody had the text, nothing is done by a rule.
        """
        if not enough_to_post():
            return failure(time_is_up(call.operation))
        decision = Decision(by="policy", channel="policy", rule=rule)
        expires_s = self._context.settings.approval.expires_s

        async def claim_and_post() -> "Answer | Action | Repeats":
            reached = call.audience(world)
            async with self._context.book.room(), self._way(call, world) as way:
                begun = await self._context.book.approve_and_claim(
                    proposal, expires_s, decision, reached.recipients, reached.messages
                )
                if isinstance(begun, Repeats):
                    return begun
                entry, claimed = begun
                if claimed is None:
                    return entry
                return await self._proceed(call, world, entry, claimed, way)

        return await uncancelled(claim_and_post)

    async def carry_out_part(
        self, call: CallOf, world: Surroundings, proposal: "Proposal", whole: "Action"
    ) -> Answer:
        """Propose, approve and claim a part of what a person agreed to, in one step, then post."""
        if not enough_to_post():
            return failure(time_is_up(call.operation))
        expires_s = self._context.settings.approval.expires_s

        async def claim_and_post() -> Answer:
            async with self._context.book.room(), self._way(call, world) as way:
                claimed = await self._context.book.claim_part(whole.id, proposal, expires_s)
                if claimed is None:
                    return failure(approval_mismatch(call.operation))
                return await self._proceed(call, world, claimed, claimed, way)

        return await uncancelled(claim_and_post)

    async def carry_out_claimed(
        self,
        call: CallOf,
        world: Surroundings,
        claim: "Callable[[], Awaitable[Claimed]]",
        turn: AbstractAsyncContextManager[None] | None = None,
    ) -> "Claimed":
        """What a claim of another kind took, posted within `turn`; or why it took nothing.

        An action has its outcome, where the ledger has it.
        """

        async def claim_and_post() -> "Claimed":
            async with self._context.book.room(), self._way(call, world) as way:
                claimed = await claim()
                if claimed is None or isinstance(claimed, CapHit | Blocked | Repeats):
                    return claimed
                _, recorded = await self._go(call, world, claimed, way, turn)
                return recorded or claimed

        return await uncancelled(claim_and_post)

    def _way(self, call: CallOf, world: Surroundings) -> AbstractAsyncContextManager["Approach | None"]:
        """The connection that the POST will take, made while the claim is written down."""
        try:
            return self._context.vendors.approach(call.address(world))
        except (InvalidArgumentError, RefusedError):
            # The request that is built after the claim says so.
            return nullcontext()

    async def _step(self, call: CallOf, world: Surroundings, entry: "Action", step: CampaignStep) -> Answer:
        """A step of a campaign: done in the transaction of its claim."""
        if world.campaign is None:
            raise TypeError(f"{call.operation.name}: its campaign was not looked up")
        done = await take_step(self._context, step, world.campaign, entry)
        if done is None and (answer := await self.overtaken(call, entry)) is not None:
            return answer
        if done is None or isinstance(done, CapHit):
            return await self._proceed(call, world, entry, done)
        return told_step(done)

    async def overtaken(self, call: CallOf, entry: "Action") -> Answer | None:
        """Why an approved step cannot be taken, where another call changed the campaign since it looked."""
        now = await self._context.entry_of(call, entry.id)
        if now is None or now.state is not State.APPROVED:
            return None
        try:
            await self.look_again(call, await self._context.world(call), now)
        except (InvalidArgumentError, RefusedError) as refused:
            problem = problem_of(call.operation, refused)
            return await self._voided(call, entry, written(problem.message), problem)
        return None

    async def _proceed(
        self,
        call: CallOf,
        world: Surroundings,
        entry: "Action",
        claimed: "Claimed",
        way: "Approach | None" = None,
    ) -> Answer:
        if isinstance(claimed, CapHit):
            return await self._voided(call, entry, f"cap {claimed.rule}", cap_hit(call.operation, claimed))
        if isinstance(claimed, Blocked):
            problem = blocked_since(call.operation, claimed.numbers)
            return await self._voided(call, entry, "blocked number", problem)
        if isinstance(claimed, Repeats):
            asked = await self._context.asked(call, world)
            problem = repeated_since(call.operation, claimed.sends, asked)
            return await self._voided(call, entry, "same text", problem)
        if claimed is None:
            now = await self._context.entry_of(call, entry.id)
            return told(call.operation, now or entry)
        answer, _ = await self._go(call, world, claimed, way)
        return answer

    async def _go(
        self,
        call: CallOf,
        world: Surroundings,
        claimed: "Action",
        way: "Approach | None",
        turn: AbstractAsyncContextManager[None] | None = None,
    ) -> "tuple[Answer, Action | None]":
        """What is told, and the action as the ledger has it since; None where it could not be written."""
        async with turn or nullcontext():
            # The action's id is our reference: in SB, where the vendor's pages and callbacks show it.
            hold = hold_for_post(self._context, claimed)
            world = replace(world, now=self._context.clock(), reference=reference_of(claimed.id), hold=hold)
            outcome = _too_late(call, world, claimed) or await self._post(call, world, claimed, way)
            if outcome.problem is not None and call.operation.vendor is not None:
                # Before the next call begins: every further wrong login counts towards the vendor's lock.
                await self._context.vendors.refused(call.operation.vendor, outcome.problem)
        return await self._record(call, claimed, outcome)

    async def _voided(self, call: CallOf, entry: "Action", reason: str, problem: Problem) -> Answer:
        """The approval ends here; unless the same call, made elsewhere, was faster: then what that became."""
        if await self._context.book.void(entry.id, reason) is None:
            now = await self._context.entry_of(call, entry.id)
            return told(call.operation, now or entry)
        return failure(problem)

    async def look_again(self, call: CallOf, world: Surroundings, entry: "Action") -> None:
        """Hold what the person was shown against the rules, the price and the vendor's state as they are now.

        Raises:
            RefusedError: something differs, or a rule forbids it by now.
        """
        frozen = Preview.model_validate_json(entry.preview)
        # Blocked numbers are asked for in the claim itself.
        await obey_rules(self._context, call, world, (), points=frozen.points)
        if call.operation.preview is None:
            return
        fresh = await self._context.vendors.query(call.operation.preview(call.params, world))
        check_clocks(self._context, call, world)
        for name in sorted({*frozen.state, *fresh.state}):
            before, now = frozen.state.get(name, "not there"), fresh.state.get(name, "not there")
            if before != now:
                raise RefusedError(drifted(call.operation, name, before, now))
        if fresh.points != frozen.points:
            raise RefusedError(
                drifted(
                    call.operation, sentence("the price in points"), str(frozen.points), str(fresh.points)
                )
            )

    async def _record(
        self, call: CallOf, entry: "Action", outcome: _Outcome
    ) -> "tuple[Answer, Action | None]":
        masked = _facts(outcome, show_numbers=False)
        opened = self._context.settings.privacy.show_numbers
        shown = _facts(outcome, show_numbers=True) if opened else masked
        try:
            recorded = await self._context.book.finish(entry.id, _ending(outcome, entry, masked))
        except OutcomeKeptError:
            return outcome_kept(_answer(outcome, entry, shown)), None
        except StoreUnavailableError:
            return store_lost(_answer(outcome, entry, shown)), None
        if recorded is not None and (outcome.state, recorded.state) == (State.SUCCEEDED, State.UNKNOWN):
            return unknown(entry, ANOTHERS_BATCH), recorded
        return _answer(outcome, entry, shown), recorded

    async def _post(
        self, call: CallOf, world: Surroundings, entry: "Action", way: "Approach | None"
    ) -> _Outcome:
        """One POST. Whatever happens is one of three things: done, certainly not done, unknown."""
        operation = call.operation
        try:
            reply = await self._context.vendors.send(call.request(world), over=way)
        except NotSentError as error:
            return _Outcome(state=State.FAILED, problem=unreachable(operation, str(error)))
        except UnknownOutcomeError as error:
            return _Outcome(state=State.UNKNOWN, reason=str(error))
        except (InvalidArgumentError, RefusedError) as error:
            return _Outcome(state=State.FAILED, problem=problem_of(operation, error))
        except Exception:  # noqa: BLE001 - whatever it is, it must not leave an action without an outcome
            _log.exception("the request of %s failed in an unexpected way", operation.name)
            return _Outcome(state=State.UNKNOWN, reason="the server had an internal error while sending")
        return self._read(call, world, entry, reply)

    def _read(self, call: CallOf, world: Surroundings, entry: "Action", reply: Reply) -> _Outcome:
        operation = call.operation
        try:
            result = operation.parse(reply, call.params, world)
            if operation.check is not None:
                frozen = Preview.model_validate_json(entry.preview)
                result = operation.check(result, call.audience(world), frozen)
            if world.hold is not None:
                result = told_of_hold(result, world.hold)
        except RefusedError as error:
            problem = error.problem if world.hold is None else refused_as_booking(error.problem)
            return _Outcome(state=State.FAILED, problem=problem, reply=reply)
        except ForeignReply as error:
            return _Outcome(state=State.UNKNOWN, reason=f"the vendor answered, but {error}", reply=reply)
        except UnreadableReply:
            reason = "the vendor's answer has no shape that its document describes"
            return _Outcome(state=State.UNKNOWN, reason=reason, reply=reply)
        except Exception:  # noqa: BLE001 - as above, and the request has been made
            _log.exception("the answer to %s could not be read", call.operation.name)
            reason = "the server had an internal error while reading the vendor's answer"
            return _Outcome(state=State.UNKNOWN, reason=reason, reply=reply)
        return _Outcome(state=State.SUCCEEDED, result=result, reply=reply)


def _too_late(call: CallOf, world: Surroundings, entry: "Action") -> _Outcome | None:
    """A process that stood still (a closed laptop) past its lease: others take its action for unknown."""
    if entry.lease_until is None or world.now < entry.lease_until:
        return None
    return _Outcome(
        state=State.FAILED, problem=unreachable(call.operation, "this server stood still too long")
    )


def _not_now(call: CallOf, entry: "Action") -> Answer:
    """The approval stands; the same call, made again, goes on from here."""
    problem = failure(time_is_up(call.operation))
    return replace(problem, facts={**problem.facts, "action_id": entry.id})


def _facts(outcome: _Outcome, *, show_numbers: bool) -> dict[str, Any]:
    return {} if outcome.result is None else present(outcome.result, show_numbers=show_numbers).facts


def _ending(outcome: _Outcome, entry: "Action", masked: dict[str, Any]) -> Ending:
    return Ending(
        state=outcome.state,
        outcome=_kept(outcome, masked),
        vendor_answer=_raw(outcome.reply),
        batch_id=_text(outcome.result, "batch_id"),
        points_final=_amount(outcome.result, "points"),
        gives_back=_gives_back(outcome.result, entry),
    )


def _kept(outcome: _Outcome, masked: dict[str, Any]) -> str:
    """What the ledger keeps: always masked, so that a replay shows no more than the settings of its day."""
    if outcome.problem is not None:
        return problem_text(outcome.problem)
    if outcome.result is not None:
        return json.dumps(masked, ensure_ascii=False)
    return json.dumps({"reason": outcome.reason}, ensure_ascii=False)


def _raw(reply: Reply | None) -> str:
    """The vendor's answer as the ledger keeps it: an echoed password is removed before it is cut."""
    if reply is None:
        return ""
    try:
        text = decode_text(reply.body, reply.content_type)
    except UnreadableReply:
        text = reply.body.decode("utf-8", "backslashreplace")
    return without_secrets(text)[:MAX_KEPT_ANSWER]


def _text(result: Result | None, name: str) -> str:
    value = getattr(result, name, None)
    return value if isinstance(value, str) else ""


def _amount(result: Result | None, name: str) -> Decimal | None:
    value = getattr(result, name, None)
    return value if isinstance(value, Decimal) else None


def _gives_back(result: Result | None, entry: "Action") -> tuple[str, Decimal, int] | None:
    returned, erased = _amount(result, "points_returned"), getattr(result, "erased", 0)
    if returned is None or not (returned or erased) or not entry.target:
        return None
    return entry.target, returned, erased


def _answer(outcome: _Outcome, entry: "Action", shown: dict[str, Any]) -> Answer:
    if outcome.problem is not None:
        return failure(outcome.problem)
    if outcome.result is None:
        return unknown(entry, outcome.reason)
    return Envelope(outcome="done", action_id=entry.id).around(shown)
