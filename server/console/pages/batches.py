"""What was sent, newest first."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.console.asked import ROWS, day_asked, page_asked
from server.console.shown import BATCH_STATES, minute
from server.console.site import Site, get
from server.gate.plain_looks import PlainLooks
from tools.desk.batches import LIST_BATCHES


def routes(site: Site) -> list[Route]:
    """The page."""

    async def show(request: Request) -> Response:
        day = day_asked(request, "day")
        state = request.query_params.get("state", "")
        state = state if state in BATCH_STATES else ""
        looks = PlainLooks(site.parts.context, site.caller(request))
        found = await looks.found(
            LIST_BATCHES, day=day or None, state=state or None, page=page_asked(request), page_size=ROWS
        )
        return await site.render(
            request,
            "batches.html",
            found=found.facts,
            states=BATCH_STATES,
            minute=minute,
            day=day,
            state=state,
            query=f"&day={day}&state={state}",
        )

    return [get("/batches", show)]
