"""The minutes in which a send can be taken back: which sends have them, and when the vendor is to send."""

from dataclasses import replace
from datetime import timedelta

from server.batches.held import hold_of
from server.gate.calls import CallOf
from server.gate.context import GateContext
from server.settings.policy import PolicySettings
from server.store.actions import Action as Entry
from tools.campaign_facts import CampaignStep
from tools.every8d.holding import hold_from
from tools.operation import Hold, OwnAction, Preview, Risk, Surroundings


def held(context: GateContext, call: CallOf, world: Surroundings, preview: Preview) -> Preview:
    """The preview, which says for how long it can be taken back."""
    minutes = minutes_of(context, call, world)
    return preview if minutes is None else preview.model_copy(update={"undo_minutes": minutes})


def minutes_of(context: GateContext, call: CallOf, world: Surroundings) -> int | None:
    """For how many minutes this send is held, by the operator's rule; None where it is not.

    A campaign is held as a whole: each of its parts for so long, whatever their size.
    """
    policy, operation = context.settings.policy, call.operation
    if not policy.undo_minutes or operation.risk is not Risk.SPEND:
        return None
    if isinstance(operation, OwnAction):
        return minutes_of_start(policy, _started_at_once(operation.step(call.params), world)) or None
    if operation.vendor != "every8d":
        return None
    at_once = sum(each.send_at is None and "@" not in each.to for each in call.audience(world).messages)
    return policy.undo_minutes if at_once > policy.undo_above_recipients else None


def minutes_of_start(policy: PolicySettings, recipients: int) -> int:
    """The same for a campaign that goes out to so many when it is started; 0 where it is not held."""
    return policy.undo_minutes if recipients > policy.undo_above_recipients else 0


def _started_at_once(step: CampaignStep, world: Surroundings) -> int:
    """How many get a text when this campaign is started; 0 for another step, or a time of its own."""
    found = world.campaign
    return found.recipients if found is not None and step.kind == "start" and found.at_once else 0


def delay_of(context: GateContext, call: CallOf, world: Surroundings) -> timedelta:
    """How long after now what goes out at once does: what the rule on quiet hours is asked about."""
    minutes = minutes_of(context, call, world)
    return timedelta() if minutes is None else hold_from(world.now, minutes).goes_out - world.now


def hold_for_post(context: GateContext, entry: Entry) -> Hold | None:
    """The hold of a claimed send, its booked time by the vendor's clock: minutes ahead are few beside how far
    two clocks can be apart.
    """
    hold = hold_of(entry)
    if hold is None or entry.dispatched_at is None:
        return None
    waited = max(context.clock() - entry.dispatched_at, timedelta())
    apart = context.vendors.apart("every8d") or timedelta()
    return replace(hold, goes_out=hold.goes_out + waited + apart)
