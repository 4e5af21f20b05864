"""stdio, and the end of every server: within seconds on EOF, SIGINT and SIGTERM."""

import contextlib
import logging
import os
import sys
import threading
import time

import anyio
from anyio.abc import TaskGroup

from server.gate.shield import recording
from server.mcp.stdio import LineServer
from server.systems import until_signal

END_SECONDS = 2.0
"""How long a call that is being recorded may go on after the end; what is left then becomes `unknown`."""

_LOOK_SECONDS = 0.05
_log = logging.getLogger(__name__)


def leave(code: int = 0) -> None:
    """End the process at once: a thread that still reads stdin would hold it (SDK notes, stdio)."""
    with contextlib.suppress(OSError, ValueError):
        sys.stderr.flush()
    os._exit(code)


def end_soon(*, at_once_when_idle: bool = False) -> None:
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
    server.on_stdin_closed = end_soon
    async with anyio.create_task_group() as group:
        group.start_soon(_cancel_on_signal, group)
        await server.run_stdio_async()
        group.cancel_scope.cancel()


async def _cancel_on_signal(group: TaskGroup) -> None:
    _log.info("ending on %s", await until_signal())
    group.cancel_scope.cancel()
    end_soon(at_once_when_idle=True)
