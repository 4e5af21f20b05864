"""Campaigns from a list: planned, looked at, and stopped at once. What lets sends go on is an action."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from tools.action_id import normalise_id
from tools.campaign_desk import CampaignView, PlanAsked, PlanFigures
from tools.campaign_facts import CampaignState
from tools.cleaning import shortened
from tools.counting import many
from tools.desk.plan_warnings import plan_warnings
from tools.desk.read_list import Column
from tools.desk_operation import Desk, DeskOperation
from tools.every8d.paging import pages_of
from tools.every8d.texts import SendAt, Text
from tools.omis.report_target import MaybeReport
from tools.operation import PagedParams, Params, Result, Risk
from tools.problems import Problem, RefusedError
from tools.sentence import sentence
from tools.taipei import iso
from tools.values import (
    CELLS,
    IDENTIFIER,
    NO_FLAG,
    Minute,
    OutsideText,
    Points,
    Table,
    TimeArgument,
    Timestamp,
)

SECTION = sentence("ours: the campaigns")
_NAMED = 5
"""Actions that are named one by one."""
_SHOWN = 120
"""Of each of the longest texts: a person sees them whole before the start."""
CampaignId = Annotated[
    str,
    Field(min_length=1, max_length=32, description="As 7KQ2-M9XD."),
    AfterValidator(normalise_id),
    IDENTIFIER,
]


def _number_or_share(given: object) -> object:
    """A number is meant as it would be written."""
    return str(given) if isinstance(given, int) and not isinstance(given, bool) else given


class PlanCampaignParams(Params):
    """What to plan."""

    name: Annotated[str, Field(min_length=1, max_length=40, description="Note; never sent.")]
    list: Annotated[
        str,
        Field(
            min_length=1, max_length=120, description="File, or failed: or no_reply: of a batch, campaign."
        ),
    ]
    text: Text
    sheet: Annotated[Column, Field(description="Sheet name.")] = ""
    hidden: Annotated[Literal["", "include", "leave_out"], Field(description="Hidden rows; empty: asks.")] = (
        ""
    )
    mobile: Annotated[str, Field(max_length=60, description="Phone column; empty: found.")] = ""
    not_opened: Annotated[
        MaybeReport, Field(description="OMIS report or job:5508; who opened it gets none.")
    ] = ""
    consent: Annotated[str, Field(max_length=60, description="Column that must say yes.")] = ""
    send_at: SendAt = None
    per_hour: Annotated[int, Field(ge=0, le=1_000_000, description="Pace; 0: all at once."), NO_FLAG] = 0
    not_between: Annotated[str, Field(max_length=20, description="Pause of the day, 12:00-13:00.")] = ""
    done_by: Annotated[TimeArgument | None, Field(description="Latest end; absent: any.")] = None
    trial: Annotated[
        str, BeforeValidator(_number_or_share), Field(max_length=10, description="Go first: 100 or 2%.")
    ] = ""
    release: Annotated[
        str,
        Field(
            max_length=90,
            description="Rest follows if delivered>=95, failed<=2, opt_outs<=0, within=60m; empty: person.",
        ),
    ] = ""


class Segment(Result):
    """Recipients whose texts have so many parts."""

    parts: int
    recipients: int
    points: int


class CampaignPlan(Result):
    """A plan. Nothing was sent."""

    conclusion: str
    campaign_id: str
    recipients: int
    points: Points
    points_left: Points | None = None
    ends_at: Timestamp | None = None
    segments: Annotated[list[Segment], Table()]
    excluded: Mapping[str, int]
    longest: Annotated[list[OutsideText], CELLS]
    """The longest texts, each once; values masked."""
    cheaper: OutsideText | None = None
    """A wording that costs the longest a part less."""
    warnings: list[str]


async def _plan(params: PlanCampaignParams, desk: Desk) -> CampaignPlan:
    return plan_told(await plan_figures(params, desk))


async def plan_figures(params: PlanCampaignParams, desk: Desk) -> PlanFigures:
    """Plan it; nothing is sent."""
    return await desk.campaigns.plan(
        PlanAsked(
            name=params.name,
            list_name=params.list,
            sheet=params.sheet,
            hidden=params.hidden,
            not_opened=params.not_opened,
            mobile=params.mobile,
            consent=params.consent,
            text=params.text,
            send_at=params.send_at,
            per_hour=params.per_hour,
            not_between=params.not_between,
            done_by=params.done_by,
            trial=params.trial,
            release=params.release,
        )
    )


def plan_told(found: PlanFigures) -> CampaignPlan:
    """What a caller hears of a plan."""
    return CampaignPlan(
        conclusion=_planned(found),
        campaign_id=found.id,
        recipients=found.recipients,
        points=found.points,
        points_left=found.points_left,
        ends_at=found.ends_at,
        segments=[Segment(parts=parts, recipients=who, points=cost) for parts, who, cost in found.segments],
        excluded=dict(found.excluded),
        longest=_longest(found),
        cheaper=found.cheaper or None,
        warnings=plan_warnings(found),
    )


def _planned(found: PlanFigures) -> str:
    return (
        f"Planned, nothing sent: {many(found.recipients, 'recipient')}, {found.points} points. "
        f"start_campaign asks a person; the plan waits for a day."
    )


def _longest(found: PlanFigures) -> list[str]:
    """Each once, and no more of it than tells them apart."""
    return [shortened(text, _SHOWN) for text in dict.fromkeys(found.longest)]


PLAN_CAMPAIGN = DeskOperation(
    name="plan_campaign",
    title="Plan a campaign",
    description=(
        "Plan a campaign from a list, {column} filled in: cleaned, priced, not started. "
        "規劃名單群發、行銷活動、帶入欄位。"
    ),
    toolset="desk",
    vendor=None,
    serves="every8d",
    section=SECTION,
    risk=Risk.CHANGE,
    params=PlanCampaignParams,
    result=CampaignPlan,
    run=_plan,
)


class CampaignParams(Params):
    """Which campaign."""

    campaign_id: CampaignId


class CampaignStatusParams(CampaignParams):
    """Which campaign, and when to answer."""

    wait: Annotated[bool, Field(description="Answer once it does not run, or after 40 s.")] = False


class CampaignStatus(Result):
    """How far a campaign is, in recipients."""

    conclusion: str
    campaign_id: str
    name: OutsideText
    state: CampaignState
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
    of = f"{found.sent} of {found.recipients} were given to the vendor"
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
    return " ".join(filter(None, (_undo(found), _settled_first(found), _next_step(found))))


def _undo(found: CampaignView) -> str:
    until = found.undo_until
    return "" if until is None else f"cancel_campaign takes all of it back until {iso(until)}."


def _settled_first(found: CampaignView) -> str:
    """What to do for those whose bookings were erased, or may have been."""
    said: list[str] = []
    if found.in_doubt:
        ids = found.in_doubt[:_NAMED]
        more = f" and {len(found.in_doubt) - len(ids)} more" if len(found.in_doubt) > len(ids) else ""
        said.append(f"reconcile_action for {', '.join(ids)}{more}: nobody knows whether these were erased.")
    if found.untimed:
        said.append("move_campaign (another request_id) books who has no time anew, resume_campaign not.")
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
            return "resume_campaign or cancel_campaign asks a person."
        case _:
            doubt = "reconcile_action for its sends of unknown outcome (list_actions, state unknown); "
            return f"{doubt if found.unknown else ''}summarize_delivery tells what arrived."


GET_CAMPAIGN = DeskOperation(
    name="get_campaign",
    title="How far a campaign is",
    description="How far a campaign is and what follows. 活動進度。",
    toolset="desk",
    vendor=None,
    serves="every8d",
    section=SECTION,
    risk=Risk.READ,
    params=CampaignStatusParams,
    result=CampaignStatus,
    run=_get,
)


class ListCampaignsParams(PagedParams):
    """A page."""


class CampaignRow(Result):
    """A campaign in a row."""

    campaign_id: str
    name: OutsideText
    state: CampaignState
    recipients: int
    points: Points
    planned_at: Minute


class CampaignsResult(Result):
    """One page of campaigns, newest first."""

    total: int
    page: int
    pages: int
    campaigns: Annotated[list[CampaignRow], Table()]


async def _list(params: ListCampaignsParams, desk: Desk) -> CampaignsResult:
    found, total = await desk.campaigns.page(params.page, params.page_size)
    rows = [
        CampaignRow(
            campaign_id=each.id,
            name=each.name,
            state=each.state,
            recipients=each.recipients,
            points=each.points,
            planned_at=each.created_at,
        )
        for each in found
    ]
    pages = pages_of(total, params.page_size)
    return CampaignsResult(total=total, page=params.page, pages=pages, campaigns=rows)


LIST_CAMPAIGNS = DeskOperation(
    name="list_campaigns",
    title="List campaigns",
    description="List campaigns, newest first: state, recipients, points. 活動列表。",
    toolset="desk",
    vendor=None,
    serves="every8d",
    section=SECTION,
    risk=Risk.READ,
    params=ListCampaignsParams,
    result=CampaignsResult,
    run=_list,
)


class PausedCampaign(Result):
    """What became of it."""

    conclusion: str
    campaign_id: str


async def _pause(params: CampaignParams, desk: Desk) -> PausedCampaign:
    if await desk.campaigns.pause(params.campaign_id):
        said = "Paused: nothing more of it is sent. What the vendor has already goes out."
    elif (found := await desk.campaigns.view(params.campaign_id)) is not None:
        said = f"Nothing was paused: it is {found.state}."
    else:
        raise no_such_campaign()
    return PausedCampaign(conclusion=said, campaign_id=params.campaign_id)


PAUSE_CAMPAIGN = DeskOperation(
    name="pause_campaign",
    title="Pause a campaign",
    description="Pause a campaign at once, free. 暫停活動。",
    toolset="desk",
    vendor=None,
    serves="every8d",
    section=SECTION,
    risk=Risk.CHANGE,
    params=CampaignParams,
    result=PausedCampaign,
    run=_pause,
)


def no_such_campaign() -> RefusedError:
    """There is none of this caller's."""
    return RefusedError(
        Problem(
            code="not_found",
            message=sentence("There is no such campaign."),
            next=sentence("Use list_campaigns to find the id."),
        )
    )


def plan_unreadable(nothing: str) -> Problem:
    """What the campaign would send cannot be read any more."""
    return Problem(
        code="state_changed",
        message=f"{nothing} The campaign's plan was damaged, or sealed with another key of the numbers.",
        next="End it with cancel_campaign, and plan another one.",
    )
