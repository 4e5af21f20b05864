"""What people answered, and who asked for nothing more: a person blocks them here."""

import re

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from server.batches.opt_outs import WHY
from server.call_time import timed_call
from server.console.acting import begin
from server.console.asked import field
from server.console.shown import minute, time_of
from server.console.site import Site, get, post
from server.gate.letting_go import let_go, waiting
from server.gate.plain_looks import PlainLooks
from server.logs.number_masking import mask_numbers
from server.store.opt_outs import OMIS, REPLY
from tools.cleaning import clean
from tools.desk.reply_summary import GET_REPLY_SUMMARY

_PATH = "/replies"
_WISHES, _SHOWN = 25, 80
"""How many who opted out are shown one by one, and how much of what each said."""
_BATCH = re.compile("[0-9A-Fa-f-]{36}")


class RepliesPage:
    """The inbox."""

    def __init__(self, site: Site) -> None:
        self._site = site

    async def show(self, request: Request) -> Response:
        """The replies to one batch, or to all of 30 days."""
        batch = _batch(request.query_params.get("batch", ""))
        found = await self._looks(request).found(GET_REPLY_SUMMARY, batch_id=batch or None)
        senders = [each.mobile for each in found.result.latest]
        blocked = await self._site.parts.book.blocked(senders)
        return await self._site.render(
            request,
            "replies.html",
            found=found.facts,
            blocked=[sender in blocked for sender in senders],
            batch=batch,
            wishes=await self._wishes(request, batch),
            minute=minute,
        )

    async def _wishes(self, request: Request, batch: str) -> list[dict[str, str]]:
        context = self._site.parts.context
        found = await waiting(context, self._site.caller(request), batch, _WISHES)
        return [
            {
                "number": each.number,
                "who": f"{each.masked} · {time_of(each.at)}",
                "said": mask_numbers(clean(each.words, limit=_SHOWN)) if each.source == REPLY else WHY[OMIS],
            }
            for each in found
        ]

    async def let_go(self, request: Request) -> Response:
        """Somebody did not mean it."""
        form = await self._site.form(request)
        batch = _batch(field(form, "batch"))
        await let_go(self._site.parts.context, self._site.caller(request), field(form, "number"))
        return RedirectResponse(f"{_PATH}?batch={batch}" if batch else _PATH, status_code=303)

    async def block(self, request: Request) -> Response:
        """Block whoever opted out, or the sender of one reply."""
        form = await self._site.form(request)
        batch, reply = _batch(field(form, "batch")), field(form, "reply")
        back = f"{_PATH}?batch={batch}" if batch else _PATH
        if reply:
            return await begin(self._site, request, "block_number", back, senders_of=[reply])
        return await begin(self._site, request, "block_number", back, opt_outs_of=batch or "all")

    async def ask(self, request: Request) -> Response:
        """Ask the vendor for replies."""
        form = await self._site.form(request)
        batch = _batch(field(form, "batch"))
        with timed_call():
            await self._looks(request).found(GET_REPLY_SUMMARY, batch_id=batch or None, refresh=True)
        return RedirectResponse(f"{_PATH}?batch={batch}" if batch else _PATH, status_code=303)

    def _looks(self, request: Request) -> PlainLooks:
        return PlainLooks(self._site.parts.context, self._site.caller(request))


def routes(site: Site) -> list[Route]:
    """The page's addresses."""
    page = RepliesPage(site)
    return [
        get(_PATH, page.show),
        post(f"{_PATH}/block", page.block),
        post(f"{_PATH}/let-go", page.let_go),
        post(f"{_PATH}/refresh", page.ask),
    ]


def _batch(written: str) -> str:
    return written if _BATCH.fullmatch(written) else ""
