"""One connection to a vendor's host, and whether another request may go over it."""

import time
from dataclasses import dataclass
from typing import Protocol

import httpcore2
import httpx2 as httpx

from server.vendors.stream import VendorStream

_KEPT_SECONDS = 4.0
"""Common servers keep a connection for 5 seconds at the least (uvicorn, Node)."""


class _Http(Protocol):
    """What is used of the HTTP client's connection."""

    async def handle_async_request(self, request: httpcore2.Request) -> httpcore2.Response: ...

    async def aclose(self) -> None: ...

    def is_idle(self) -> bool: ...


@dataclass(slots=True, eq=False)
class Connection:
    """One connection; `stream` is None until it stands."""

    http: _Http
    timeout: httpx.Timeout
    stream: VendorStream | None = None
    is_clean: bool = False
    """Whether its last answer was all that came, and it stands."""
    _since: float = 0.0

    def answered(self, length: int) -> None:
        """An answer whose body has this length was read whole."""
        if self.stream is not None and self.http.is_idle() and self.stream.is_exactly(length):
            self.is_clean = True
            self._since = time.monotonic()
            self.stream.expect()

    def is_usable(self) -> bool:
        """Whether it was silent since, and not for too long."""
        if self.stream is None or self.stream.spoke or self.stream.ended:
            return False
        return time.monotonic() - self._since < _KEPT_SECONDS

    def went_stale(self) -> bool:
        """Whether the vendor ended it without a word of an answer."""
        return self.stream is not None and self.stream.ended and not self.stream.spoke
