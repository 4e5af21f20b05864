"""A campaign from a list is planned: cleaned, priced, and nothing of it sent."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from tools.campaign_desk import PlanAsked, PlanFigures
from tools.cleaning import shortened
from tools.counting import many
from tools.desk.campaigns import SECTION
from tools.desk.list_arguments import named_as
from tools.desk.plan_warnings import plan_warnings
from tools.desk.read_list import Column
from tools.desk_operation import Desk, DeskOperation
from tools.every8d.texts import SendAt, Text
from tools.omis.report_target import MaybeReport
from tools.operation import Params, Result, Risk
from tools.problems import InvalidArgumentError
from tools.values import CELLS, NO_FLAG, OutsideText, Points, Table, TimeArgument, Timestamp

_SHOWN = 120
"""Of each of the longest texts: a person sees them whole before the start."""


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
    try:
        return await desk.campaigns.plan(_asked(params))
    except InvalidArgumentError as error:
        raise named_as(error, file="list", fields="text") from None


def _asked(params: PlanCampaignParams) -> PlanAsked:
    return PlanAsked(
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
        "Plan (set up) a campaign (promo) to a list (CSV, XLSX), {column} filled in: cleaned, priced, "
        "not started. 規劃、排一個活動：發給名單，還不要發。"
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
