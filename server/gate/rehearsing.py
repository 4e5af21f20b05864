"""A rehearsal is a process of its own: it starts the simulated vendor, and its store is gone with it."""

import json
import subprocess
from typing import cast

import anyio
from pydantic import TypeAdapter

from server.campaigns.local import whole
from server.settings.own_program import in_this_python
from server.settings.settings import Settings
from server.store import campaigns
from server.store.campaigns import Campaign
from tools.campaign_desk import Rehearsed
from tools.campaign_facts import CampaignState
from tools.desk.campaign_steps import STATES
from tools.problems import Problem, RefusedError
from tools.sentence import sentence, together

TOLD = TypeAdapter(Rehearsed)
"""As one process tells it to the other, in JSON."""
STILL_PLAYED = "still_rehearsing"
"""The code of what takes longer than a call."""
MOST_SECONDS = 600.0
"""One that is not done by then hangs: the largest takes a minute."""
_NOTHING = sentence("Nothing was played, and nothing was sent.")


async def rehearsed(settings: Settings, campaign: Campaign) -> Rehearsed:
    """What this plan came to.

    Raises:
        RefusedError: it was started already, or cannot be played.
    """
    if campaign.state != campaigns.PLANNED:
        raise RefusedError(
            Problem(
                code="state_changed",
                message=together(
                    _NOTHING,
                    sentence("The campaign is {state}.", state=STATES[cast("CampaignState", campaign.state)]),
                ),
                next=sentence("Look at it with get_campaign; only a plan can be rehearsed."),
            )
        )
    command = in_this_python("campaigns", "rehearse", campaign.id, "--settings-from-stdin")
    given = json.dumps(whole(settings)).encode()
    try:
        with anyio.fail_after(MOST_SECONDS):
            done = await anyio.run_process(command, input=given, stderr=subprocess.DEVNULL, check=False)
    except TimeoutError:
        raise RefusedError(_not_played(sentence("It took too long, and was ended."))) from None
    if done.returncode:
        raise RefusedError(_not_played(sentence("It could not be played on this machine.")))
    return TOLD.validate_json(done.stdout)


def _not_played(why: str) -> Problem:
    return Problem(
        code="not_rehearsed",
        message=together(_NOTHING, why),
        next=sentence("`campaign-ops-mcp campaigns rehearse` in a terminal tells why; the plan stands."),
    )


def still_played() -> Problem:
    """It takes longer than a call."""
    return Problem(
        code=STILL_PLAYED,
        message=sentence("The rehearsal is not finished yet, and goes on by itself. Nothing was sent."),
        next=sentence("Call rehearse_campaign again: it answers with this one."),
        retryable=True,
    )
