"""A vendor that takes personalised sends after so many seconds, and tells from when to when they came.

`vendor.py SECONDS`. Nothing of a body is read but how many recipients it has: whatever sends to it has the
processor for itself. `GET /span` tells of the sends since the last time it was asked.
"""

import asyncio
import json
import sys
import time
from itertools import count

SECONDS = float(sys.argv[1])
_BATCHES = count(1)


class Span:
    """The sends since somebody asked."""

    def __init__(self) -> None:
        self.calls = self.recipients = 0
        self.began = self.ended = 0.0

    def told(self) -> str:
        """As JSON."""
        return json.dumps(vars(self))


class Vendor(asyncio.Protocol):
    """One connection, with one request at a time."""

    span = Span()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep where answers go."""
        self._transport = transport
        self._read = bytearray()

    def data_received(self, data: bytes) -> None:
        """Read on; answer what is whole."""
        self._read += data
        end = self._read.find(b"\r\n\r\n")
        if end < 0:
            return
        head = bytes(self._read[:end]).lower()
        length = int(head.partition(b"content-length:")[2].partition(b"\r\n")[0] or 0)
        if len(self._read) >= end + 4 + length:
            body, self._read = bytes(self._read[end + 4 :]), bytearray()
            self._answer(head.split(b" ", 2)[1], body)

    def _answer(self, path: bytes, body: bytes) -> None:
        span = Vendor.span
        if b"sendparamsms" in path:
            span.began = span.began or time.monotonic()
            asyncio.get_running_loop().call_later(SECONDS, self._sent, body.count(b'"Mobile"'))
        elif path == b"/span":
            Vendor.span = Span()
            self._write(span.told())
        else:
            asyncio.get_running_loop().call_later(SECONDS, self._write, "99999999.00")

    def _sent(self, recipients: int) -> None:
        span = Vendor.span
        span.calls += 1
        span.recipients += recipients
        span.ended = time.monotonic()
        batch = f"{next(_BATCHES):08x}-0000-4000-8000-000000000000"
        receipt = f"9999999.00,{recipients},{recipients}.00,0,{batch}"
        self._write(json.dumps({"Result": True, "Status": "0", "Msg": receipt}))

    def _write(self, text: str) -> None:
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(text)}\r\n\r\n"
        if isinstance(self._transport, asyncio.WriteTransport):
            self._transport.write((head + text).encode())


async def main() -> None:
    """Serve until ended."""
    server = await asyncio.get_running_loop().create_server(Vendor, "127.0.0.1", 0)
    print(f"at http://127.0.0.1:{server.sockets[0].getsockname()[1]}", file=sys.stderr, flush=True)
    await server.serve_forever()


asyncio.run(main())
