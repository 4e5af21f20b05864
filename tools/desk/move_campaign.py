"""Another time for a campaign: what is booked is erased and booked anew, what waits gets its new time."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from tools.campaign_facts import CampaignFacts, CampaignStep
from tools.desk.campaign_steps import (
    CampaignStepParams,
    CampaignStepResult,
    campaign_in,
    erasing_said,
    listed,
    refuse_unless,
    refuse_unreadable,
)
from tools.desk.campaigns import SECTION
from tools.every8d.texts import send_time
from tools.operation import Audience, OwnAction, Preview, Risk, Steps, Surroundings
from tools.problems import Problem, RefusedError
from tools.sentence import sentence, together
from tools.taipei import plain_minute
from tools.values import TimeArgument

_NOTHING = sentence("Nothing was moved.")


class MoveCampaignParams(CampaignStepParams):
    """Which campaign, and to when."""

    send_at: Annotated[TimeArgument, Field(description="New start, Taipei time.")]


def _new_time(params: MoveCampaignParams, _surroundings: Surroundings) -> Audience:
    return Audience(send_times=(params.send_at,))


def _preview(params: MoveCampaignParams, surroundings: Surroundings) -> Steps[Preview]:
    found = campaign_in(surroundings)
    if found.state == "running":
        raise _running(found, params.send_at, surroundings.now)
    refuse_unless(found, _NOTHING, "paused", "holding", "done")
    refuse_unreadable(found, _NOTHING)
    send_time(params.send_at, surroundings)
    some = found.to_erase(params.send_at)
    booked = sum(each.count for each in some)
    kept = sum(each.is_at(params.send_at) for each in found.bookings)
    if not (found.waiting or booked or found.untimed):
        raise _refused(sentence("Nothing of it is still ahead."), sentence("Plan another campaign."))
    if len(found.bookings) > len(some) + kept:
        raise _refused(
            "It has more booked parts than one question can move, or such as nobody knows the end of.",
            "Settle those with reconcile_action, or end it with cancel_campaign and plan another one.",
        )
    yield from ()
    return Preview(
        effect=sentence("Move a campaign to another time"),
        nothing=_NOTHING,
        target=found.id,
        recipients=found.waiting + booked + found.untimed,
        send_at=params.send_at,
        text=found.text,
        warnings=(*_said(found), *erasing_said(found, some, kept=kept)),
        state={"plan": found.digest},
        details={"name": found.name, "status": found.reason or found.state, **listed(some)},
    )


def _said(found: CampaignFacts) -> tuple[str, ...]:
    said: list[str] = [
        sentence("It goes on at the new time. A part whose erasing fails or is unknown keeps its old one."),
    ]
    if found.untimed:
        said.append(
            sentence(
                "{count} whose bookings were erased already are booked anew, for {points} points.",
                count=f"{found.untimed:,}",
                points=f"{found.untimed_points}",
            )
        )
    if found.first_at is not None:
        said.append(sentence("It was to begin at {when}.", when=plain_minute(found.first_at)))
    return tuple(said)


def _running(found: CampaignFacts, wanted: datetime, now: datetime) -> RefusedError:
    """Who is the slower of two that move it hears which time holds."""
    said = [sentence("The campaign is running.")]
    if found.first_at is not None and found.first_at > now:
        said.append(sentence("It begins at {when}.", when=plain_minute(found.first_at)))
    if found.first_at == wanted:
        return _refused(together(*said), sentence("Nothing: that is the time that was asked for."))
    return _refused(together(*said), sentence("Stop it with pause_campaign, which is free; call again."))


def _refused(message: str, following: str) -> RefusedError:
    return RefusedError(Problem(code="state_changed", message=together(_NOTHING, message), next=following))


def _step(params: MoveCampaignParams) -> CampaignStep:
    at: datetime = params.send_at
    return CampaignStep(kind="move", campaign=params.campaign_id, at=at)


MOVE_CAMPAIGN = OwnAction(
    name="move_campaign",
    title="Move a campaign",
    description=(
        "Reschedule (postpone, push back) a campaign to another day or time; bookings are erased, "
        "booked anew. 改期、改到、延後活動。"
    ),
    toolset="desk",
    vendor=None,
    serves="every8d",
    section=SECTION,
    risk=Risk.SPEND,
    params=MoveCampaignParams,
    result=CampaignStepResult,
    always_typed=True,
    step=_step,
    preview=_preview,
    audience=_new_time,
)
