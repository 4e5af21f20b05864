"""Signing in with the terminal's link, signing out, and choosing a language."""

from datetime import timedelta

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from server.console.signed_in import with_session
from server.console.site import NotTakenError, Site, get, post
from server.console.words import LANGUAGE_COOKIE, LANGUAGES
from server.gate.rules.rate_limiter import RateLimiter

_TRIES_A_MINUTE = 20
_LANGUAGE_TIME = timedelta(days=365)
_LONGEST_NONCE = 64


class Entering:
    """The way in and out."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._tries = RateLimiter(_TRIES_A_MINUTE)

    async def ask(self, request: Request) -> Response:
        """A page with one button: what looks at links in advance does not use this one up."""
        return await self._site.render(request, "enter.html")

    async def enter(self, request: Request) -> Response:
        """Use the link up."""
        if not self._tries.spend("everybody", self._site.parts.context.clock()):
            return await self._site.render(request, "link_over.html", status=429)
        token = await self._site.passes.enter(request.path_params["link"])
        if token is None:
            return await self._site.render(request, "link_over.html", status=403)
        return with_session(self._site, RedirectResponse("/", status_code=303), token)

    async def leave(self, request: Request) -> Response:
        """Sign out."""
        await self._site.form(request)
        await self._site.passes.leave(self._site.session(request))
        return with_session(self._site, RedirectResponse("/", status_code=303), "")

    async def choose(self, request: Request) -> Response:
        """Another language from now on, in this browser."""
        form = await self._site.form(request)
        chosen, back = str(form.get("language", "")), str(form.get("back", "/"))
        if chosen not in LANGUAGES:
            raise NotTakenError
        local = back.startswith("/") and not back.startswith(("//", "/\\"))
        answer = RedirectResponse(back if local else "/", status_code=303)
        answer.set_cookie(
            LANGUAGE_COOKIE,
            chosen,
            max_age=int(_LANGUAGE_TIME.total_seconds()),
            httponly=True,
            samesite="strict",
        )
        return answer

    async def whose(self, request: Request) -> Response:
        """What only a server of this store can answer: a link is shown to no other."""
        nonce = str(request.path_params["nonce"])[:_LONGEST_NONCE]
        return PlainTextResponse(await self._site.passes.mark(nonce))


def routes(site: Site) -> list[Route]:
    """The way in and out."""
    entering = Entering(site)
    return [
        get("/enter/{link}", entering.ask),
        post("/enter/{link}", entering.enter),
        post("/leave", entering.leave),
        post("/language", entering.choose),
        get("/whose/{nonce}", entering.whose),
    ]
