"""A step of a campaign through the gate: nothing is posted, and claim and outcome are one transaction."""

import json
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from server.batches.held import minutes_held
from server.gate.campaign_moves import Move
from server.gate.context import GateContext
from server.gate.words.answers import Answer, Envelope
from server.ledger.campaign_claiming import Step
from tools.campaign_facts import CampaignFacts, CampaignStep
from tools.every8d.holding import hold_from
from tools.taipei import iso

if TYPE_CHECKING:
    from server.store.actions import Action, CapHit

_NEXT = {
    "start": "It is sent from here on without this chat. get_campaign tells how far it is.",
    "resume": "Sending goes on. get_campaign tells how far it is.",
    "move": "Its new time holds. get_campaign tells how far it is.",
    "cancel": "Nothing of it was booked ahead; what was sent stays so.",
}


async def take_step(
    context: GateContext, step: CampaignStep, campaign: CampaignFacts, entry: "Action"
) -> "Action | CapHit | None":
    """Carry out an approved step; None when its approval or the campaign is not as it was."""
    asked = _step(step, campaign, entry, context.clock())
    match step.kind:
        case "start":
            done = await context.book.start_campaign(asked, campaign.digest)
        case "resume":
            done = await context.book.resume_campaign(asked)
        case "cancel":
            return await context.book.cancel_campaign(asked)
        case "move":
            raise TypeError("a move is never done at once")
    await context.campaigns.wake()
    return done


async def begin_step(
    context: GateContext, step: CampaignStep, campaign: CampaignFacts, entry: "Action", move: Move | None
) -> "Action | CapHit | None":
    """The same for a step whose parts follow: claimed with what it changes at once, and not finished."""
    asked = replace(_step(step, campaign, entry, context.clock()), goes_on=True)
    if move is None:
        return await context.book.cancel_campaign(asked)
    return await context.book.move_campaign(asked, move.plan, move.contents)


def _step(step: CampaignStep, campaign: CampaignFacts, entry: "Action", now: datetime) -> Step:
    outcome = json.dumps(_facts(step, campaign) | _undoing(entry, now), ensure_ascii=False)
    return Step(action_id=entry.id, campaign=campaign.id, outcome=outcome, is_end=step.kind == "cancel")


def told_step(done: "Action") -> Answer:
    """The answer to a step that was taken."""
    return Envelope(outcome="done", action_id=done.id).around(json.loads(done.outcome))


def _undoing(entry: "Action", now: datetime) -> dict[str, object]:
    """Until when all of it can be taken back, where its parts are held."""
    minutes = minutes_held(entry)
    if minutes is None:
        return {}
    until = iso(hold_from(now, minutes).until)
    said = f"Nothing goes out before {until}: until then cancel_campaign takes all of it back."
    return {"undo_until": until, "note": f"{said} {_NEXT['start']}"}


def _facts(step: CampaignStep, campaign: CampaignFacts) -> dict[str, object]:
    many = campaign.recipients if step.kind == "start" else campaign.waiting
    state = "cancelled" if step.kind == "cancel" else "running"
    return {"campaign_id": campaign.id, "state": state, "recipients": many, "note": _NEXT[step.kind]}
