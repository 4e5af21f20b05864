"""A SOCKS 5 proxy on loopback: every host that is asked for is one port of this machine."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from tests.faults.scripted import HOST

_NO_LOGIN = b"\x05\x00"
_BOUND = b"\x00\x01\x00\x00\x00\x00\x00\x00"
_REFUSED = 5


@dataclass(slots=True, kw_only=True)
class SocksProxy:
    """Passes the first `lets` connections on to `target`, and refuses the others."""

    target: int
    lets: int = 1_000
    port: int = 0
    asked: list[str] = field(default_factory=list[str])
    """The hosts that were asked for."""

    @classmethod
    @asynccontextmanager
    async def serving(cls, target: int) -> "AsyncGenerator[SocksProxy]":
        """Serve for the length of a block, on a free port."""
        proxy = cls(target=target)
        server = await asyncio.start_server(proxy._serve, HOST, 0)
        proxy.port = server.sockets[0].getsockname()[1]
        try:
            yield proxy
        finally:
            server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            await self._open(reader, writer)
        writer.close()

    async def _open(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        _, methods = await reader.readexactly(2)
        await reader.readexactly(methods)
        writer.write(_NO_LOGIN)
        *_, length = await reader.readexactly(5)
        self.asked.append((await reader.readexactly(length)).decode())
        await reader.readexactly(2)
        if len(self.asked) > self.lets:
            writer.write(bytes((5, _REFUSED)) + _BOUND)
            return
        there, back = await asyncio.open_connection(HOST, self.target)
        writer.write(b"\x05\x00" + _BOUND)
        try:
            await asyncio.gather(_pass_on(reader, back), _pass_on(there, writer))
        finally:
            back.close()


async def _pass_on(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while data := await source.read(65_536):
            target.write(data)
    target.close()
