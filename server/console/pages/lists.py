"""Lists of recipients: uploaded here, and looked at row by row before anything is planned from them."""

from contextlib import aclosing

from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from server.call_time import timed_call
from server.campaigns.folder import lists_there
from server.campaigns.problems import more_bytes_than
from server.console.asked import field
from server.console.file_form import FileForm
from server.console.list_card import list_card
from server.console.shown import time_of
from server.console.site import FORM_TOKEN, NotTakenError, Site, get, post
from server.gate.list_intake import take_list
from server.gate.plain_looks import PlainLooks
from tools.desk.read_list import READ_LIST, ReadListParams
from tools.desk_operation import Desk
from tools.list_desk import ListAsked, ListFound
from tools.problems import RefusedError

_ENVELOPE_BYTES = 8 * 1024
"""What a form has besides its file."""


class ListsPage:
    """Uploading, and looking."""

    def __init__(self, site: Site) -> None:
        self._site = site

    async def show(self, request: Request) -> Response:
        """What is there, and the form for more."""
        return await self._lists(request)

    async def take(self, request: Request) -> Response:
        """Keep a list, and show it."""
        try:
            name = await self._taken(request)
        except RefusedError as refused:
            return await self._lists(request, refused)
        except ClientDisconnect:
            raise NotTakenError from None
        return RedirectResponse(f"/lists/{name}", status_code=303)

    async def one(self, request: Request) -> Response:
        """A list that was uploaded, by the name that it was given here."""
        return await self._card(request, request.path_params["name"])

    async def look(self, request: Request) -> Response:
        """Any list of the folder: its name is the person's own and stands in no URL."""
        return await self._card(request, field(await self._site.form(request), "list"))

    async def _taken(self, request: Request) -> str:
        parts = self._site.parts
        most, said = parts.settings.lists.max_bytes, request.headers.get("content-length", "")
        if said.isdigit() and int(said) > most + _ENVELOPE_BYTES:
            raise more_bytes_than(most)
        form = FileForm(request)
        await form.to_the_file()
        await self._site.check_token(request, form.fields.get(FORM_TOKEN, ""))
        async with aclosing(form.file()) as pieces:
            kept = await take_list(parts.context, parts.uploads, self._site.person(request), pieces)
        return kept.name

    async def _card(self, request: Request, name: str) -> Response:
        looks = PlainLooks(self._site.parts.context, self._site.caller(request))
        with timed_call():
            found = await looks.figures(READ_LIST, _read, file=name)
        show = self._site.parts.settings.privacy.show_numbers
        return await self._site.render(
            request, "list.html", name=name, card=list_card(found, show_numbers=show)
        )

    async def _lists(self, request: Request, refused: RefusedError | None = None) -> Response:
        parts = self._site.parts
        shelf = parts.context.owning.shelf_of(self._site.person(request)) or ""
        return await self._site.render(
            request,
            "lists.html",
            status=200 if refused is None else 409,
            problem=None if refused is None else refused.problem,
            lists=await lists_there(parts.settings, shelf),
            time_of=time_of,
        )


async def _read(params: ReadListParams, desk: Desk) -> ListFound:
    return await desk.lists.read(ListAsked(file=params.file))


def routes(site: Site) -> list[Route]:
    """The page's addresses."""
    page = ListsPage(site)
    return [
        get("/lists", page.show),
        post("/lists", page.take),
        post("/lists/look", page.look),
        # Where a choice of language leads back to.
        get("/lists/look", page.show),
        get("/lists/{name}", page.one),
    ]
