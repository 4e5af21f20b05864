"""The sandbox's own requests: delivery reports and XmlReqUrl, to hosts that were checked to be loopback."""

import functools
import ssl
from dataclasses import dataclass

import anyio

_TIMEOUT = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """A request to a loopback host."""

    url: str
    method: str = "GET"
    content: bytes = b""
    content_type: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """What came back."""

    status: int
    content: bytes


@functools.cache
def _tls() -> ssl.SSLContext:
    """One for all requests: each takes 40 ms to make."""
    return ssl.create_default_context()


async def exchange(outgoing: Outgoing) -> Incoming | None:
    """Send one request, following no redirect; None when there was no answer within five seconds.

    Through the transport and not a client: a client follows proxy settings, and writes every URL, with the
    phone numbers in it, to the log at INFO.
    """
    import httpx2 as httpx  # noqa: PLC0415 - loaded with the first request, not with the sandbox

    headers = {"Content-Type": outgoing.content_type} if outgoing.content_type else {}
    try:
        request = httpx.Request(outgoing.method, outgoing.url, content=outgoing.content, headers=headers)
        with anyio.fail_after(_TIMEOUT):
            async with httpx.AsyncHTTPTransport(verify=_tls()) as transport:
                response = await transport.handle_async_request(request)
                return Incoming(status=response.status_code, content=await response.aread())
    except (httpx.HTTPError, httpx.InvalidURL, TimeoutError):
        return None
