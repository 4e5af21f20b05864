"""Watches one request on its way: whether it has begun, and that no answer comes before it was sent whole.

Bytes that were there before the vendor had the whole request cannot be its answer: a stray answer to another
request, a proxy's, or what something that is no web server says by itself.
"""

from collections.abc import AsyncIterator, Awaitable, Mapping
from contextlib import suppress
from typing import Any, Protocol, cast

import anyio
import httpx2 as httpx

QUIET_SECONDS = 0.001
"""How long a connection is listened to: whatever lies there is read at once."""
_STREAMS = ("connect_tcp.complete", "setup_socks5_connection.complete", "start_tls.complete")


class EarlyAnswerError(Exception):
    """Something was said before the request had been sent whole."""


class _Stream(Protocol):
    def read(self, max_bytes: int, timeout: float | None = None) -> Awaitable[bytes]: ...

    def aclose(self) -> Awaitable[None]: ...


class Watch:
    """The HTTP client's trace of one request (its `trace` extension), and its body held back at the end."""

    def __init__(self) -> None:
        self.begun = False
        """Whether any byte of the request can have been handed over."""
        self._stream: _Stream | None = None

    def over(self, request: httpx.Request) -> httpx.Request:
        """The request, watched."""
        request.extensions = {**request.extensions, "trace": self._follow}
        if content := request.read():
            request.stream = _HeldBack(content, self)
        return request

    async def _follow(self, event: str, info: Mapping[str, Any]) -> None:
        if event.endswith(_STREAMS):
            self._stream = cast("_Stream", info["return_value"])
        elif event == "http11.send_request_headers.started" and info["request"].method != b"CONNECT":
            await self.listen()
            self.begun = True

    async def ended(self) -> None:
        """Close what was opened for nothing: the client leaves the connection to a refusing proxy open."""
        if self._stream is not None and not self.begun:
            with anyio.CancelScope(shield=True), suppress(Exception):
                await self._stream.aclose()

    async def listen(self) -> None:
        """Make sure that nothing has been said yet. A connection that has ended is found out by the client.

        Raises:
            EarlyAnswerError: something has.
        """
        if self._stream is None:
            return
        try:
            said = await self._stream.read(1, timeout=QUIET_SECONDS)
        except Exception:  # noqa: BLE001 - silence is a timeout; a broken connection is told by the next write
            return
        if said:
            raise EarlyAnswerError


class _HeldBack(httpx.AsyncByteStream):
    """A body whose last byte waits: as long as it is missing, nobody can have read the request."""

    def __init__(self, content: bytes, watch: Watch) -> None:
        self._content = content
        self._watch = watch

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._content[:-1]
        await self._watch.listen()
        yield self._content[-1:]
