"""A request of HTTP as it goes out."""

from dataclasses import dataclass

import httpcore2
import httpx2 as httpx

from server.vendors.watch import Watch, held_back


def at(url: httpx.URL) -> httpcore2.URL:
    """A URL as the HTTP client's connections want it."""
    return httpcore2.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """One request, with whatever credentials it needs."""

    method: str
    url: httpx.URL
    body: bytes = b""
    content_type: str = ""

    def watched(self, watch: Watch, timeout: httpx.Timeout, *, last: bool) -> httpcore2.Request:
        """The request for the HTTP client. `last`: its connection is used for nothing else afterwards."""
        url = self.url
        headers = [
            (b"Host", url.netloc),
            (b"Accept", b"*/*"),
            (b"Accept-Encoding", b"gzip, deflate"),
            (b"Connection", b"close" if last else b"keep-alive"),
            (b"User-Agent", _USER_AGENT),
            *self.content_headers,
        ]
        return httpcore2.Request(
            self.method,
            at(url),
            headers=headers,
            content=held_back(self, watch) if last and (self.body or watch.late) else self.body,
            extensions={"timeout": timeout.as_dict(), "trace": watch.follow},
        )

    @property
    def content_headers(self) -> list[tuple[bytes, bytes]]:
        """The headers that say what the body is."""
        if not self.body:
            return []
        return [
            (b"Content-Length", str(len(self.body)).encode()),
            (b"Content-Type", self.content_type.encode()),
        ]


_USER_AGENT = f"python-httpx2/{httpx.__version__}".encode()
