"""Numbers that no text reaches any more."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.console.asked import ROWS, page_asked
from server.console.shown import minute
from server.console.site import Site, get
from server.gate.plain_looks import PlainLooks
from tools.desk.dead_numbers import LIST_DEAD_NUMBERS
from tools.every8d.codes import read_status


def routes(site: Site) -> list[Route]:
    """The page."""

    async def show(request: Request) -> Response:
        looks = PlainLooks(site.parts.context, site.caller(request))
        found = await looks.found(LIST_DEAD_NUMBERS, page=page_asked(request), page_size=ROWS)
        why = [read_status(each.code).said for each in found.result.numbers]
        rows = [*zip(found.facts["numbers"], why, strict=True)]
        return await site.render(request, "dead_numbers.html", found=found.facts, rows=rows, minute=minute)

    return [get("/dead-numbers", show)]
