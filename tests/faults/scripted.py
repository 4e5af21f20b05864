"""A loopback server on raw sockets that answers as its script says, byte for byte."""

import asyncio
import socket
import ssl
import struct
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

HOST = "127.0.0.1"
RESET = struct.pack("ii", 1, 0)
"""SO_LINGER: on, no time: closing sends an RST."""


@dataclass(slots=True, kw_only=True)
class Exchange:
    """One connection, after its request was read whole."""

    vendor: "ScriptedVendor"
    writer: asyncio.StreamWriter
    path: str = ""

    async def say(self, data: bytes) -> None:
        """Send bytes as they are."""
        self.writer.write(data)
        await self.writer.drain()

    def reset(self) -> None:
        """End the connection by RST."""
        taken: socket.socket = self.writer.get_extra_info("socket")
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        self.writer.transport.abort()


Play = Callable[[Exchange], Awaitable[None]]


def answer(
    body: str | bytes, *, status: str = "200 OK", content_type: str = "text/plain", more: str = ""
) -> bytes:
    """A complete answer, as bytes."""
    content = body.encode() if isinstance(body, str) else body
    head = (
        f"HTTP/1.1 {status}\r\nContent-Type: {content_type}\r\nContent-Length: {len(content)}\r\n{more}\r\n"
    )
    return head.encode() + content


def whole(
    body: str | bytes, *, status: str = "200 OK", content_type: str = "text/plain", more: str = ""
) -> Play:
    """A complete answer; the connection is closed after it, so that each request needs a new one."""
    said = answer(body, status=status, content_type=content_type, more=f"{more}Connection: close\r\n")

    async def play(exchange: Exchange) -> None:
        await exchange.say(said)

    return play


def _unnoticed(_fields: dict[str, str]) -> None:
    pass


def _nothing() -> None:
    pass


@dataclass(slots=True, kw_only=True)
class ScriptedVendor:
    """Plays by the last part of the path; what has no play of its own gets `otherwise`."""

    otherwise: Play
    plays: dict[str, Play] = field(default_factory=dict[str, Play])
    at_accept: Play | None = None
    at_head: Play | None = None
    """Played when only the head of a request has been read."""
    keeps_alive: bool = False
    """Whether a connection is read on after an exchange."""
    tls: ssl.SSLContext | None = None
    connections: int = 0
    """How many were made."""
    on_connection: Callable[[], None] = _nothing
    """Called when one is made, before anything is read from it."""
    requests: list[str] = field(default_factory=list[str])
    """The last part of each request's path, in the order of arrival."""
    on_send: Callable[[dict[str, str]], None] = _unnoticed
    """Is given the fields of every send that arrived whole."""
    port: int = 0
    arrivals: dict[str, asyncio.Event] = field(default_factory=dict[str, asyncio.Event])
    """Set when a request for that page has come."""
    _server: asyncio.Server | None = None
    _full: list[socket.socket] = field(default_factory=list[socket.socket])
    _open: set[asyncio.StreamWriter] = field(default_factory=set[asyncio.StreamWriter])

    @classmethod
    @asynccontextmanager
    async def serving(
        cls, otherwise: Play, tls: ssl.SSLContext | None = None
    ) -> "AsyncGenerator[ScriptedVendor]":
        """Serve for the length of a block, on a free port."""
        vendor = cls(otherwise=otherwise, tls=tls)
        await vendor.listen()
        try:
            yield vendor
        finally:
            await vendor.stop()
            for writer in tuple(vendor._open):
                writer.transport.abort()

    @property
    def url(self) -> str:
        """The base URL; by name over TLS, since certificates have names."""
        return f"http://{HOST}:{self.port}" if self.tls is None else f"https://localhost:{self.port}"

    async def listen(self) -> None:
        """Accept connections, on the port of before when there was one."""
        await self.stop()
        self._server = await asyncio.start_server(
            self._serve, HOST, self.port, reuse_address=True, ssl=self.tls
        )
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Refuse connections; those that stand go on."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for taken in self._full:
            taken.close()
        self._full = []

    async def fill_up(self) -> None:
        """Let connections hang: the port listens, its queue is full, and nobody accepts."""
        await self.stop()
        listener = socket.create_server((HOST, self.port), backlog=0)
        self._full = [listener]
        for _ in range(4):
            caller = socket.socket()
            caller.setblocking(False)  # noqa: FBT003 - the library has it so
            with suppress(BlockingIOError):
                caller.connect((HOST, self.port))
            self._full.append(caller)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        self.connections += 1
        self.on_connection()
        try:
            await self._exchange(reader, Exchange(vendor=self, writer=writer))
            while self.keeps_alive:
                await self._exchange(reader, Exchange(vendor=self, writer=writer))
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            self._open.discard(writer)
            writer.close()

    async def _exchange(self, reader: asyncio.StreamReader, exchange: Exchange) -> None:
        if self.at_accept is not None:
            await self.at_accept(exchange)
            return
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        exchange.path = head.split(" ", 2)[1].split("?")[0].rsplit("/", 1)[-1]
        if self.at_head is not None:
            await self.at_head(exchange)
        body = await reader.readexactly(_length(head))
        self.requests.append(exchange.path)
        if exchange.path.startswith("send"):
            self.on_send(dict(parse_qsl(body.decode(), keep_blank_values=True)))
        self.arrivals.setdefault(exchange.path, asyncio.Event()).set()
        await self.plays.get(exchange.path, self.otherwise)(exchange)


def _length(head: str) -> int:
    for line in head.split("\r\n"):
        name, _, value = line.partition(":")
        if name.lower() == "content-length":
            return int(value)
    return 0
