"""The listening socket on loopback, which can go away for a while and come back on the same port."""

import asyncio
import socket

import anyio
from anyio.abc import TaskGroup
from starlette.types import ASGIApp
from uvicorn.config import Config
from uvicorn.server import ServerState

from server.sandbox.connection import Connection

_END_WITHIN = 1.0
_BACKLOG = 512


class Listener:
    """Accepts connections for an application without uvicorn's Server, which would take the signals."""

    def __init__(self, host: str, port: int) -> None:
        self._state = ServerState()
        self._host = host
        self._socket = _bind(host, port)
        self._server: asyncio.Server | None = None
        self._config: Config | None = None
        self.port: int = self._socket.getsockname()[1]

    async def open(self, app: ASGIApp) -> None:
        """Begin to accept connections."""
        self._config = Config(
            app, log_config=None, lifespan="off", ws="none", proxy_headers=False, http=Connection
        )
        self._config.load()
        await self._listen()

    async def _listen(self) -> None:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._connection, sock=self._socket, backlog=_BACKLOG)

    def _connection(self) -> Connection:
        if self._config is None:
            raise RuntimeError("the listener has not been opened")
        return Connection(self._config, self._state, {})

    def refuse(self, seconds: float, tasks: TaskGroup) -> None:
        """Refuse connections for a while: the port stays ours, bound and not listening."""
        if self._server is None:
            return
        self._stop_listening()
        self._socket = _bind(self._host, self.port)
        for connection in self._connections():
            if connection.idle:
                connection.hang_up()
        tasks.start_soon(self._listen_after, seconds)

    async def _listen_after(self, seconds: float) -> None:
        await anyio.sleep(seconds)
        await self._listen()

    async def close(self) -> None:
        """End everything at once, hung answers included."""
        self._stop_listening()
        for connection in self._connections():
            connection.transport.abort()
        if tasks := tuple(self._state.tasks):
            _, late = await asyncio.wait(tasks, timeout=_END_WITHIN)
            for task in late:
                task.cancel()
        await asyncio.sleep(0)

    def _stop_listening(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        self._socket.close()

    def _connections(self) -> list[Connection]:
        return [each for each in self._state.connections if isinstance(each, Connection)]


def _bind(host: str, port: int) -> socket.socket:
    # asyncio sets TCP_NODELAY only where the protocol is named; without it answers wait 40 ms for an ACK.
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    if not hasattr(socket, "SO_EXCLUSIVEADDRUSE"):
        # On Windows the option means that another program may take the port as well.
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
    except OSError:
        bound.close()
        raise
    return bound
