"""The connections to one host of a vendor: a new one for each change, some that looks use again.

A look's connection is kept for a moment when its answer was all that came. Whatever else arrives on it, at
once or later, makes it useless; what changes something never goes over a connection that was used before.
"""

from dataclasses import dataclass, field
from urllib.parse import SplitResult

import httpcore2
import httpx2 as httpx

from server.vendors.connection import Connection
from server.vendors.network import way_to
from server.vendors.outgoing import at


@dataclass(slots=True)
class Connections:
    """Those to the host of one URL."""

    way: httpcore2.AsyncConnectionPool
    timeout: httpx.Timeout
    _resting: list[Connection] = field(default_factory=list[Connection])

    @classmethod
    def to(cls, url: SplitResult, timeout: httpx.Timeout) -> "Connections":
        """None stands yet.

        Raises:
            NotSentError: a setting of the environment stands in the way.
        """
        return cls(way_to(url), timeout)

    def new(self, url: httpx.URL) -> Connection:
        """One that nobody used before; it is made by its first request."""
        return Connection(self.way.create_connection(at(url).origin), self.timeout)

    async def rested(self) -> Connection | None:
        """One that a look left, if one is usable."""
        while self._resting:
            found = self._resting.pop()
            if found.is_usable():
                return found
            await found.http.aclose()
        return None

    def keep(self, connection: Connection) -> None:
        """For the next look."""
        self._resting.append(connection)

    async def close(self) -> None:
        """Let go of all."""
        for each in self._resting:
            await each.http.aclose()
        self._resting.clear()
