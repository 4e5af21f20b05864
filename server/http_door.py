"""How both listeners (MCP over HTTP, callbacks) let connections in: few at once, and none without an end.

uvicorn limits requests (`limit_concurrency`) and idle connections. A connection that never finishes its
request is neither: it would be held for ever, each with an open file, until the process has none left.
"""

import asyncio
import contextlib
import logging
import socket
import time
from collections.abc import Callable, Collection, Generator
from typing import Any, Literal, TypeVar, cast

import anyio
import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from server.systems import files_at_once, reserve_address

HEADER_SECONDS = 10.0
"""From the connection, or the last answer, to the end of a request's header."""
BODY_SECONDS = 30.0
"""From the end of the header to the end of the body."""

_SHARE_OF_FILES = 8
_FEWEST, _MOST = 16, 512
_ACCEPTED_IN_A_ROW = 8
"""asyncio accepts so many before it looks at one of them; each holds a file by then."""
_QUEUE = 512
_TRY_AGAIN_SECONDS = 2.0
_log = logging.getLogger(__name__)

T = TypeVar("T")
_Phase = Literal["header", "body", "answer"]


def most_connections() -> int:
    """How many connections a listener holds: an eighth of the files that the process may open."""
    return max(_FEWEST, min(_MOST, files_at_once() // _SHARE_OF_FILES))


class _Connection(H11Protocol):
    """A connection whose request has to be whole in time, and which makes room for others until it is."""

    def connection_made(self, transport: asyncio.Transport) -> None:
        self.since = time.monotonic()
        self._watched: _Phase | None = None
        self._deadline: asyncio.TimerHandle | None = None
        super().connection_made(transport)
        self._make_room()
        self._watch()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._watch()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_watching()
        super().connection_lost(exc)

    def phase(self) -> _Phase:
        """What it is waited for: the client's header or body, or our answer."""
        cycle: Any = self.cycle
        if cycle is None or cycle.response_complete:
            return "header"
        return "body" if cycle.more_body else "answer"

    def _watch(self) -> None:
        """More bytes of the same part of a request do not move its deadline."""
        phase = self.phase()
        if phase == self._watched:
            return
        self._stop_watching()
        self._watched = phase
        if phase != "answer" and not self.transport.is_closing():
            seconds = HEADER_SECONDS if phase == "header" else BODY_SECONDS
            self._deadline = self.loop.call_later(seconds, self.transport.abort)

    def _stop_watching(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _others(self) -> "Collection[_Connection]":
        return cast("Collection[_Connection]", self.connections)

    def _make_room(self) -> None:
        """Where there are too many, the oldest whose request is not whole goes; or else this new one."""
        held = [each for each in self._others() if not each.transport.is_closing()]
        if len(held) <= most_connections():
            return
        waiting = [each for each in held if each.phase() != "answer"]
        min(waiting, key=lambda each: each.since).transport.abort()
        _log.warning("too many connections: the oldest without a whole request was closed")


class Listener(uvicorn.Server):
    """uvicorn with such connections. Signals are left to us: it would raise them again at its end."""

    def __init__(self, app: ASGIApp, *, lifespan: Literal["on", "off", "auto"] = "auto") -> None:
        super().__init__(
            uvicorn.Config(
                app,
                http=_Connection,
                ws="none",
                log_config=None,
                access_log=False,
                backlog=_ACCEPTED_IN_A_ROW,
                timeout_graceful_shutdown=1,
                lifespan=lifespan,
            )
        )

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        """Nothing is captured."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """As uvicorn's; the kernel keeps more waiting than are taken in a row."""
        await super().startup(sockets)
        for each in sockets or ():
            each.listen(_QUEUE)


async def once_free(bind: Callable[[], T], tell: Callable[[OSError], None]) -> T:
    """What `bind` gives, as soon as the port can be had; `tell` hears once why it cannot.

    Every host on a machine starts a server of its own: the first has the port, and when it ends, the next one
    takes over.
    """
    told = False
    while True:
        try:
            return bind()
        except OSError as error:
            if not told:
                tell(error)
            told = True
        await anyio.sleep(_TRY_AGAIN_SECONDS)


def listening_socket(host: str, port: int) -> socket.socket:
    """A listening socket, of TCP by name: asyncio sets TCP_NODELAY on no other.

    Raises:
        OSError: the port cannot be had.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        reserve_address(made)
        if family == socket.AF_INET6:
            made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        made.bind((host, port))
        made.listen(_QUEUE)
    except BaseException:
        made.close()
        raise
    return made
