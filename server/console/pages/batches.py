"""What was sent, newest first."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.console.asked import ROWS, day_asked, page_asked
from server.console.shown import BATCH_STATES, minute
from server.console.site import Site, get
from server.console.undoing import Undo, undo_of
from server.gate.plain_looks import PlainLooks
from server.parts import Parts
from tools.desk.batches import LIST_BATCHES, BatchesResult


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
            undos=await _undos(site.parts, found.result),
        )

    return [get("/batches", show)]


async def _undos(parts: Parts, found: BatchesResult) -> dict[str, Undo]:
    """Those that are still ahead and were held, by their batch."""
    now = parts.context.clock()
    ahead = [each for each in found.batches if each.batch_id and each.send_at and each.send_at > now]
    undos = {each.batch_id or "": await undo_of(parts, each.batch_id or "") for each in ahead}
    return {batch_id: undo for batch_id, undo in undos.items() if undo is not None}
