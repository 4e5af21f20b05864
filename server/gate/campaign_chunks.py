"""One chunk of a campaign through the gate: rules, claim, one POST, and what came of it.

Whoever approved the start approved this. Nobody is asked again, and nothing that the
plan did not have goes out.
"""

import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING

from server.batches.held import booked_times, hold_of, minutes_held
from server.batches.keeper import alike
from server.campaigns.calls import Turn
from server.campaigns.course import ChunkEnd, Ended, Judgement, Send
from server.campaigns.draft import Asked
from server.campaigns.part_makers import InThreads, PartMaker
from server.campaigns.part_making import MadePart, Order, Unmade
from server.campaigns.standing import Standing
from server.gate.caller import Caller
from server.gate.calls import CallOf
from server.gate.campaign_rules import NOT_HELD, forbidden
from server.gate.campaign_trials import Trials
from server.gate.context import GateContext
from server.gate.dispatching import Dispatching
from server.gate.failures import ANTICIPATED, problem_of
from server.gate.surroundings import every8d_options
from server.gate.words.endings import problem_in
from server.gate.words.sentences import nothing
from server.ledger.campaign_claiming import ChunkSend
from server.ledger.part_reach import PartReach
from server.ledger.refusals import Blocked, Repeats
from server.store import campaign_chunks, campaigns
from server.store.actions import Action, CapHit, IdTakenError, Proposal, new_id
from server.store.batches import UNKNOWN, Batch, add_batch
from server.store.campaign_chunks import Chunk
from server.store.campaigns import Campaign
from server.store.counting import EACH_DAY
from server.store.failed_sends import SameWords
from server.store.packed_messages import add_packed
from server.store.plans import Connection
from server.store.rows import taipei_day
from tools.every8d.credit import credit_steps
from tools.every8d.holding import hold_from
from tools.every8d.send_personalized_sms import PATH, SEND_PERSONALIZED_SMS
from tools.every8d.texts import LEAST_AHEAD, first_words, send_time
from tools.operation import Audience, Preview, Request, Surroundings
from tools.sentence import sentence

if TYPE_CHECKING:
    from server.ledger.claiming import Claimed

_SUBJECT = 40
_NO_START = sentence(
    "the ledger has no start of this plan, or something else changed the campaign in the store"
)
_TOLD_LATELY = timedelta(seconds=10)
"""So long the points that a receipt told of are as good as an answer to the question for them."""
_DEPLETED = ("login_refused", "login_stopped", "not_enough_credit")
"""Problems after which no other chunk can be sent either."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _PartCall(CallOf):
    """The call that sends to everybody of a part that is made ready."""

    made: MadePart

    def audience(self, world: Surroundings) -> Audience:
        """Whom it reaches."""
        del world
        made = self.made
        return Audience(recipients=made.mobiles, texts=made.texts, send_times=made.send_times)

    def address(self, world: Surroundings) -> Request:
        """Where it goes."""
        del world
        return Request(vendor="every8d", path=PATH, written=b"{}")

    def request(self, world: Surroundings) -> Request:
        """What was written when it was made; what is held has a time that its claim gave it.

        Raises:
            InvalidArgumentError: a text's time came too near, or passed, while the part waited for its call.
        """
        if self.made.params is None:
            for each in self.made.send_times:
                send_time(each, world)
            return Request(vendor="every8d", path=PATH, written=self.made.written)
        return self.operation.build(self.made.params, world)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ready:
    """A chunk that is about to be sent."""

    campaign: Campaign
    chunk: Chunk
    order: Order
    made: MadePart
    minutes: int | None
    """For how long it can be taken back, where the start's question said so."""
    again: SameWords | None


class ChunkSender:
    """Sends chunks of one server's campaigns."""

    def __init__(self, context: GateContext, maker: PartMaker | None = None) -> None:
        self._context = context
        self._maker = maker or InThreads()
        self._dispatching = Dispatching(context)
        self._trials = Trials(context)
        self._held: dict[str, int | None] = {}
        self._told: tuple[datetime, Decimal] | None = None
        """When a receipt last told of the points that are left, and how many."""

    @property
    def at_once(self) -> int:
        """So many calls of the account may be under way at once."""
        settings = self._context.settings.every8d
        return 1 if settings is None else settings.calls_at_once

    def expect(self, chunks: int) -> None:
        """So many, or more, are about to be prepared."""
        self._maker.expect(chunks)

    async def prepare(self, standing: Standing, number: int, epoch: int) -> ChunkEnd | Send:
        """What sends a chunk that waits, once; whatever forbids it now stops the campaign."""
        campaign = standing.campaign
        chunk = await self._context.campaigns.chunk(campaign.id, number)
        if chunk is None or chunk.state != campaign_chunks.WAITING:
            return ChunkEnd(ended=Ended.WAITS)
        if campaign.account != await self._context.account_of(SEND_PERSONALIZED_SMS):
            return ChunkEnd(ended=Ended.WAITS, stop=sentence("it was planned for another account"))
        if standing.again_since is not None:
            # What another process sent before it died may be packed: nobody finds whom it was to, then.
            await self._context.memory.catch_up(briefly=True)
        minutes = await self._minutes_of(campaign)
        order = await self._order(campaign, chunk, str(standing.plan["text"]), held=minutes is not None)
        made = await self._maker.make(order)
        if isinstance(made, Unmade):
            return ChunkEnd(ended=Ended.WAITS, stop=_why_unmade(made))
        ready = _Ready(
            campaign=campaign,
            chunk=chunk,
            order=order,
            made=made,
            minutes=minutes,
            again=_again(standing, order),
        )
        if why := self._why_not(ready):
            return ChunkEnd(ended=Ended.WAITS, stop=why)
        return partial(self._send, ready, await self._proposal(ready), epoch)

    async def _order(self, campaign: Campaign, chunk: Chunk, text: str, *, held: bool) -> Order:
        keeper = self._context.campaigns.keeper
        return Order(
            campaign=campaign.id,
            number=chunk.number,
            sealed=chunk.sealed,
            seal=await keeper.seal(),
            key=await keeper.key(),
            text=text,
            subject=campaign.name[:_SUBJECT],
            action=new_id(),
            now=self._context.clock(),
            options=every8d_options(self._context.settings.every8d),
            held=held,
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
        """The operator's rule that forbids it now, although the plan was agreed to."""
        made, now, minutes = ready.made, self._context.clock(), ready.minutes
        asked = Asked(made.mobiles, made.texts, made.send_times)
        held = NOT_HELD if minutes is None else hold_from(now, minutes).goes_out - now
        problem = forbidden(self._context, asked, nothing(SEND_PERSONALIZED_SMS), held=held)
        return "" if problem is None else problem.message

    async def _send(self, ready: _Ready, proposal: Proposal, epoch: int, turn: Turn) -> ChunkEnd:
        if _is_late(ready.made, self._context.clock()):
            # The next look at it says so.
            return ChunkEnd(ended=Ended.WAITS)
        claimed = await self._claimed(ready, proposal, epoch, turn)
        if isinstance(claimed, Blocked | Repeats) or _is_personal(claimed):
            return await self._send_to_others(ready, epoch, turn)
        return await self._end_of(claimed, ready.campaign)

    async def _send_to_others(self, ready: _Ready, epoch: int, turn: Turn) -> ChunkEnd:
        """Without whom the claim refused: who was blocked, or texted by another send, since the plan."""
        reach = PartReach(ready.made.mobiles, ready.made.packing)
        out = await self._context.book.hindered(reach, ready.campaign.id, ready.again)
        if out.issuperset(ready.made.mobiles):
            skipped = await self._context.book.skip_chunk(ready.chunk, epoch)
            return ChunkEnd(ended=Ended.SKIPPED if skipped else Ended.WAITS)
        made = await self._maker.make(replace(ready.order, without=frozenset(out)))
        if isinstance(made, Unmade):
            return ChunkEnd(ended=Ended.WAITS, stop=_why_unmade(made))
        again = replace(ready, made=made)
        claimed = await self._claimed(again, await self._proposal(again), epoch, turn)
        return await self._end_of(claimed, ready.campaign)

    async def _claimed(self, ready: _Ready, proposal: Proposal, epoch: int, turn: Turn) -> "Claimed":
        """What came of the claim; what it took was posted."""
        made, campaign = ready.made, ready.campaign
        record = partial(_record, ready=ready, likeness=alike(ready.order.key, ready.order.text))
        send = ChunkSend(
            chunk=ready.chunk,
            epoch=epoch,
            action=ready.order.action,
            proposal=proposal,
            reach=PartReach(made.mobiles, made.packing),
            again=ready.again,
        )
        claim = partial(self._context.book.claim_chunk, send, record)
        caller = Caller(principal=campaign.principal, session=campaign.id, can_ask=False)
        call = _PartCall(operation=SEND_PERSONALIZED_SMS, params=made.params, caller=caller, made=made)
        try:
            return await self._dispatching.carry_out_claimed(call, self._context.surroundings(), claim, turn)
        except IdTakenError:
            # It stands in what was to be posted: the chunk waits, and is made anew with another.
            return None

    async def _proposal(self, ready: _Ready) -> Proposal:
        """It names campaign and chunk: the numbers stand in the chunk, encrypted."""
        named = {"campaign": ready.campaign.id, "chunk": ready.chunk.number}
        arguments = json.dumps(named)
        price, recipients = ready.made.price, len(ready.made.mobiles)
        preview = Preview(
            effect=sentence("Send a part of a campaign"),
            nothing=sentence("Nothing was sent."),
            recipients=recipients,
            parts=price.parts,
            points=price.points,
            estimate=price.estimate,
            send_at=ready.made.send_times[0],
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
            recipients=recipients,
        )

    async def _end_of(self, claimed: "Claimed", campaign: Campaign) -> ChunkEnd:
        if claimed is None:
            started = await self._context.book.was_started(campaign)
            return ChunkEnd(ended=Ended.WAITS, stop="" if started else _NO_START)
        if isinstance(claimed, CapHit):
            return ChunkEnd(
                ended=Ended.WAITS, stop=sentence("the limit {rule} is reached", rule=claimed.rule)
            )
        if not isinstance(claimed, Action):
            # Somebody was blocked, or texted, since the look: the next round leaves them out.
            return ChunkEnd(ended=Ended.WAITS)
        done = claimed
        if str(claimed.state) == "dispatching":
            # Its outcome could not be written down: it is kept beside the store, or nobody knows it.
            done = await self._context.book.get(claimed.id) or claimed
        match str(done.state):
            case "succeeded":
                self._hear(done)
                return ChunkEnd(ended=Ended.SENT, stop=_points_ran_out(done))
            case "failed":
                return ChunkEnd(ended=Ended.FAILED, stop=_forbids_others(done))
            case _:
                return ChunkEnd(ended=Ended.UNKNOWN)

    def _hear(self, done: Action) -> None:
        """The points that its receipt tells of; the least, since receipts come in any order."""
        credit = json.loads(done.outcome).get("credit")
        if credit is not None:
            before = self._told[1] if self._told is not None else Decimal("Infinity")
            self._told = self._context.clock(), min(Decimal(str(credit)), before)

    async def missing(self, points: Decimal) -> str:
        """Why the account cannot pay so much now. Points that a receipt just told of are not asked for."""
        if self._told is not None:
            at, credit = self._told
            if credit >= points and timedelta() <= self._context.clock() - at < _TOLD_LATELY:
                return ""
        self._told = None
        try:
            credit = await self._context.vendors.query(credit_steps())
        except ANTICIPATED as error:
            code = problem_of(SEND_PERSONALIZED_SMS, error).code
            return sentence("the vendor cannot be asked for the points: {code}", code=code)
        return (
            ""
            if credit >= points
            else sentence(
                "the points do not cover the next part: {needed} needed, {left} left",
                needed=str(points),
                left=str(credit),
            )
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
        return await self._context.book.end_campaign(campaign, epoch)


def _again(standing: Standing, order: Order) -> SameWords | None:
    since = standing.again_since
    return None if since is None else SameWords(alike(order.key, order.text), since)


def _why_unmade(unmade: Unmade) -> str:
    if not unmade.problem:
        return sentence("a part of it cannot be read with the key of the numbers")
    return sentence("a part of it cannot be sent as it was planned: {problem}", problem=unmade.problem)


def _is_late(made: MadePart, now: datetime) -> bool:
    """Whether a text's time has come too near while the part waited for its turn."""
    return any(each is not None and each - now < LEAST_AHEAD for each in made.send_times)


def _is_personal(claimed: "Claimed") -> bool:
    """Whether a limit of each recipient was reached, which others may not have reached."""
    return isinstance(claimed, CapHit) and claimed.rule == EACH_DAY


def _forbids_others(failed: Action) -> str:
    """Why no other part is begun: nothing can be sent, or a part was refused for being booked."""
    problem = problem_in(failed.outcome)
    as_booking = problem.code == "vendor_refused" and hold_of(failed) is not None
    return problem.message if as_booking or problem.code in _DEPLETED else ""


def _points_ran_out(done: Action) -> str:
    unsent = json.loads(done.outcome).get("unsent", 0)
    return sentence("the points ran out: {count} of a part were not sent", count=unsent) if unsent else ""


def _record(conn: Connection, action: Action, *, ready: _Ready, likeness: str) -> None:
    """The batch and its messages, of unknown outcome as long as none is written down."""
    booked = booked_times(action, *ready.made.send_times)
    add_batch(
        conn,
        Batch(
            id=action.id,
            batch_id="",
            principal=action.principal,
            tool=action.tool,
            kind="sms",
            state=UNKNOWN,
            subject=ready.order.subject,
            words=first_words({"text": ready.order.text}),
            alike=likeness,
            day=taipei_day(action.created_at),
            sent_at=action.dispatched_at or action.created_at,
            send_at=min(booked, default=None),
            last_at=max(booked, default=None),
            recipients=action.recipients,
            parts=ready.made.price.parts,
            points=action.points,
            points_returned=Decimal(0),
        ),
    )
    add_packed(conn, action.id, action.created_at, ready.made.numbers)
