"""The minutes in which a send can be taken back: which sends have them, and when the vendor is to send."""

from dataclasses import replace
from datetime import timedelta

from server.batches.held import hold_of
from server.gate.calls import CallOf
from server.gate.context import GateContext
from server.store.actions import Action as Entry
from tools.every8d.holding import hold_from
from tools.operation import Hold, OwnAction, Preview, Risk, Surroundings


def held(context: GateContext, call: CallOf, world: Surroundings, preview: Preview) -> Preview:
    """The preview, which says for how long it can be taken back."""
    minutes = minutes_of(context, call, world)
    return preview if minutes is None else preview.model_copy(update={"undo_minutes": minutes})


def minutes_of(context: GateContext, call: CallOf, world: Surroundings) -> int | None:
    """For how many minutes this send is held, by the operator's rule; None where it is not.

    A campaign is not: it can be paused and cancelled at any time, and its trial goes first.
    """
    policy, operation = context.settings.policy, call.operation
    if not policy.undo_minutes or operation.risk is not Risk.SPEND or operation.vendor != "every8d":
        return None
    if isinstance(operation, OwnAction):
        return None
    at_once = sum(each.send_at is None and "@" not in each.to for each in call.audience(world).messages)
    return policy.undo_minutes if at_once > policy.undo_above_recipients else None


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
