"""One HTTP exchange with a vendor, and what its failure proves.

Only a failure before the connection stands proves that nothing was sent (design, "The path of a call"; SDK
notes, "The HTTP client"). Everything else may have arrived.
"""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import anyio
import httpx2 as httpx

from tools.operation import Reply

MAX_BODY = 32 * 1024 * 1024
DEADLINE = 120.0
"""Seconds for a whole exchange: an answer that drips must not hold a place for ever."""
_SERVER_ERROR = 500
_OK = 200
_REDIRECTS = range(300, 400)

_PROOF_OF_NOT_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.UnsupportedProtocol,
    httpx.InvalidURL,
)


class NotSentError(Exception):
    """The request cannot have reached the vendor: nothing happened there."""


class UnknownOutcomeError(Exception):
    """The request may have reached the vendor and may have been carried out; nobody knows."""


@asynccontextmanager
async def classified() -> AsyncGenerator[None]:
    """Turns every failure of the HTTP client into one of the two errors above, by what it proves."""
    try:
        yield
    except _PROOF_OF_NOT_SENT as error:
        raise NotSentError(_REASONS.get(type(error), "the vendor's host cannot be reached")) from error
    except TimeoutError as error:
        raise UnknownOutcomeError("the vendor did not answer in time") from error
    except httpx.HTTPError as error:
        raise UnknownOutcomeError(_REASONS.get(type(error), "the connection failed")) from error


_REASONS: dict[type[Exception], str] = {
    httpx.ConnectError: "no connection could be made",
    httpx.ConnectTimeout: "no connection could be made in time",
    httpx.PoolTimeout: "too many calls were waiting",
    httpx.UnsupportedProtocol: "the vendor's URL has an unusable scheme",
    httpx.InvalidURL: "the vendor's URL is invalid",
    httpx.ReadTimeout: "the vendor did not answer in time",
    httpx.WriteTimeout: "the request could not be handed over in time",
    httpx.ReadError: "the connection broke before the answer was complete",
    httpx.WriteError: "the connection broke while the request was being sent",
    httpx.RemoteProtocolError: "the vendor ended the connection without a complete answer",
}


async def exchange(
    client: httpx.AsyncClient, request: httpx.Request, *, max_body: int = MAX_BODY, deadline: float = DEADLINE
) -> Reply:
    """Send one request once, and read the whole answer.

    Raises:
        NotSentError: nothing can have reached the vendor.
        UnknownOutcomeError: anything else that is not a complete answer, among it every 5xx and an answer
            larger than `max_body` bytes.
    """
    async with classified():
        with anyio.fail_after(deadline):
            response = await client.send(request, stream=True)
            try:
                body = await _read(response, max_body)
            finally:
                await response.aclose()
    return _reply(response, body)


async def _read(response: httpx.Response, max_body: int) -> bytes:
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > max_body:
            raise UnknownOutcomeError("the vendor's answer was larger than allowed")
    return bytes(body)


def _reply(response: httpx.Response, body: bytes) -> Reply:
    if response.status_code >= _SERVER_ERROR:
        raise UnknownOutcomeError(f"the vendor answered with HTTP {response.status_code}")
    if response.status_code != _OK and response.status_code not in _REDIRECTS:
        raise UnknownOutcomeError(
            f"the vendor answered with HTTP {response.status_code}, which it never does"
        )
    return Reply(
        status=response.status_code,
        body=body,
        content_type=response.headers.get("content-type", ""),
        location=response.headers.get("location"),
    )
