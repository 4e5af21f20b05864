"""One chunk of a campaign through the gate: rules, claim, one POST, and what came of it.

Whoever approved the start approved this. Nobody is asked again, and nothing that the
plan did not have goes out.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING

import anyio.to_thread

from server.batches.chunk_content import Addressee, opened
from server.batches.held import hold_of, minutes_held
from server.batches.keeper import alike
from server.batches.numbers import NumberSeal, SealedNumberError
from server.batches.unpacking import pack_messages, packed_numbers
from server.campaigns.course import ChunkEnd, Ended, Judgement, Posted, Send
from server.campaigns.draft import Asked
from server.campaigns.standing import Standing
from server.gate.caller import Caller
from server.gate.calls import CallOf
from server.gate.campaign_rules import NOT_HELD, forbidden
from server.gate.campaign_trials import Trials
from server.gate.context import GateContext
from server.gate.dispatching import Dispatching
from server.gate.failures import ANTICIPATED, problem_of
from server.gate.words.sentences import nothing
from server.ledger.campaign_claiming import ChunkSend
from server.ledger.refusals import Blocked, Repeats
from server.store import campaigns
from server.store.actions import Action, CapHit, Proposal
from server.store.batches import UNKNOWN, Batch, add_batch
from server.store.campaigns import Campaign, Chunk
from server.store.counting import EACH_DAY
from server.store.plans import Connection
from server.store.rows import taipei_day
from tools.campaigns.wording import Wording, read_wording
from tools.every8d.charging import price_of_each
from tools.every8d.credit import credit_steps
from tools.every8d.holding import hold_from
from tools.every8d.send_personalized_sms import SEND_PERSONALIZED_SMS, PersonalizedParams
from tools.every8d.texts import first_words
from tools.operation import Preview, Surroundings
from tools.problems import InvalidArgumentError
from tools.sentence import sentence

if TYPE_CHECKING:
    from server.ledger.claiming import Claimed, Reach

_SUBJECT = 40
_NO_START = "the ledger has no start of this plan, or something else changed the campaign in the store"
_DEPLETED = ("login_refused", "login_stopped", "not_enough_credit")
"""Problems after which no other chunk can be sent either."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ready:
    """A chunk that is about to be sent."""

    campaign: Campaign
    chunk: Chunk
    call: CallOf
    world: Surroundings
    wording: Wording
    those: Sequence[Addressee]
    reach: "Reach"
    numbers: bytes
    """Of those, packed for the records."""
    minutes: int | None
    """For how long it can be taken back, where the start's question said so."""

    @property
    def params(self) -> PersonalizedParams:
        """What the vendor is asked for."""
        return self.call.params


class ChunkSender:
    """Sends chunks of one server's campaigns."""

    def __init__(self, context: GateContext) -> None:
        self._context = context
        self._dispatching = Dispatching(context)
        self._trials = Trials(context)
        self._held: dict[str, int | None] = {}

    @property
    def at_once(self) -> int:
        """So many calls of the account may be under way at once."""
        settings = self._context.settings.every8d
        return 1 if settings is None else settings.calls_at_once

    async def prepare(self, standing: Standing, number: int, epoch: int) -> ChunkEnd | Send:
        """What sends a chunk that waits, once; whatever forbids it now stops the campaign."""
        campaign = standing.campaign
        chunk = await self._context.campaigns.chunk(campaign.id, number)
        if chunk is None or chunk.state != campaigns.WAITING:
            return ChunkEnd(ended=Ended.WAITS)
        if campaign.account != await self._context.account_of(SEND_PERSONALIZED_SMS):
            return ChunkEnd(ended=Ended.WAITS, stop="it was planned for another account")
        try:
            ready = await self._ready(campaign, chunk, read_wording(standing.plan["text"]))
        except SealedNumberError:
            return ChunkEnd(ended=Ended.WAITS, stop="a part of it cannot be read with the key of the numbers")
        why = self._why_not(ready)
        if why:
            return ChunkEnd(ended=Ended.WAITS, stop=why)
        return partial(self._send, ready, await self._proposal(ready), epoch)

    async def _ready(self, campaign: Campaign, chunk: Chunk, wording: Wording) -> _Ready:
        """The call that sends to everybody of a chunk."""
        seal = await self._context.campaigns.keeper.seal()
        those = await anyio.to_thread.run_sync(opened, chunk.sealed, campaign.id, chunk.number, seal)
        return await self._call(campaign, chunk, wording, those)

    async def _call(
        self, campaign: Campaign, chunk: Chunk, wording: Wording, those: Sequence[Addressee]
    ) -> _Ready:
        subject = campaign.name[:_SUBJECT]
        params, numbers = await anyio.to_thread.run_sync(_written, wording, those, subject)
        caller = Caller(principal=campaign.principal, session=campaign.id, can_ask=False)
        call = CallOf(operation=SEND_PERSONALIZED_SMS, params=params, caller=caller)
        world = self._context.surroundings()
        return _Ready(
            campaign=campaign,
            chunk=chunk,
            call=call,
            world=world,
            wording=wording,
            those=those,
            reach=await self._context.book.reached(call.messages(world)),
            numbers=numbers,
            minutes=await self._minutes_of(campaign),
        )

    async def _minutes_of(self, campaign: Campaign) -> int | None:
        """As the start's question has them, which is read once: a part with a time of its own is not held."""
        if not campaign.at_once:
            return None
        if campaign.action not in self._held:
            start = await self._context.book.get(campaign.action)
            self._held[campaign.action] = None if start is None else minutes_held(start)
        return self._held[campaign.action]

    def _why_not(self, ready: _Ready) -> str:
        """What forbids it now, although the plan was agreed to."""
        try:
            ready.call.check(ready.world)
        except InvalidArgumentError as error:
            return f"a part of it cannot be sent as it was planned: {error.field} {error.problem}"
        audience = ready.call.audience(ready.world)
        asked = Asked(audience.recipients, audience.texts, audience.send_times)
        now, minutes = ready.world.now, ready.minutes
        held = NOT_HELD if minutes is None else hold_from(now, minutes).goes_out - now
        problem = forbidden(self._context, asked, nothing(SEND_PERSONALIZED_SMS), held=held)
        return "" if problem is None else problem.message

    async def _send(self, ready: _Ready, proposal: Proposal, epoch: int, posted: Posted) -> ChunkEnd:
        claimed = await self._claimed(ready, proposal, epoch, posted)
        if isinstance(claimed, Blocked | Repeats) or _is_personal(claimed):
            return await self._send_to_others(ready, epoch, posted)
        return await self._end_of(claimed, ready.campaign)

    async def _send_to_others(self, ready: _Ready, epoch: int, posted: Posted) -> ChunkEnd:
        """Without whom the claim refused: who was blocked, or texted by another send, since the plan."""
        out = await self._context.book.hindered(ready.reach, ready.campaign.id)
        left = [each for each in ready.those if each.mobile not in out]
        if not left:
            skipped = await self._context.book.skip_chunk(ready.chunk, epoch)
            return ChunkEnd(ended=Ended.SKIPPED if skipped else Ended.WAITS)
        again = await self._call(ready.campaign, ready.chunk, ready.wording, left)
        claimed = await self._claimed(again, await self._proposal(again), epoch, posted)
        return await self._end_of(claimed, ready.campaign)

    async def _claimed(self, ready: _Ready, proposal: Proposal, epoch: int, posted: Posted) -> "Claimed":
        """What came of the claim; what it took was posted."""
        record = partial(
            _record,
            ready=ready,
            key=await self._context.campaigns.keeper.key(),
            seal=await self._context.campaigns.keeper.seal(),
        )
        send = ChunkSend(chunk=ready.chunk, epoch=epoch, proposal=proposal, reach=ready.reach)
        claim = partial(self._context.book.claim_chunk, send, record)
        return await self._dispatching.carry_out_claimed(ready.call, ready.world, claim, posted)

    async def _proposal(self, ready: _Ready) -> Proposal:
        """It names campaign and chunk: the numbers stand in the chunk, encrypted."""
        named = {"campaign": ready.campaign.id, "chunk": ready.chunk.number}
        arguments = json.dumps(named)
        params = ready.params
        price = price_of_each(params.texts, [person.mobile for person in params.people])
        preview = Preview(
            effect=sentence("Send a part of a campaign"),
            nothing=sentence("Nothing was sent."),
            recipients=len(ready.those),
            parts=price.parts,
            points=price.points,
            estimate=price.estimate,
            send_at=ready.those[0].send_at,
            undo_minutes=ready.minutes,
        )
        return Proposal(
            principal=ready.campaign.principal,
            session=ready.campaign.id,
            tool=SEND_PERSONALIZED_SMS.name,
            risk=str(SEND_PERSONALIZED_SMS.risk),
            vendor="every8d",
            digest=await self._context.book.digest(arguments),
            arguments=arguments,
            preview=preview.model_dump_json(),
            account=ready.campaign.account,
            campaign=ready.campaign.id,
            points=price.points,
            recipients=len(ready.those),
        )

    async def _end_of(self, claimed: "Claimed", campaign: Campaign) -> ChunkEnd:
        if claimed is None:
            started = await self._context.book.was_started(campaign)
            return ChunkEnd(ended=Ended.WAITS, stop="" if started else _NO_START)
        if isinstance(claimed, CapHit):
            return ChunkEnd(ended=Ended.WAITS, stop=f"the limit {claimed.rule} is reached")
        if not isinstance(claimed, Action):
            # Somebody was blocked, or texted, since the look: the next round leaves them out.
            return ChunkEnd(ended=Ended.WAITS)
        done = await self._context.book.get(claimed.id) or claimed
        match str(done.state):
            case "succeeded":
                return ChunkEnd(ended=Ended.SENT, stop=_points_ran_out(done))
            case "failed":
                return ChunkEnd(ended=Ended.FAILED, stop=_forbids_others(done))
            case _:
                return ChunkEnd(ended=Ended.UNKNOWN)

    async def missing(self, points: Decimal) -> str:
        """Why the account cannot pay so much now."""
        try:
            credit = await self._context.vendors.query(credit_steps())
        except ANTICIPATED as error:
            return (
                f"the vendor cannot be asked for the points: {problem_of(SEND_PERSONALIZED_SMS, error).code}"
            )
        return (
            ""
            if credit >= points
            else f"the points do not cover the next part: {points} needed, {credit} left"
        )

    async def stop(self, campaign: str, epoch: int, reason: str) -> bool:
        """Nothing more of it is begun until a person resumes it."""
        return await self._context.book.stand_still(campaign, epoch, campaigns.PAUSED, reason)

    async def hold(self, campaign: str, epoch: int, reason: str) -> bool:
        """The same, after its trial."""
        return await self._context.book.stand_still(campaign, epoch, campaigns.HOLDING, reason)

    async def judge(self, standing: Standing) -> Judgement:
        """What follows its trial, which is out."""
        return await self._trials.judge(standing)

    async def release(self, campaign: str, epoch: int) -> bool:
        """What follows its trial may be sent, on the terms that a person agreed to."""
        return await self._context.book.release_rest(campaign, epoch)

    async def end(self, campaign: str, epoch: int) -> bool:
        """Nothing waits any more. What certainly was not sent is for a person to say."""
        failed = await self._context.campaigns.failed(campaign)
        if failed:
            return await self.stop(campaign, epoch, f"all was tried, and {failed} were certainly not sent to")
        return await self._context.book.end_campaign(campaign, epoch)


def _written(wording: Wording, those: Sequence[Addressee], subject: str) -> tuple[PersonalizedParams, bytes]:
    """What is sent, and its numbers packed: all that takes long, so that others go on in the event loop."""
    params = PersonalizedParams.of_plan(wording.people(those), wording.template, subject)
    numbers = packed_numbers([person.mobile for person in params.people])
    # Asked for again where it is sent.
    _ = params.messages, params.rows
    return params, numbers


def _is_personal(claimed: "Claimed") -> bool:
    """Whether a limit of each recipient was reached, which others may not have reached."""
    return isinstance(claimed, CapHit) and claimed.rule == EACH_DAY


def _forbids_others(failed: Action) -> str:
    """Why no other part is begun: nothing can be sent, or a part was refused for being booked."""
    problem = json.loads(failed.outcome)
    as_booking = problem["code"] == "vendor_refused" and hold_of(failed) is not None
    return str(problem["message"]) if as_booking or problem["code"] in _DEPLETED else ""


def _points_ran_out(done: Action) -> str:
    unsent = json.loads(done.outcome).get("unsent", 0)
    return f"the points ran out: {unsent} of a part were not sent" if unsent else ""


def _record(conn: Connection, action: Action, *, ready: _Ready, key: bytes, seal: NumberSeal) -> None:
    """The batch and its messages, of unknown outcome as long as none is written down."""
    booked = [each.send_at for each in ready.those if each.send_at is not None]
    if (hold := hold_of(action)) is not None:
        booked.append(hold.goes_out)
    add_batch(
        conn,
        Batch(
            id=action.id,
            batch_id="",
            principal=action.principal,
            tool=action.tool,
            kind="sms",
            state=UNKNOWN,
            subject=ready.params.subject,
            words=first_words({"text": ready.wording.text}),
            alike=alike(key, ready.wording.text),
            day=taipei_day(action.created_at),
            sent_at=action.dispatched_at or action.created_at,
            send_at=min(booked, default=None),
            last_at=max(booked, default=None),
            recipients=action.recipients,
            parts=Preview.model_validate_json(action.preview).parts,
            points=action.points,
            points_returned=Decimal(0),
        ),
    )
    pack_messages(conn, action.id, action.created_at, ready.numbers, seal)
