"""A request says once who sends it: of two headers a proxy in front could believe the one, we the other."""

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

_NAME = "authorization"


def one_authorization(app: ASGIApp) -> ASGIApp:
    """The application, which answers 400 to more than one Authorization header (RFC 9110, section 5.3)."""
    refusal = PlainTextResponse("Nothing was done: more than one Authorization header", status_code=400)

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        several = scope["type"] == "http" and len(Headers(scope=scope).getlist(_NAME)) > 1
        await (refusal if several else app)(scope, receive, send)

    return serve
