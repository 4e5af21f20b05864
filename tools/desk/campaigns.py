"""Campaigns from a list: listed, and paused at once. What lets sends go on is an action."""

from typing import Annotated

from pydantic import AfterValidator, Field

from tools.action_id import normalise_id
from tools.campaign_facts import SeenState
from tools.desk_operation import Desk, DeskOperation
from tools.every8d.paging import pages_of
from tools.operation import PagedParams, Params, Result, Risk
from tools.problems import Problem, RefusedError
from tools.sentence import sentence
from tools.values import IDENTIFIER, Minute, OutsideText, Points, Table

SECTION = sentence("ours: the campaigns")
CampaignId = Annotated[
    str,
    Field(max_length=32, description="Its short id."),
    AfterValidator(normalise_id),
    IDENTIFIER,
]


class CampaignParams(Params):
    """Which campaign."""

    campaign_id: CampaignId


class ListCampaignsParams(PagedParams):
    """A page."""


class CampaignRow(Result):
    """A campaign in a row."""

    campaign_id: str
    name: OutsideText
    state: SeenState
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
    description=(
        "List every campaign that we have, newest first: planned, running at the moment or over. 活動列"
        "表：現在有哪些、排了哪些行銷活動。"
    ),
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
    description="Pause (hold, stop for now) a campaign that is sending. 暫停活動、先停、緩一下。",
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
