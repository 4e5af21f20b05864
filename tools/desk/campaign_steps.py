"""What lets a campaign's sends go on, or ends them: a person agrees to each."""

from collections.abc import Generator, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from tools.campaign_facts import CampaignBooking, CampaignFacts, CampaignState, CampaignStep, SeenState
from tools.campaigns.pace import AT_ONCE_AT_NIGHT, is_night
from tools.campaigns.wording import around_columns
from tools.desk.campaigns import SECTION, CampaignId, plan_unreadable
from tools.every8d.cautions import text_cautions
from tools.every8d.credit import credit_steps
from tools.operation import Audience, OwnAction, Preview, Result, Risk, RiskyParams, Steps, Surroundings
from tools.problems import Problem, RefusedError
from tools.sentence import sentence, together
from tools.shown_text import with_fillings
from tools.taipei import plain_minute
from tools.values import Points, Timestamp

_LISTED = 50
"""Bookings that are listed one by one: nobody reads a longer list."""
_NOTHING_SENT = sentence("Nothing was sent.")
STATES: Mapping[SeenState, str] = {
    "planned": sentence("planned"),
    "running": sentence("running"),
    "holding": sentence("holding"),
    "paused": sentence("paused"),
    "booked": sentence("booked at the vendor"),
    "done": sentence("done"),
    "cancelled": sentence("cancelled"),
}
_STANDING: tuple[CampaignState, ...] = ("paused", "holding")


class CampaignStepParams(RiskyParams):
    """Which campaign."""

    campaign_id: CampaignId


class CampaignStepResult(Result):
    """What became of it."""

    campaign_id: str
    state: CampaignState
    recipients: int
    """That it is about."""
    points_returned: Points | None = None
    """Of what was erased at the vendor."""
    undo_until: Timestamp | None = None
    """Until when cancel_campaign takes all of it back."""
    note: str


def campaign_in(surroundings: Surroundings) -> CampaignFacts:
    """The campaign that a step is about."""
    if surroundings.campaign is None:
        raise TypeError("the campaign was not looked up")
    return surroundings.campaign


def _times(_params: CampaignStepParams, surroundings: Surroundings) -> Audience:
    found = campaign_in(surroundings)
    return Audience(send_times=tuple(dict.fromkeys((found.first_at, found.last_at))))


def refuse_unless(found: CampaignFacts, nothing: str, *states: CampaignState) -> None:
    """Refuse a step that this state does not allow.

    Raises:
        RefusedError: it is in another one.
    """
    if found.state not in states:
        said = sentence("The campaign is {state}.", state=STATES[found.seen])
        raise RefusedError(_in_another_state(nothing, said))


def _refuse_begun(found: CampaignFacts) -> None:
    """Refuse a second start.

    Raises:
        RefusedError: another one was faster.
    """
    if found.is_begun:
        said = sentence("The campaign was started already: it is {state}.", state=STATES[found.seen])
        raise RefusedError(_in_another_state(_NOTHING_SENT, said))


def _in_another_state(nothing: str, said: str) -> Problem:
    return Problem(
        code="state_changed",
        message=together(nothing, said),
        next=sentence("Look at it with get_campaign."),
    )


def refuse_unreadable(found: CampaignFacts, nothing: str) -> None:
    """Refuse a step that sends on a plan that was damaged.

    Raises:
        RefusedError: nobody can tell what it would send.
    """
    if not found.is_readable:
        raise RefusedError(plan_unreadable(nothing))


def _preview_start(_params: CampaignStepParams, surroundings: Surroundings) -> Steps[Preview]:
    found = campaign_in(surroundings)
    _refuse_begun(found)
    refuse_unless(found, _NOTHING_SENT, "planned")
    refuse_unreadable(found, _NOTHING_SENT)
    if found.list_changed:
        raise RefusedError(
            Problem(
                code="state_changed",
                message=together(
                    _NOTHING_SENT, sentence("The list's file was changed or moved since the plan.")
                ),
                next=sentence("Plan the campaign again."),
            )
        )
    return (
        yield from _spending(
            found, sentence("Start a campaign"), found.recipients, found.points, surroundings.now
        )
    )


def _preview_resume(_params: CampaignStepParams, surroundings: Surroundings) -> Steps[Preview]:
    found = campaign_in(surroundings)
    refuse_unless(found, sentence("Nothing was resumed."), *_STANDING)
    refuse_unreadable(found, sentence("Nothing was resumed."))
    if found.last_at is not None and found.last_at <= surroundings.now:
        raise RefusedError(
            Problem(
                code="state_changed",
                message=together(
                    _NOTHING_SENT, sentence("The campaign's last send time has passed, for every part.")
                ),
                next=sentence("End it with cancel_campaign, and plan another one for who is left."),
            )
        )
    return (
        yield from _spending(
            found, sentence("Resume a campaign"), found.waiting, found.waiting_points, surroundings.now
        )
    )


def _spending(
    found: CampaignFacts, effect: str, recipients: int, points: Decimal, now: datetime
) -> Generator[Any, Any, Preview]:
    credit = yield from credit_steps()
    if credit < points:
        raise RefusedError(
            Problem(
                code="not_enough_credit",
                message=together(
                    sentence(
                        "Points needed: {points}, points left: {left}.", points=str(points), left=str(credit)
                    ),
                    _NOTHING_SENT,
                ),
                next=sentence("Top up the account, or plan fewer recipients."),
            )
        )
    return Preview(
        effect=effect,
        nothing=_NOTHING_SENT,
        recipients=recipients,
        parts=found.parts,
        points=points,
        estimate=found.estimate,
        credit=credit,
        points_left=credit - points,
        send_at=found.first_at,
        text=with_fillings(found.text, found.longest),
        warnings=(*_said(found, now), *text_cautions([around_columns(found.text)])),
        state={"plan": found.digest, "status": found.state},
        details={"name": found.name, **({"status": found.reason} if found.reason else {})},
    )


def _said(found: CampaignFacts, now: datetime) -> tuple[str, ...]:
    said: list[str] = []
    if found.again_of:
        id_ = found.again_of
        said.append(sentence("A retry of campaign {id}, for those alone whom it failed to reach.", id=id_))
    if found.at_once and is_night(now):
        said.append(AT_ONCE_AT_NIGHT)
    if found.past_lost:
        said.append(
            sentence(
                "The store's past was lost: parts of this campaign may have been sent already, and would be "
                "sent again. Look at the vendor's own list before you agree."
            )
        )
    if found.untimed:
        said.append(
            sentence(
                "{count} whose bookings were erased get nothing by this: move_campaign books them anew.",
                count=f"{found.untimed:,}",
            )
        )
    if found.trial and not found.released and found.state != "holding":
        said.append(_first_ones(found))
    if found.last_at is not None and found.last_at != found.first_at:
        said.append(sentence("The last one goes out at {when}.", when=plain_minute(found.last_at)))
    if found.state == "planned":
        said.extend(_of_plan(found))
    if found.texted:
        said.append(sentence("{count} had this text within 24 hours: they are left out.", count=found.texted))
    if found.abroad:
        said.append(sentence("{count} numbers are abroad: three times the price.", count=found.abroad))
    return tuple(said)


def _of_plan(found: CampaignFacts) -> Iterator[str]:
    """What the plan warned of, and a person may not have read."""
    if found.at_once and found.quiet:
        span = found.quiet
        yield sentence("It goes out when it is started, and not from {span} (quiet hours).", span=span)
    if found.at_night:
        yield sentence("Between 21:00 and 08:00 go out: {count}.", count=f"{found.at_night:,}")
    if found.often:
        yield sentence("For {count} it is at least the third text within 7 days.", count=found.often)


def _first_ones(found: CampaignFacts) -> str:
    if found.release is None:
        return sentence(
            "{count} go first; a person releases the rest after their delivery.", count=found.trial
        )
    return together(sentence("{count} go first.", count=found.trial), found.release)


def _preview_cancel(_params: CampaignStepParams, surroundings: Surroundings) -> Steps[Preview]:
    found = campaign_in(surroundings)
    some = found.to_erase()
    over: tuple[CampaignState, ...] = ("done", "cancelled") if some or found.untimed else ()
    refuse_unless(found, sentence("Nothing was cancelled."), "planned", "running", *_STANDING, *over)
    yield from ()
    return Preview(
        effect=sentence("Cancel a campaign for good"),
        nothing=sentence("Nothing was cancelled."),
        target=found.id,
        destroyed=found.waiting + sum(each.count for each in some) or None,
        of_people=True,
        warnings=(*_held_said(found), *erasing_said(found, some)),
        state={"plan": found.digest},
        details={"name": found.name, "status": found.state, **listed(some)},
    )


def _held_said(found: CampaignFacts) -> Iterator[str]:
    """What happens to it until this is answered."""
    if found.state == "running":
        yield sentence("Nothing more of it is sent until this is answered; a no lets it go on.")
    if found.sending:
        yield sentence(
            "{count} are being sent at this moment: this does not erase them.", count=f"{found.sending:,}"
        )


def erasing_said(found: CampaignFacts, some: Sequence[CampaignBooking], *, kept: int = 0) -> tuple[str, ...]:
    """What a person has to know of the bookings that are erased, beside those that are kept."""
    said: list[str] = []
    if some:
        said.append(sentence("Each is erased for good; what is booked after this question is not in it."))
    if back := sum(each.points for each in some):
        said.append(sentence("Points that come back: about {points}.", points=f"{back}"))
    if lost := sum(not each.batch_id for each in found.bookings):
        said.append(
            sentence(
                "{count} more parts may be booked; nobody knows, and this cannot erase them.", count=lost
            )
        )
    if more := len(found.bookings) - lost - kept - len(some):
        said.append(
            sentence(
                "These are the next {count}; {more} more need another question.", count=len(some), more=more
            )
        )
    return tuple(said)


def listed(some: Sequence[CampaignBooking]) -> dict[str, str]:
    """Each booking that is erased, told apart by its number; of very many the last ones together."""
    said = {_when(number, each): each.batch_id for number, each in enumerate(some[:_LISTED], start=1)}
    if rest := some[_LISTED:]:
        said[f"{_LISTED + 1}.-{len(some)}. × {sum(each.count for each in rest):,}"] = "…"
    return said


def _when(number: int, each: CampaignBooking) -> str:
    at = "" if each.at is None else f" {plain_minute(each.at)}"
    return f"{number}.{at} × {each.count:,}"


START_CAMPAIGN = OwnAction(
    name="start_campaign",
    title="Start a campaign",
    description=(
        "Start sending a planned campaign (launch, begin, fire off, send it out); a person agrees to "
        "its plan. Costs points. 開始、開跑、啟動活動。"
    ),
    toolset="desk",
    vendor=None,
    serves="every8d",
    section=SECTION,
    risk=Risk.SPEND,
    params=CampaignStepParams,
    result=CampaignStepResult,
    always_typed=True,
    step=lambda params: CampaignStep(kind="start", campaign=params.campaign_id),
    preview=_preview_start,
    audience=_times,
)
RESUME_CAMPAIGN = OwnAction(
    name="resume_campaign",
    title="Resume a campaign",
    description=(
        "Resume (continue, carry on with) a paused or holding campaign; releases the rest after a "
        "trial. 恢復、繼續活動，放行。"
    ),
    toolset="desk",
    vendor=None,
    serves="every8d",
    section=SECTION,
    risk=Risk.SPEND,
    params=CampaignStepParams,
    result=CampaignStepResult,
    step=lambda params: CampaignStep(kind="resume", campaign=params.campaign_id),
    preview=_preview_resume,
    audience=_times,
)
CANCEL_CAMPAIGN = OwnAction(
    name="cancel_campaign",
    title="Cancel a campaign",
    description=(
        "Cancel (call off, drop) a campaign for good: the rest stays unsent, its bookings are erased. "
        "取消整個活動，不做了，其餘不發。"
    ),
    toolset="desk",
    vendor=None,
    serves="every8d",
    section=SECTION,
    risk=Risk.DESTROY,
    params=CampaignStepParams,
    result=CampaignStepResult,
    step=lambda params: CampaignStep(kind="cancel", campaign=params.campaign_id),
    preview=_preview_cancel,
)
