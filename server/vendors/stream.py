"""A vendor's end of a connection, for the HTTP client: it knows what has arrived, and when.

The client's own streams read when they are asked to. Whether something lies there that nobody asked for then
takes a wait to find out; here each byte is counted as it comes.
"""

import asyncio
import socket
import ssl
from collections.abc import Iterable
from ipaddress import ip_address
from typing import Any, cast

import httpcore2

_MOST_UNREAD = 512 * 1024
"""Bytes that are held for a reader; more of them wait at the vendor."""
_END_OF_HEAD = b"\r\n\r\n"


class VendorStream(asyncio.Protocol, httpcore2.AsyncNetworkStream):
    """One connection. What is written goes out with the next read, or by `flush`: a request in one piece."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._unsent = bytearray()
        self._unread = bytearray()
        self._is_paused = False
        self._is_full = False
        self._ended = False
        self._broken: Exception | None = None
        self._waiter: asyncio.Future[None] | None = None
        self._head = bytearray()
        self._arrived = 0

    # What the event loop says.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See `asyncio.Protocol`."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """See `asyncio.Protocol`."""
        self._arrived += len(data)
        if _END_OF_HEAD not in self._head:
            self._head += data
        self._unread += data
        if len(self._unread) > _MOST_UNREAD and not self._is_paused and self._transport is not None:
            self._is_paused = True
            self._transport.pause_reading()
        self._wake()

    def eof_received(self) -> None:
        """See `asyncio.Protocol`."""
        self._ended = True
        self._wake()

    def pause_writing(self) -> None:
        """See `asyncio.Protocol`."""
        self._is_full = True

    def resume_writing(self) -> None:
        """See `asyncio.Protocol`."""
        self._is_full = False
        self._wake()

    def connection_lost(self, exc: Exception | None) -> None:
        """See `asyncio.Protocol`."""
        self._ended, self._broken, self._is_full = True, exc, False
        self._wake()

    # What the HTTP client asks for.

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109 - the library has it so
        """Some bytes; b'' once the vendor has ended the connection.

        Raises:
            httpcore2.ReadError: the connection broke.
            httpcore2.ReadTimeout: nothing came in time.
        """
        await self.flush(timeout)
        while not self._unread:
            if self._broken is not None:
                raise httpcore2.ReadError from self._broken
            if self._ended:
                return b""
            await self._wait(timeout, httpcore2.ReadTimeout)
        data = bytes(self._unread[:max_bytes])
        del self._unread[:max_bytes]
        if self._is_paused and not self._unread and self._transport is not None:
            self._is_paused = False
            self._transport.resume_reading()
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109 - the library has it so
        """Keep bytes for the next flush."""
        self._unsent += buffer

    async def flush(self, timeout: float | None = None) -> None:  # noqa: ASYNC109 - as the others
        """Hand over what was written. That the connection has ended is told by the next read.

        Raises:
            httpcore2.WriteTimeout: it was not taken in time.
        """
        if self._unsent and self._transport is not None and not self._transport.is_closing():
            # As bytes of its own: the transport may keep what it is given.
            self._transport.write(bytes(self._unsent))
        self._unsent.clear()
        while self._is_full:
            await self._wait(timeout, httpcore2.WriteTimeout)

    async def aclose(self) -> None:
        """Let go of the connection, whatever is still on its way."""
        self.abort()

    def abort(self) -> None:
        """The same, at once."""
        if self._transport is not None:
            self._transport.abort()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - the library has it so
    ) -> "VendorStream":
        """Go on over TLS.

        Raises:
            httpcore2.ConnectError: it cannot be agreed on.
            httpcore2.ConnectTimeout: it was not agreed on in time.
        """
        await self.flush(timeout)
        if self._unread or self._transport is None:
            raise httpcore2.ConnectError("TLS cannot be begun")
        self.expect()
        try:
            async with asyncio.timeout(timeout):
                over_tls = await self._loop.start_tls(
                    self._transport, self, ssl_context, server_hostname=server_hostname
                )
        except TimeoutError as error:
            await self.aclose()
            raise httpcore2.ConnectTimeout from error
        except (OSError, ssl.SSLError) as error:
            await self.aclose()
            raise httpcore2.ConnectError(str(error)) from error
        except BaseException:
            await self.aclose()
            raise
        if over_tls is None:
            raise httpcore2.ConnectError("the connection ended")
        self._transport = over_tls
        # Of 0 bytes, asyncio's TLS would say that it is full for ever.
        self._transport.set_write_buffer_limits(1, 0)
        return self

    def get_extra_info(self, info: str) -> Any:
        """The TLS object, for what was agreed on; whether something lies there or has ended."""
        if info == "ssl_object" and self._transport is not None:
            return self._transport.get_extra_info(info)
        return self._ended or bool(self._unread) if info == "is_readable" else None

    # What is known besides.

    def expect(self) -> None:
        """From now on what arrives belongs to the next answer, and what nobody has read yet."""
        self._head = self._unread.copy()
        self._arrived = len(self._unread)

    @property
    def spoke(self) -> bool:
        """Whether anything has arrived since."""
        return self._arrived > 0

    @property
    def ended(self) -> bool:
        """Whether the vendor has ended the connection."""
        return self._ended

    def is_exactly(self, length: int) -> bool:
        """Whether one head and a body of so many bytes have arrived since, and nothing more."""
        end = self._head.find(_END_OF_HEAD)
        return end >= 0 and self._arrived == end + len(_END_OF_HEAD) + length

    async def quiet(self, seconds: float) -> bool:
        """Listen for so long; whether nothing was said until its end."""
        if not self.spoke and not self._ended:
            try:
                await self._wait(seconds, httpcore2.ReadTimeout)
            except httpcore2.ReadTimeout:
                return True
        return not self.spoke

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    async def _wait(self, seconds: float | None, late: type[Exception]) -> None:
        """Until something changes.

        Raises:
            Exception: nothing has in time: `late`.
        """
        waiter = self._waiter = self._loop.create_future()
        timer = None if seconds is None else self._loop.call_later(seconds, _give_up, waiter, late)
        try:
            await waiter
        finally:
            self._waiter = None
            if timer is not None:
                timer.cancel()


def _give_up(waiter: "asyncio.Future[None]", late: type[Exception]) -> None:
    if not waiter.done():
        waiter.set_exception(late())


class Streams(httpcore2.AsyncNetworkBackend):
    """Makes such connections for the HTTP client."""

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the library has it so
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> VendorStream:
        """Connect to a host.

        Raises:
            httpcore2.ConnectError: no connection can be made.
            httpcore2.ConnectTimeout: none was made in time.
        """
        try:
            async with asyncio.timeout(timeout):
                return await _connected(host, port, timeout, local_address)
        except TimeoutError as error:
            raise httpcore2.ConnectTimeout from error
        except OSError as error:
            raise httpcore2.ConnectError(str(error)) from error


async def _connected(
    host: str,
    port: int,
    timeout: float | None,  # noqa: ASYNC109 - as the library has it
    local_address: str | None,
) -> VendorStream:
    """To the first of the host's addresses: a race takes three times the steps. To any where that fails."""
    first, *others = await _addresses_of(host, port)
    try:
        async with asyncio.timeout(_NEXT_ADDRESS_SECONDS if others else None):
            return await _made(first, port, local_address)
    except OSError:
        if not others:
            raise
    racing = asyncio.create_task(_raced(host, port, timeout, local_address))
    try:
        return await asyncio.shield(racing)
    except asyncio.CancelledError:
        # asyncio forgets a socket whose race between addresses is cancelled as it is won.
        racing.add_done_callback(_let_go)
        raise


async def _raced(
    host: str,
    port: int,
    timeout: float | None,  # noqa: ASYNC109 - as the library has it
    local_address: str | None,
) -> VendorStream:
    # By itself, since it goes on although whoever wanted it has gone.
    async with asyncio.timeout(timeout):
        return await _made(host, port, local_address, delay=_NEXT_ADDRESS_SECONDS)


async def _addresses_of(host: str, port: int) -> list[str]:
    if _is_address(host):
        return [host]
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(where[0]) for *_, where in found]


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


async def _made(
    host: str, port: int, local_address: str | None, *, delay: float | None = None
) -> VendorStream:
    transport, stream = await asyncio.get_running_loop().create_connection(
        VendorStream,
        host,
        port,
        local_addr=None if local_address is None else (local_address, 0),
        happy_eyeballs_delay=delay,
    )
    transport.set_write_buffer_limits(0)
    return stream


def _let_go(racing: "asyncio.Task[VendorStream]") -> None:
    if not racing.cancelled() and racing.exception() is None:
        racing.result().abort()


_NEXT_ADDRESS_SECONDS = 0.25
"""How long one address of a host has before the next one is tried as well (RFC 8305)."""
