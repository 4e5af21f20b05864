"""A month's points: our ledger beside what the vendor charged."""

import re
from datetime import date, timedelta

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.console.pages.batch import SVG
from server.console.points_card import points_card
from server.console.site import Site, get
from server.gate.plain_looks import Found, PlainLooks
from tools.desk.statement import GET_POINTS_STATEMENT, PointsStatement
from tools.desk.statement_chart import statement_chart
from tools.taipei import as_taipei

_MONTH = re.compile("2[0-9]{3}-(?:0[1-9]|1[0-2])")


def routes(site: Site) -> list[Route]:
    """The page's addresses."""

    async def found(request: Request) -> Found[PointsStatement]:
        asked = request.query_params.get("month", "")
        looks = PlainLooks(site.parts.context, site.caller(request))
        return await looks.found(GET_POINTS_STATEMENT, month=asked if _MONTH.fullmatch(asked) else "")

    async def show(request: Request) -> Response:
        statement = (await found(request)).result
        return await site.render(
            request,
            "points.html",
            card=points_card(statement),
            month=statement.month,
            before=_month_before(statement.month),
            after=_month_after(statement.month, as_taipei(site.parts.context.clock()).date()),
        )

    async def chart(request: Request) -> Response:
        drawn = statement_chart((await found(request)).result, lambda said: site.say(request, said))
        return Response(drawn, media_type=SVG)

    return [get("/points", show), get("/points/chart.svg", chart)]


def _month_before(month: str) -> str:
    return f"{date.fromisoformat(f'{month}-01') - timedelta(days=1):%Y-%m}"


def _month_after(month: str, today: date) -> str:
    """'' where it has not begun."""
    after = date.fromisoformat(f"{month}-28") + timedelta(days=7)
    return f"{after:%Y-%m}" if after.replace(day=1) <= today else ""
