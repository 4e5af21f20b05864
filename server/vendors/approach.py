"""The connection of one send, made while its claim is written down.

To connect takes about as long as the claim, and over TLS longer. Nothing is handed over before `send`: a
claim that refuses has shown the vendor an empty connection.
"""

import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import anyio

from server.first_cause import first_cause
from server.vendors.connection import Connection
from server.vendors.exchange import exchange
from server.vendors.outgoing import Outgoing
from server.vendors.stream import VendorStream
from tools.operation import Reply

_FRESH_SECONDS = 1.0
"""What stands longer may be ended by the vendor at any moment."""


class Approach:
    """One connection, and at most one request over it."""

    def __init__(self, connection: Connection, address: Outgoing) -> None:
        self._connection = connection
        self.address = address
        """The request as far as it is known: its method and URL."""
        self._stream: VendorStream | None = None
        self._stands_since: float | None = None
        self._outgoing: Outgoing | None = None
        self._is_known = anyio.Event()
        self._has_ended = anyio.Event()
        self._reply: Reply | None = None
        self._error: Exception | None = None

    @property
    def has_ended(self) -> bool:
        """Whether nothing is under way any more."""
        return self._has_ended.is_set()

    def leads_to(self, outgoing: Outgoing) -> bool:
        """Whether this can go this way: not where the vendor may have left by now."""
        if (outgoing.method, outgoing.url) != (self.address.method, self.address.url):
            return False
        if self._stands_since is None:
            return True
        is_fresh = time.monotonic() - self._stands_since < _FRESH_SECONDS
        return is_fresh and self._stream is not None and not self._stream.ended

    async def send(self, outgoing: Outgoing) -> Reply:
        """Send it once, as soon as the connection stands.

        Raises:
            NotSentError, UnknownOutcomeError: as `exchange`.
        """
        self._outgoing = outgoing
        self._is_known.set()
        await self._has_ended.wait()
        if self._reply is not None:
            return self._reply
        raise self._error or RuntimeError("an approach ended without a word")

    async def make(self) -> None:
        """Connect, and carry out what is sent."""
        try:
            self._reply = await exchange(self._connection, self.address, late=self._told)
        except Exception as error:  # noqa: BLE001 - it is raised where the request was sent from
            self._error = error
        finally:
            self._has_ended.set()

    async def _told(self, stream: VendorStream | None) -> Outgoing:
        self._stream, self._stands_since = stream, time.monotonic()
        await self._is_known.wait()
        if self._outgoing is None:
            raise RuntimeError("there is nothing to send")
        return self._outgoing


@asynccontextmanager
async def approaching(connection: Connection, address: Outgoing) -> AsyncGenerator[Approach]:
    """Connect while the block runs; what was not sent by its end never is."""
    approach = Approach(connection, address)
    try:
        async with anyio.create_task_group() as group:
            group.start_soon(approach.make)
            try:
                yield approach
            finally:
                # What has ended needs no cancelling, which takes two more turns of the event loop.
                if not approach.has_ended:
                    group.cancel_scope.cancel()
    except BaseExceptionGroup as failed:
        raise first_cause(failed) from None
    finally:
        await connection.http.aclose()
