"""A small HTTP server that receives delivery reports."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import parse_qsl


@dataclass(slots=True, kw_only=True)
class Receiver:
    url: str
    statuses: Sequence[int] = ()
    raw: list[bytes] = field(default_factory=list[bytes])
    content: bytes = b"whatever"
    gate: asyncio.Event = field(default_factory=asyncio.Event)

    def pairs(self, number: int, encoding: str = "utf-8") -> dict[str, str]:
        head, _, body = self.raw[number].partition(b"\r\n\r\n")
        query = head.split(b" ")[1].partition(b"?")[2]
        return dict(parse_qsl((query or body).decode("ascii"), keep_blank_values=True, encoding=encoding))


@asynccontextmanager
async def receiving(*statuses: int) -> AsyncGenerator[Receiver, None]:
    """Answers the first requests with `statuses`, later ones with 200, while its gate is open."""
    received = Receiver(url="", statuses=statuses)
    received.gate.set()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        lengths = [
            line.split(b":")[1] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")
        ]
        body = await reader.readexactly(int(lengths[0])) if lengths else b""
        count = len(received.raw)
        received.raw.append(head + body)
        await received.gate.wait()
        status = statuses[count] if count < len(statuses) else 200
        length = len(received.content)
        writer.write(f"HTTP/1.1 {status} X\r\nContent-Length: {length}\r\n\r\n".encode() + received.content)
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    received.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/report"
    try:
        yield received
    finally:
        server.close()
        await server.wait_closed()
