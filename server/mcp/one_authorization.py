"""A request says once who sends it: of two headers a proxy in front could believe the one, we the other."""

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

_NAME = b"authorization"


def one_authorization(app: ASGIApp) -> ASGIApp:
    """The application, which answers 400 to more than one Authorization header (RFC 9110, section 5.3)."""
    refusal = PlainTextResponse("Nothing was done: more than one Authorization header", status_code=400)

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        headers = scope["headers"] if scope["type"] == "http" else []
        several = sum(name == _NAME for name, _ in headers) > 1
        await (refusal if several else app)(scope, receive, send)

    return serve
