"""A step of a campaign through the gate: nothing is posted, and claim and outcome are one transaction."""

import json
from typing import TYPE_CHECKING

from server.gate.context import GateContext
from server.gate.words.answers import Answer, Envelope
from server.ledger.campaign_claiming import Step
from tools.campaign_facts import CampaignFacts, CampaignStep

if TYPE_CHECKING:
    from server.store.actions import Action, CapHit

_NEXT = {
    "start": "It is sent from here on without this chat. get_campaign tells how far it is.",
    "resume": "Sending goes on. get_campaign tells how far it is.",
    "cancel": "Nothing of it was booked ahead; what was sent stays so.",
}


async def take_step(
    context: GateContext,
    step: CampaignStep,
    campaign: CampaignFacts,
    entry: "Action",
    *,
    goes_on: bool = False,
) -> "Action | CapHit | None":
    """Carry out an approved step; None when its approval or the campaign is not as it was.

    `goes_on`: it is claimed and not finished, since its parts follow.
    """
    outcome = json.dumps(_facts(step, campaign), ensure_ascii=False)
    asked = Step(action_id=entry.id, campaign=campaign.id, outcome=outcome, goes_on=goes_on)
    match step.kind:
        case "start":
            done = await context.book.start_campaign(asked, campaign.digest)
        case "resume":
            done = await context.book.resume_campaign(asked)
        case "cancel":
            return await context.book.cancel_campaign(asked)
    await context.campaigns.wake()
    return done


def told_step(done: "Action") -> Answer:
    """The answer to a step that was taken."""
    return Envelope(outcome="done", action_id=done.id).around(json.loads(done.outcome))


def _facts(step: CampaignStep, campaign: CampaignFacts) -> dict[str, object]:
    many = campaign.recipients if step.kind == "start" else campaign.waiting
    state = "cancelled" if step.kind == "cancel" else "running"
    return {"campaign_id": campaign.id, "state": state, "recipients": many, "note": _NEXT[step.kind]}
