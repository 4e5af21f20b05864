"""The first page: what is under way, what waits, what went out since yesterday, and the points left."""

from collections.abc import Sequence

import anyio
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.console.brief_card import brief_of
from server.console.site import Site, get
from server.console.under_way_card import under_way_card
from server.gate.plain_looks import PlainLooks
from tools.brief_desk import Left, Morning
from tools.campaign_desk import CampaignView
from tools.desk.brief import GET_MORNING_BRIEF, MorningBriefParams
from tools.desk_operation import Desk

_MOST_CAMPAIGNS = 5
"""That are named."""
_VENDOR_SECONDS = 3.0
"""The page does not wait longer for the points that are left."""


def routes(site: Site) -> list[Route]:
    """The page."""

    async def home(request: Request) -> Response:
        looks = PlainLooks(site.parts.context, site.caller(request))
        morning, left, views = await looks.figures(GET_MORNING_BRIEF, _figures)
        return await site.render(
            request,
            "home.html",
            brief=brief_of(morning, left),
            under_way=[under_way_card(each) for each in views[:_MOST_CAMPAIGNS]],
            more=len(views) > _MOST_CAMPAIGNS,
        )

    return [get("/", home)]


async def _figures(_: MorningBriefParams, desk: Desk) -> tuple[Morning, Left, Sequence[CampaignView]]:
    morning, left = await desk.brief.morning(), Left(points=None, configured=True)
    views = await desk.campaigns.under_way(_MOST_CAMPAIGNS + 1)
    with anyio.move_on_after(_VENDOR_SECONDS):
        left = await desk.brief.left()
    return morning, left, views
