"""A step of a campaign that erases what is booked: each erasing is an action of its own, as in a stop.

The step itself is claimed with what it changes at once, so that nothing more is booked meanwhile.
"""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from server.call_time import enough_to_post
from server.gate.calls import CallOf
from server.gate.campaign_moves import Move, check_times, prepared
from server.gate.campaign_steps import begin_step
from server.gate.context import GateContext
from server.gate.dispatching import Dispatching
from server.gate.erasing import Agreed, CarryPart, Erased, erase_all, finished
from server.gate.shield import uncancelled
from server.gate.words.answers import Answer, Envelope, failure
from server.gate.words.sentences import nothing, time_is_up
from server.gate.words.telling import told
from server.ledger.finishing import Ending
from server.ledger.parts import Part
from server.store.actions import Action as Entry
from server.store.actions import Proposal, State
from tools.campaign_facts import CampaignBooking, CampaignFacts
from tools.desk.campaigns import no_such_campaign
from tools.desk.stop import NOT_BOOKED, StoppedItem
from tools.every8d.erase import ERASE_SMS_BOOKING
from tools.operation import OwnAction, Surroundings

if TYPE_CHECKING:
    from tools.campaign_facts import CampaignStep
    from tools.sentence import Sentence

_NAMED = 5
_ERASING = ("cancel", "move")
"""Steps that erase what is booked."""


def with_parts(proposal: Proposal, campaign: CampaignFacts, step: "CampaignStep") -> Proposal:
    """The proposal with the bookings that it erases: exactly those of its question."""
    some = campaign.to_erase(step.at)
    if step.kind not in _ERASING or not (some or step.at):
        return proposal
    agreed = Agreed(bookings=[_item(each) for each in some], braked=())
    parts = agreed.arguments([_part(each) for each in some])
    arguments = {**json.loads(proposal.arguments), **json.loads(parts)}
    return replace(proposal, arguments=json.dumps(arguments, ensure_ascii=False))


async def check_new_times(context: GateContext, call: CallOf, world: Surroundings) -> Sequence["Sentence"]:
    """What to warn of in the times that a move gives; nobody is asked about one that would be refused.

    Raises:
        RefusedError, InvalidArgumentError: one of them cannot be.
    """
    if world.campaign is None or not isinstance(call.operation, OwnAction):
        return ()
    start = call.operation.step(call.params).at
    known = await context.campaigns.known(world.campaign.id, call.caller.principal) if start else None
    if start is None or known is None:
        return ()
    return await check_times(context, known, start, nothing(call.operation))


def _item(booking: CampaignBooking) -> StoppedItem:
    return StoppedItem(
        what="booking", id=booking.batch_id, at=booking.at, count=booking.count, ended="still there"
    )


def _part(booking: CampaignBooking) -> Part:
    return Part(tool=ERASE_SMS_BOOKING.name, target=booking.batch_id, most=booking.count)


class StepParts:
    """Carries such steps out."""

    def __init__(self, context: GateContext, carry_part: CarryPart, dispatching: Dispatching) -> None:
        self._context = context
        self._carry_part = carry_part
        self._dispatching = dispatching

    async def carry_out(self, call: CallOf, world: Surroundings, entry: Entry) -> Answer:
        """The step and its erasings, whatever becomes of the caller meanwhile."""
        if not enough_to_post():
            return failure(time_is_up(call.operation))
        return await uncancelled(lambda: self._carry_out(call, world, entry))

    async def _carry_out(self, call: CallOf, world: Surroundings, entry: Entry) -> Answer:
        campaign = world.campaign
        if campaign is None or not isinstance(call.operation, OwnAction):
            raise TypeError(f"{call.operation.name}: its campaign was not looked up")
        book, step = self._context.book, call.operation.step(call.params)
        async with book.room():
            move = None if step.at is None else await self._move(call, campaign, step.at)
            whole = await begin_step(self._context, step, campaign, entry, move)
            if whole is None and (answer := await self._dispatching.overtaken(call, entry)) is not None:
                return answer
            if not isinstance(whole, Entry):
                now = await self._context.entry_of(call, entry.id) or entry
                return told(call.operation, now)
            erased = await erase_all(self._carry_part, call, whole)
            facts = _with(json.loads(whole.outcome), erased)
            if move is not None:
                facts["note"] = " ".join([facts["note"], *move.warnings])
                # It waits again only where the records know that it was erased.
                await self._context.memory.catch_up_if_possible(briefly=True)
                facts["recipients"] = campaign.waiting + await book.end_move(campaign.id, move.contents)
                await self._context.campaigns.wake()
            answer = Envelope(outcome="done", action_id=whole.id).around(facts)
            ending = Ending(state=State.SUCCEEDED, outcome=json.dumps(facts, ensure_ascii=False))
            return await finished(book, whole, ending, answer)

    async def _move(self, call: CallOf, campaign: CampaignFacts, start: datetime) -> Move:
        known = await self._context.campaigns.known(campaign.id, call.caller.principal)
        if known is None:
            raise no_such_campaign()
        return await prepared(self._context, known, start, nothing(call.operation))


def _with(step: dict[str, Any], erased: Sequence[Erased]) -> dict[str, Any]:
    """What the step came to with its erasings."""
    points = sum((each.points for each in erased), Decimal(0))
    done = [each.item for each in erased if each.item.ended == "erased"]
    messages = sum(item.count or 0 for item in done)
    said = [f"Erased: {len(done)} booked parts, {messages} messages."] if erased else [step["note"]]
    for ended, words in (
        (NOT_BOOKED, "Not booked any more, erased before or sent"),
        ("gone", "No longer at the vendor"),
        ("not erased", "Not erased, these go out"),
        ("unknown", "Of unknown outcome, these may go out"),
    ):
        those = [each.item.action_id or each.item.id for each in erased if each.item.ended == ended]
        if those:
            more = f" and {len(those) - _NAMED} more" if len(those) > _NAMED else ""
            said.append(f"{words}: {', '.join(those[:_NAMED])}{more}; get_action tells why.")
    return {
        **step,
        "recipients": step["recipients"] + messages,
        "points_returned": float(points) if points % 1 else int(points),
        "note": " ".join(said),
    }
