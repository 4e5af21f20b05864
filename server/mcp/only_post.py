"""The MCP endpoint takes POST alone: a stream of a server without sessions would never say anything."""

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send


def only_post(app: ASGIApp, path: str) -> ASGIApp:
    """The application, which answers 405 to any other method on this path."""
    refusal = PlainTextResponse("Method Not Allowed", status_code=405, headers={"Allow": "POST"})

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        refused = scope["type"] == "http" and scope["path"] == path and scope["method"] != "POST"
        await (refusal if refused else app)(scope, receive, send)

    return serve
