"""A vendor with one batch of so many pages of 1,000 messages (EVERY8D 2.2), which are ready beforehand.

`pages.py PAGES MILLISECONDS`: each answer takes so long, as one over the Internet does.
"""

import asyncio
import re
import sys

_ROWS = 1_000
_PAGES, _SECONDS = int(sys.argv[1]), int(sys.argv[2]) / 1000
_NUMBER = re.compile(rb"PNO=(\d+)")
_LENGTH = re.compile(rb"content-length: (\d+)", re.IGNORECASE)
_END = b"\r\n\r\n"


def page(number: int) -> bytes:
    """The whole answer: each 40th message failed."""
    first = (number - 1) * _ROWS
    rows = "".join(
        f"\t09{12_000_000 + n:08d}\t2026/03/02 14:25:55\t1.0\t{101 if n % 40 == 0 else 100}"
        f"\t2026/03/02 14:{26 + n % 300 // 60}:{n % 60:02d}\n"
        for n in range(first, first + _ROWS)
    )
    body = f"{_ROWS * _PAGES}\r\n{rows}".encode()
    head = f"HTTP/1.1 200 OK\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: {len(body)}"
    return head.encode() + _END + body


async def main() -> None:
    """Serve until ended."""
    pages = {number: page(number) for number in range(1, _PAGES + 1)}

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(_END)
                length = _LENGTH.search(head)
                form = await reader.readexactly(int(length[1]) if length else 0)
                wanted = _NUMBER.search(form)
                if _SECONDS:
                    await asyncio.sleep(_SECONDS)
                writer.write(pages[int(wanted[1]) if wanted else 1])
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    print(f"at http://127.0.0.1:{port}", file=sys.stderr, flush=True)
    await server.serve_forever()


asyncio.run(main())
