"""Watches one request on its way: whether it has begun, and that no answer comes before it was sent whole.

Bytes that were there before the vendor had the whole request cannot be its answer: a stray answer to another
request, a proxy's, or what something that is no web server says by itself.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any, Protocol, TypeAlias, cast

import anyio

from server.vendors.stream import VendorStream

QUIET_SECONDS = 0.001
"""How long a connection is listened to: whatever lies there is read at once."""
_SOCKS = "setup_socks5_connection.complete"
_STREAMS = ("connect_tcp.complete", _SOCKS, "start_tls.complete")


class EarlyAnswerError(Exception):
    """Something was said before the request had been sent whole."""


class Written(Protocol):
    """What of a request can be told when its connection stands."""

    @property
    def body(self) -> bytes:
        """Its body."""
        ...

    @property
    def content_headers(self) -> list[tuple[bytes, bytes]]:
        """What says how long it is, and of what kind."""
        ...


Late: TypeAlias = Callable[[VendorStream | None], Awaitable[Written]]
"""Gives what goes over the connection that stands by now; nothing leaves before."""


class Watch:
    """The HTTP client's trace of one request (its `trace` extension), and its body held back at the end."""

    def __init__(self, stream: VendorStream | None = None) -> None:
        self.begun = False
        """Whether any byte of the request can have been handed over."""
        self.stream = stream
        """The connection; one that was used before has been listened to since."""
        self.late: Late | None = None
        """Where the body comes from that is not known before the connection stands."""
        self.written: Written | None = None
        """What came from there."""
        self._was_used = stream is not None

    async def follow(self, event: str, info: Mapping[str, Any]) -> None:
        """What the HTTP client does."""
        if event.endswith(_STREAMS):
            self.stream = stream = cast("VendorStream", info["return_value"])
            if event.endswith(_SOCKS):
                # What the proxy said belongs to its own protocol.
                stream.expect()
        elif event == "http11.send_request_headers.started" and info["request"].method != b"CONNECT":
            await self.listen(0 if self._was_used else QUIET_SECONDS)
            if self.late is not None:
                self.written = await self.late(self.stream)
                # The client writes the headers after this, from this list.
                info["request"].headers.extend(self.written.content_headers)
                await self.listen(0)
            self.begun = True

    async def ended(self) -> None:
        """Close what was opened for nothing: the client leaves the connection to a refusing proxy open."""
        if self.stream is not None and not self.begun:
            with anyio.CancelScope(shield=True), suppress(Exception):
                await self.stream.aclose()

    async def listen(self, seconds: float) -> None:
        """Make sure that nothing has been said yet. A connection that has ended is found out by the client.

        Raises:
            EarlyAnswerError: something has.
        """
        if self.stream is None:
            return
        if seconds:
            await self.stream.quiet(seconds)
        if self.stream.spoke:
            raise EarlyAnswerError


async def held_back(outgoing: Written, watch: Watch) -> AsyncIterator[bytes]:
    """A body whose last byte waits: as long as it is missing, nobody can have read the request."""
    content = (watch.written or outgoing).body
    yield content[:-1]
    if watch.stream is not None:
        await watch.stream.flush()
    await watch.listen(QUIET_SECONDS)
    yield content[-1:]
