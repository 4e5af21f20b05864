"""The first page: what waits for a person."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.console.site import Site, get


def routes(site: Site) -> list[Route]:
    """The page."""

    async def home(request: Request) -> Response:
        waiting = await site.parts.book.waiting()
        return await site.render(request, "home.html", waiting=len(waiting))

    return [get("/", home)]
