"""What stands before every page: by which name and from where a request came, and what a page may do.

A page of another origin must not read these pages, post to them, frame them or guess its way in.
"""

import logging
from collections.abc import MutableMapping
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.console.site import Site
from server.settings.page_address import HOST

_log = logging.getLogger(__name__)
_POLICY = "; ".join(
    (
        "default-src 'none'",
        *(f"{kind}-src 'self'" for kind in ("style", "script", "img", "connect")),
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Not no-referrer: a browser would then post our own forms without an origin.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), publickey-credentials-get=(self)",
}


class Door:
    """Lets requests in, and gives every answer its headers."""

    def __init__(self, app: ASGIApp, site: Site) -> None:
        self._app = app
        self._site = site
        self._address = site.address

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        refusal = self._refusal(scope)
        await (refusal or self._app)(scope, receive, _with_headers(send))

    def _refusal(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        host, looks = headers.get("host", "").lower(), scope["method"] in ("GET", "HEAD")
        if host not in self._address.hosts:
            return PlainTextResponse("this page has another name", status_code=421)
        request = Request(scope)
        if not self._site.pace.spend(self._site.session(request)):
            _log.warning("the page for people was asked too often within a minute")
            return self._site.told_at_the_door(request, "too_many.html", 429)
        if not looks and headers.get("origin") != self._address.origin:
            return PlainTextResponse("a form of another page was not taken", status_code=403)
        if not host.startswith(f"{HOST}:"):
            path = scope["raw_path"].decode("latin-1") if looks else "/"
            return RedirectResponse(self._address.origin + path, status_code=307 if looks else 303)
        return None


def _with_headers(send: Send) -> Send:
    async def told(message: Message) -> None:
        if message["type"] == "http.response.start":
            _add(message)
        await send(message)

    return told


def _add(message: MutableMapping[str, Any]) -> None:
    headers = MutableHeaders(raw=message["headers"])
    for name, value in _HEADERS.items():
        headers[name] = value
    headers.setdefault("Cache-Control", "no-store")
    message["headers"] = headers.raw
