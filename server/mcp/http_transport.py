"""Streamable HTTP on this machine alone."""

import logging
from collections.abc import Callable

import anyio
from mcp.server.mcpserver import MCPServer
from mcp.server.transport_security import TransportSecuritySettings

from server.http_door import Listener, listening_socket
from server.listening import no_port
from server.mcp.list_uploads import with_lists
from server.mcp.one_authorization import one_authorization
from server.mcp.only_post import only_post
from server.mcp.server_card import with_card
from server.mcp.transports import end_soon
from server.parts import Parts
from server.systems import until_signal

_LOOPBACK, _PATH = "127.0.0.1", "/mcp"
_log = logging.getLogger(__name__)


async def serve_http(
    server: MCPServer[None], parts: Parts, port: int, on_ready: Callable[[str], None]
) -> None:
    """Serve Streamable HTTP on 127.0.0.1, path /mcp, and take lists on /lists, until a signal comes.

    Host and Origin are checked, so that a web page cannot reach the server through a rebound name.

    Raises:
        SettingsError: the port cannot be had.
    """
    security = TransportSecuritySettings(
        enable_dns_rebinding_protection=True,
        allowed_hosts=["127.0.0.1:*", "localhost:*", "[::1]:*"],
        allowed_origins=["http://127.0.0.1:*", "http://localhost:*", "http://[::1]:*"],
    )
    app = server.streamable_http_app(stateless_http=True, transport_security=security)
    try:
        bound = listening_socket(_LOOPBACK, port)
    except OSError as error:
        raise no_port(port, error) from None
    carded = with_card(only_post(app, _PATH), _PATH, needs_token=bool(parts.settings.http.tokens))
    web = Listener(one_authorization(with_lists(carded, parts, security)))

    async def stop_on_signal() -> None:
        _log.info("ending on %s", await until_signal())
        end_soon()
        web.should_exit = True

    async with anyio.create_task_group() as group:
        group.start_soon(stop_on_signal)
        # From here on the kernel keeps who comes; the port of 0 is known.
        on_ready(f"http://{_LOOPBACK}:{bound.getsockname()[1]}{_PATH}")
        await web.serve(sockets=[bound])
        group.cancel_scope.cancel()
