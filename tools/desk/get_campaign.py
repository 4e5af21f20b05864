"""How far a campaign is, and what follows."""

from typing import Annotated

from pydantic import Field

from tools.campaign_desk import CampaignView
from tools.campaign_facts import SeenState
from tools.counting import many
from tools.desk.campaigns import SECTION, CampaignParams, no_such_campaign
from tools.desk_operation import Desk, DeskOperation
from tools.operation import Result, Risk
from tools.taipei import iso
from tools.values import OutsideText, Points, Timestamp

_NAMED = 2
"""Actions that are named one by one."""


class CampaignStatusParams(CampaignParams):
    """Which campaign, and when to answer."""

    wait: Annotated[bool, Field(description="Answer once it does not run, or after 40 s.")] = False


class CampaignStatus(Result):
    """How far a campaign is, in recipients."""

    conclusion: str
    campaign_id: str
    name: OutsideText
    state: SeenState
    recipients: int
    waiting: int
    sending: int
    sent: int
    unknown: int
    failed: int
    left_out: int
    delivered: int
    not_delivered: int
    points: Points
    started_at: Timestamp | None = None
    ends_at: Timestamp | None = None
    next: str


async def _get(params: CampaignStatusParams, desk: Desk) -> CampaignStatus:
    if params.wait:
        found = await desk.campaigns.settled(params.campaign_id, _so_far)
    else:
        found = await desk.campaigns.view(params.campaign_id)
    if found is None:
        raise no_such_campaign()
    return status_of(found)


def status_of(found: CampaignView) -> CampaignStatus:
    """What a caller hears of a campaign."""
    return CampaignStatus(
        conclusion=_conclusion(found),
        campaign_id=found.id,
        name=found.name,
        state=found.state,
        recipients=found.recipients,
        waiting=found.waiting,
        sending=found.sending,
        sent=found.sent,
        unknown=found.unknown,
        failed=found.failed,
        left_out=found.left_out,
        delivered=found.delivered,
        not_delivered=found.not_delivered,
        points=found.spent,
        started_at=found.started_at,
        ends_at=found.ends_at,
        next=_following(found),
    )


def _so_far(found: CampaignView | None) -> str:
    return "" if found is None else f"Given to the vendor: {found.sent} of {found.recipients}."


def _conclusion(found: CampaignView) -> str:
    if found.state == "planned":
        return f"Planned: {many(found.recipients, 'recipient')}, {found.points} points. Nothing was sent."
    # What is being sent at this moment is booked as well, perhaps.
    booked = min(found.booked, found.sent)
    ahead = f" ({booked} still to go out)" if booked else ""
    of = f"{found.sent} of {found.recipients} were given to the vendor{ahead}"
    doubt = f", {found.unknown} may have been" if found.unknown else ""
    why = f" ({found.reason})" if found.reason else ""
    ended = found.cancelled - found.untimed
    not_sent = f", {ended} are not sent" if ended else ""
    return f"It is {found.state}{why}: {of}{doubt}, {found.delivered} have it{not_sent}.{_untimed(found)}"


def _untimed(found: CampaignView) -> str:
    """Whose bookings were erased, and who has no other time yet."""
    if not found.untimed:
        return ""
    parts = many(found.untimed_parts, "part")
    return f" {many(found.untimed, 'recipient')} in {parts} have no time: their bookings were erased."


def _following(found: CampaignView) -> str:
    return " ".join(filter(None, (_undo(found), _watched(found), _settled_first(found), _next_step(found))))


def _undo(found: CampaignView) -> str:
    until = found.undo_until
    return "" if until is None else f"cancel_campaign takes all of it back until {iso(until)}."


def _watched(found: CampaignView) -> str:
    until = found.watched_until
    return "" if until is None else f"Its trial is watched until {iso(until)}."


def _settled_first(found: CampaignView) -> str:
    """What to do for those whose bookings were erased, or may have been."""
    said: list[str] = []
    if found.in_doubt:
        ids = found.in_doubt[:_NAMED]
        more = f" and {len(found.in_doubt) - len(ids)} more" if len(found.in_doubt) > len(ids) else ""
        said.append(f"reconcile_action for {', '.join(ids)}{more}: nobody knows whether these were erased.")
    if found.untimed:
        said.append("move_campaign (another request_id) gives them one, resume_campaign not.")
    return " ".join(said)


def _next_step(found: CampaignView) -> str:
    match found.state:
        case "planned":
            return "start_campaign asks a person."
        case "running" if found.held_by:
            return f"A person answers {found.held_by}: yes ends it; a no, or no answer, lets it go on."
        case "running":
            return "Nothing: it goes on by itself. pause_campaign stops it at once."
        case "paused" | "holding":
            return f"{_doubt(found)}resume_campaign or cancel_campaign asks a person."
        case _ if found.booked:
            return f"{_doubt(found)}{_ahead(found)}"
        case _ if found.sending:
            return f"{_doubt(found)}Look again in a moment: {found.sending} are being sent now."
        case "cancelled" if not (found.sent or found.unknown):
            return "Nothing: none of it goes out."
        case _:
            return f"{_doubt(found)}summarize_delivery (batch_id: {found.id}) tells what arrived."


def _ahead(found: CampaignView) -> str:
    if found.undo_until:
        return "It goes out by itself."
    until = "" if found.ends_at is None else f" until {iso(found.ends_at)}"
    return f"It goes out by itself{until}; before that cancel_campaign or move_campaign takes it back."


def _doubt(found: CampaignView) -> str:
    told = "reconcile_action for its unknown sends (list_actions); "
    return told if found.unknown else ""


GET_CAMPAIGN = DeskOperation(
    name="get_campaign",
    title="Campaign progress",
    description=(
        "Show a campaign's progress: how far it is, how many were sent, are left, why it was paused or "
        "cancelled. 活動進度：這檔活動發到哪裡、已經發給幾個人了、暫停還是取消、為什麼停了。"
    ),
    toolset="desk",
    vendor=None,
    serves="every8d",
    section=SECTION,
    risk=Risk.READ,
    params=CampaignStatusParams,
    result=CampaignStatus,
    run=_get,
)
