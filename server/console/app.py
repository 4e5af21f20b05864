"""The pages put together."""

import logging
from collections.abc import Awaitable, Callable

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp

from server.console import files
from server.console.door import Door
from server.console.pages import (
    approval,
    approvals,
    batch,
    batches,
    campaign,
    campaigns,
    dead_numbers,
    decisions,
    entering,
    events,
    home,
    lists,
    passkeys,
    points,
    replies,
    rules,
)
from server.console.signed_in import SignedIn
from server.console.site import NotTakenError, Site
from server.parts import Parts
from server.settings.page_address import Address
from server.store.errors import StoreUnavailableError
from tools.problems import Problem, RefusedError

_log = logging.getLogger(__name__)
_ROOMS = (
    *(entering, home, approvals, approval, decisions),
    *(campaigns, campaign, lists, batches, batch, replies, points, dead_numbers, rules),
    *(passkeys, events),
)
Handler = Callable[[Request, Exception], Awaitable[Response]]


def console_app(parts: Parts, address: Address) -> ASGIApp:
    """All pages, behind the door and the sign-in."""
    site = Site(parts, address)
    routes = [files.ROUTE, *(route for room in _ROOMS for route in room.routes(site))]
    pages = Starlette(routes=routes, exception_handlers=_handlers(site))
    return Door(SignedIn(pages, site), site)


def _handlers(site: Site) -> dict[int | type[Exception], Handler]:
    async def missing(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 404
        return await site.render(request, "missing.html", status=status)

    async def not_taken(request: Request, error: Exception) -> Response:
        typed = error.typed if isinstance(error, NotTakenError) else ()
        return await site.render(request, "not_taken.html", status=403, typed=typed)

    async def away(request: Request, _: Exception) -> Response:
        return await site.render(request, "store_away.html", status=503)

    async def refused(request: Request, error: Exception) -> Response:
        problem: Problem | None = error.problem if isinstance(error, RefusedError) else None
        status = 404 if problem is not None and problem.code == "not_found" else 409
        return await site.render(request, "refused.html", status=status, problem=problem)

    async def broken(request: Request, error: Exception) -> Response:
        _log.error("a page failed", exc_info=error)
        return await site.render(request, "broken.html", status=500)

    return {
        HTTPException: missing,
        NotTakenError: not_taken,
        StoreUnavailableError: away,
        RefusedError: refused,
        Exception: broken,
    }
