"""Pages are for whoever signed in; everybody else is told how to."""

from http.cookies import SimpleCookie

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from server.console.passes import SESSION_TIME
from server.console.site import Site
from server.store.errors import StoreUnavailableError

OPEN = ("/enter/", "/static/", "/whose/")
"""Paths that lead to signing in, or that hold nothing."""


class SignedIn:
    """The pages behind the sign-in."""

    def __init__(self, app: ASGIApp, site: Site) -> None:
        self._app = app
        self._site = site

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http" or str(scope["path"]).startswith(OPEN):
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        session = self._site.session(request)
        try:
            person = await self._site.passes.person(session)
        except StoreUnavailableError:
            answer = await self._site.render(request, "store_away.html", status=503)
            await answer(scope, receive, send)
            return
        self._site.pace.seen(session, signed_in=person is not None)
        if person is not None:
            await self._app({**scope, "campaign_ops_person": person}, receive, send)
            return
        await (await self._told(request))(scope, receive, send)

    async def _told(self, request: Request) -> Response:
        """How to sign in. Who comes by a link of another site shows no cookie yet: the page asks again."""
        elsewhere = request.headers.get("sec-fetch-site") in ("cross-site", "same-site")
        looks = request.method in ("GET", "HEAD")
        again = elsewhere and looks
        return await self._site.render(
            request,
            "signed_out.html",
            status=200 if again else 401,
            again=again,
            pressed=not looks,
            typed=() if looks else await self._site.typed(request),
            # Whole: a path that begins with two slashes would name another host.
            here=self._site.address.origin + request.url.path,
        )


def with_session(site: Site, answer: Response, token: str) -> Response:
    """The answer, which tells the browser to hold this token: '' takes it away."""
    cookie: SimpleCookie = SimpleCookie()
    name = site.address.cookie
    cookie[name] = token
    held = cookie[name]
    held["httponly"], held["samesite"], held["path"] = True, "Strict", "/"
    held["max-age"] = int(SESSION_TIME.total_seconds()) if token else 0
    answer.headers.append("set-cookie", held.OutputString())
    return answer
