"""The server's card: what a client can know before it connects, at an address that is known beforehand.

The draft of MCP (server cards, `/.well-known/mcp/server-card.json`). It holds nothing of the operator's.
"""

from mcp_types.version import LATEST_PROTOCOL_VERSION
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from server.version import own_version

PATH = "/.well-known/mcp/server-card.json"


def with_card(app: ASGIApp, endpoint: str, *, needs_token: bool) -> ASGIApp:
    """The application, and beside it the card of the MCP server at this path."""
    card = JSONResponse(
        {
            "version": "1.0",
            "protocolVersion": LATEST_PROTOCOL_VERSION,
            "serverInfo": {"name": "campaign-ops-mcp", "title": "Campaign Ops", "version": own_version()},
            "transport": {"type": "streamable-http", "endpoint": endpoint},
            "capabilities": {"tools": {}, "resources": {}, "prompts": {}},
            "authentication": {"required": needs_token, "schemes": ["bearer"] if needs_token else []},
        }
    )

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        looks = scope["type"] == "http" and scope["path"] == PATH and scope["method"] == "GET"
        await (card if looks else app)(scope, receive, send)

    return serve
