"""The least client of HTTP/1.1 on a kept connection: what is measured is the server, not its client."""

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import Self
from urllib.parse import urlsplit

OK = 200
_END = b"\r\n\r\n"


class Wire:
    """One connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def to(cls, url: str) -> Self:
        """Connect to a URL's host."""
        parts = urlsplit(url)
        return cls(*await asyncio.open_connection(parts.hostname, parts.port))

    async def ask(self, request: bytes) -> bytes:
        """The body of the answer to a request.

        Raises:
            RuntimeError: the answer is no 200.
        """
        self._writer.write(request)
        head = await self._reader.readuntil(_END)
        if int(head.split(b" ", 2)[1]) != OK:
            raise RuntimeError(f"answered with {head.splitlines()[0]!r}")
        length = _length(head)
        return await self._chunks() if length is None else await self._reader.readexactly(length)

    async def _chunks(self) -> bytes:
        body = b""
        while size := int(await self._reader.readline(), 16):
            body += (await self._reader.readexactly(size + 2))[:-2]
        await self._reader.readline()
        return body

    def close(self) -> None:
        """Hang up."""
        self._writer.close()


def _length(head: bytes) -> int | None:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line.partition(b":")[2])
    return None


def post(url: str, body: bytes, headers: dict[str, str]) -> bytes:
    """A POST as it goes over the wire."""
    parts = urlsplit(url)
    lines = [f"POST {parts.path} HTTP/1.1", f"host: {parts.netloc}", f"content-length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + _END + body


def get(url: str, query: str) -> bytes:
    """A GET as it goes over the wire."""
    parts = urlsplit(url)
    return f"GET {parts.path}?{query} HTTP/1.1\r\nhost: {parts.netloc}".encode() + _END


async def took(wire: Wire, request: bytes) -> float:
    """Seconds of one exchange."""
    began = time.perf_counter()
    await wire.ask(request)
    return time.perf_counter() - began


async def rate(wires: Sequence[Wire], request: Callable[[], bytes], count: int) -> float:
    """Exchanges a second, with all the wires busy."""
    left = iter(range(count))

    async def work(wire: Wire) -> None:
        for _ in left:
            await wire.ask(request())

    began = time.perf_counter()
    await asyncio.gather(*(work(wire) for wire in wires))
    return count / (time.perf_counter() - began)
