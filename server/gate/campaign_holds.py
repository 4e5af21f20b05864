"""What a person reads of a cancellation stays true while they read: nothing more of the campaign is begun.

Its proposal holds the campaign (`store/campaign_holds.py`). What was under way then ends first, and what it
booked meanwhile is in the list that the person sees.
"""

import anyio

from server.call_time import left
from server.gate.calls import CallOf
from server.gate.context import GateContext
from server.store.campaign_holds import Hold
from tools.operation import OwnAction, Surroundings
from tools.sentence import Sentence, sentence
from tools.taipei import plain_minute

_PAUSE_SECONDS, _MOST_SECONDS = 0.2, 12.0
_TO_ASK_SECONDS = 20.0
"""What the call keeps for the question itself."""


def holds(call: CallOf, world: Surroundings) -> bool:
    """Whether the call's proposal holds a campaign of which something may be under way."""
    if not isinstance(call.operation, OwnAction) or world.campaign is None:
        return False
    return call.operation.step(call.params).kind == "cancel" and world.campaign.is_begun


async def once_quiet(context: GateContext, call: CallOf) -> Surroundings:
    """The world once nothing of the campaign is under way, or as it is when it was waited for long enough."""
    until = anyio.current_time() + left(_MOST_SECONDS, keep=_TO_ASK_SECONDS)
    world = await context.world(call)
    while world.campaign is not None and world.campaign.sending and anyio.current_time() < until:
        await anyio.sleep(_PAUSE_SECONDS)
        world = await context.world(call)
    return world


def told_hold(hold: Hold) -> Sentence:
    """Why nothing of a campaign is sent, and until when at the latest."""
    return sentence(
        "its cancellation {action} waits for a person, and nothing is sent until then or {until}",
        until=plain_minute(hold.until),
        action=hold.action,
    )
