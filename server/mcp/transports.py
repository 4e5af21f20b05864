"""stdio and Streamable HTTP, with an end within seconds on EOF, SIGINT and SIGTERM."""

import contextlib
import logging
import os
import sys
import threading
import time
from collections.abc import Callable

import anyio
from anyio.abc import TaskGroup
from mcp.server.mcpserver import MCPServer

from server.gate.shield import recording
from server.mcp.stdio import LineServer
from server.settings.settings import SettingsError
from server.systems import until_signal

END_SECONDS = 2.0
"""How long a call that is being recorded may go on after the end; what is left then becomes `unknown`."""

_LOOPBACK, _PATH = "127.0.0.1", "/mcp"
_LOOK_SECONDS = 0.05
_log = logging.getLogger(__name__)


def leave(code: int = 0) -> None:
    """End the process at once: a thread that still reads stdin would hold it (SDK notes, stdio)."""
    with contextlib.suppress(OSError, ValueError):
        sys.stderr.flush()
    os._exit(code)


def _end_soon(*, at_once_when_idle: bool = False) -> None:
    """Leave after END_SECONDS at the latest; after a signal as soon as nothing is being recorded."""

    def wait() -> None:
        end = time.monotonic() + END_SECONDS
        while time.monotonic() < end and (recording() or not at_once_when_idle):
            time.sleep(_LOOK_SECONDS)
        leave()

    threading.Thread(target=wait, daemon=True).start()


async def serve_stdio(server: LineServer) -> None:
    """Serve one client on stdin and stdout until it closes them or a signal comes.

    When the client closes stdin, a call in mid-record is waited for, but not for ever.
    """
    server.on_stdin_closed = _end_soon
    async with anyio.create_task_group() as group:
        group.start_soon(_cancel_on_signal, group)
        await server.run_stdio_async()
        group.cancel_scope.cancel()


async def _cancel_on_signal(group: TaskGroup) -> None:
    _log.info("ending on %s", await until_signal())
    group.cancel_scope.cancel()
    _end_soon(at_once_when_idle=True)


def no_port(port: int, error: OSError) -> SettingsError:
    """What to say when a port cannot be listened on."""
    return SettingsError(
        f"--port {port}: cannot be listened on ({error.strerror}). Choose another; 0 takes a free one."
    )


async def serve_http(server: MCPServer[None], port: int, on_ready: Callable[[str], None]) -> None:
    """Serve Streamable HTTP on 127.0.0.1, path /mcp, until a signal comes.

    Host and Origin are checked, so that a web page cannot reach the server through a rebound name.

    Raises:
        SettingsError: the port cannot be had.
    """
    from mcp.server.transport_security import TransportSecuritySettings  # noqa: PLC0415 - stdio needs none of it

    from server.http_door import Listener, listening_socket  # noqa: PLC0415 - as above
    from server.mcp.one_authorization import one_authorization  # noqa: PLC0415 - as above
    from server.mcp.only_post import only_post  # noqa: PLC0415 - as above

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
    web = Listener(one_authorization(only_post(app, _PATH)))

    async def stop_on_signal() -> None:
        _log.info("ending on %s", await until_signal())
        _end_soon()
        web.should_exit = True

    async with anyio.create_task_group() as group:
        group.start_soon(stop_on_signal)
        # From here on the kernel keeps who comes; the port of 0 is known.
        on_ready(f"http://{_LOOPBACK}:{bound.getsockname()[1]}{_PATH}")
        await web.serve(sockets=[bound])
        group.cancel_scope.cancel()
