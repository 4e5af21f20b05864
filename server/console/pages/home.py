"""The first page: what waits, what went out since yesterday, and the points left."""

import anyio
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.console.brief_card import brief_of
from server.console.site import Site, get
from server.gate.plain_looks import PlainLooks
from tools.brief_desk import Left, Morning
from tools.desk.brief import GET_MORNING_BRIEF, MorningBriefParams
from tools.desk_operation import Desk

_VENDOR_SECONDS = 3.0
"""The page does not wait longer for the points that are left."""


def routes(site: Site) -> list[Route]:
    """The page."""

    async def home(request: Request) -> Response:
        looks = PlainLooks(site.parts.context, site.caller(request))
        morning, left = await looks.figures(GET_MORNING_BRIEF, _figures)
        return await site.render(request, "home.html", brief=brief_of(morning, left))

    return [get("/", home)]


async def _figures(_: MorningBriefParams, desk: Desk) -> tuple[Morning, Left]:
    morning, left = await desk.brief.morning(), Left(points=None, configured=True)
    with anyio.move_on_after(_VENDOR_SECONDS):
        left = await desk.brief.left()
    return morning, left
