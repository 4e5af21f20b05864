"""What became of one batch: its chart, its codes, and the vendor asked anew."""

from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from server.call_time import timed_call
from server.console.acting import begin
from server.console.asked import field
from server.console.shown import minute
from server.console.site import Site, get, post
from server.console.undoing import undo_of
from server.gate.entries import words_of
from server.gate.plain_looks import Found, PlainLooks
from tools.desk.delivery_chart import delivery_chart
from tools.desk.insight import SUMMARIZE_DELIVERY, DeliverySummary
from tools.every8d.codes import read_status
from tools.every8d.undo import UNDO_SEND
from tools.sentence import of_text

_PATH = "/batches/{batch_id}"
_UNDO = "undo"
SVG = "image/svg+xml"


class BatchPage:
    """The page of one batch."""

    def __init__(self, site: Site) -> None:
        self._site = site

    async def show(self, request: Request) -> Response:
        """Its figures."""
        found = await self._found(request)
        entry = await self._site.parts.book.of_batch(request.path_params["batch_id"])
        return await self._site.render(
            request,
            "batch.html",
            id=request.path_params["batch_id"],
            words="" if entry is None else words_of(entry),
            action="" if entry is None else entry.id,
            found=found.facts,
            codes=[
                {**row, "meaning": _meaning(code.code, row["meaning"])}
                for row, code in zip(found.facts["codes"], found.result.codes, strict=True)
            ],
            minute=minute,
            undo=await undo_of(self._site.parts, request.path_params["batch_id"]),
        )

    async def chart(self, request: Request) -> Response:
        """The picture of them."""
        found = await self._found(request)
        drawn = delivery_chart(found.result, lambda said: self._site.say(request, said))
        return Response(drawn, media_type=SVG)

    async def ask(self, request: Request) -> Response:
        """Ask the vendor and show what it said, or take it back."""
        form = await self._site.form(request)
        path, batch = request.url.path, request.path_params["batch_id"]
        if field(form, "step") == _UNDO:
            return await begin(self._site, request, UNDO_SEND.name, path, batch_id=batch)
        with timed_call():
            await self._found(request, refresh=True)
        return RedirectResponse(path, status_code=303)

    async def _found(self, request: Request, **more: Any) -> Found[DeliverySummary]:
        looks = PlainLooks(self._site.parts.context, self._site.caller(request))
        return await looks.found(SUMMARIZE_DELIVERY, batch_id=request.path_params["batch_id"], **more)


def _meaning(code: int | None, said: str) -> str:
    """What a code says; without one, what is said of it in our words."""
    return of_text(said) if code is None else read_status(code).said


def routes(site: Site) -> list[Route]:
    """The page's addresses."""
    page = BatchPage(site)
    return [get(_PATH, page.show), get(_PATH + "/chart.svg", page.chart), post(_PATH, page.ask)]
