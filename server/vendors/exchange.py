"""One HTTP exchange with a vendor, and what its failure proves.

Only a failure before the first byte of the request proves that nothing was sent (design, "The path of a
call"; SDK notes, "The HTTP client"). Everything else may have arrived.
"""

import logging
import ssl
from collections.abc import Generator
from contextlib import contextmanager

import anyio
import httpx2 as httpx

from server.call_time import left
from server.vendors.watch import EarlyAnswerError, Watch
from tools.operation import Reply
from tools.sentence import sentence

_log = logging.getLogger(__name__)

MAX_BODY = 32 * 1024 * 1024
DEADLINE = 40.0
"""Seconds for a whole exchange: a call must be answered before its client gives up (server/call_time.py)."""
_SERVER_ERROR = 500
_OK = 200
_REDIRECTS = range(300, 400)


class NotSentError(Exception):
    """The request cannot have reached the vendor: nothing happened there."""


class UnknownOutcomeError(Exception):
    """The request may have reached the vendor and may have been carried out; nobody knows."""


@contextmanager
def classified(watch: Watch) -> Generator[None]:
    """Turns every failure of the HTTP client into one of the two errors above, by what it proves.

    Before the first byte of the request is handed over nothing can have been sent, whatever has failed.
    """
    try:
        yield
    except UnknownOutcomeError:
        raise
    except EarlyAnswerError as error:
        if not watch.begun:
            raise NotSentError(
                sentence("its side spoke before it was asked, which no web server does")
            ) from error
        raise UnknownOutcomeError(sentence("the answer came before the whole request was sent")) from error
    except Exception as error:
        if not watch.begun:
            raise NotSentError(why_not_reached(error)) from error
        if isinstance(error, TimeoutError):
            raise UnknownOutcomeError(sentence("the vendor did not answer in time")) from error
        if isinstance(error, httpx.HTTPError):
            raise UnknownOutcomeError(_REASONS.get(type(error), sentence("the connection failed"))) from error
        raise


def why_not_reached(error: BaseException) -> str:
    """Why no connection stands, in our words."""
    if isinstance(error, httpx.ProxyError):
        code = str(error)[:3]
        return (
            sentence("the proxy refused: {code}", code=code)
            if code.isdecimal()
            else sentence("the proxy refused the connection")
        )
    causes = _causes(error)
    if any(isinstance(cause, ssl.SSLCertVerificationError) for cause in causes):
        return sentence(
            "its certificate cannot be verified; if it is right, name a file with the certificates to trust "
            "in SSL_CERT_FILE"
        )
    if any(isinstance(cause, ssl.SSLError) for cause in causes):
        return sentence("TLS cannot be agreed on with its host")
    if isinstance(error, TimeoutError | httpx.TimeoutException):
        return _NOT_REACHED.get(type(error), sentence("no connection could be made in time"))
    if not isinstance(error, httpx.HTTPError | httpx.InvalidURL | OSError):
        # A proxy that speaks no SOCKS ends here; so would a defect of ours.
        _log.warning("a connection failed in an unexpected way: %s", type(error).__name__)
    return _NOT_REACHED.get(type(error), sentence("no connection could be made"))


def _causes(error: BaseException) -> list[BaseException]:
    """The error and what it came from."""
    found: list[BaseException] = []
    at: BaseException | None = error
    while at is not None and at not in found:
        found.append(at)
        at = at.__cause__ or at.__context__
    return found


_NOT_REACHED: dict[type[BaseException], str] = {
    httpx.PoolTimeout: sentence("too many calls were waiting"),
    httpx.UnsupportedProtocol: sentence("the vendor's URL has an unusable scheme"),
    httpx.InvalidURL: sentence("the vendor's URL is invalid"),
}
_REASONS: dict[type[Exception], str] = {
    httpx.ReadTimeout: sentence("the vendor did not answer in time"),
    httpx.WriteTimeout: sentence("the request could not be handed over in time"),
    httpx.ReadError: sentence("the connection broke before the answer was complete"),
    httpx.WriteError: sentence("the connection broke while the request was being sent"),
    httpx.RemoteProtocolError: sentence("the vendor ended the connection without a complete answer"),
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
    watch = Watch()
    with classified(watch):
        try:
            with anyio.fail_after(left(deadline)):
                response = await client.send(watch.over(request), stream=True)
                try:
                    body = await _read(response, max_body)
                finally:
                    await response.aclose()
        finally:
            await watch.ended()
    return _reply(response, body)


async def _read(response: httpx.Response, max_body: int) -> bytes:
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > max_body:
            raise UnknownOutcomeError(sentence("the vendor's answer was larger than allowed"))
    return bytes(body)


def _reply(response: httpx.Response, body: bytes) -> Reply:
    if response.status_code >= _SERVER_ERROR:
        raise UnknownOutcomeError(
            sentence("the vendor answered with HTTP {status}", status=response.status_code)
        )
    if response.status_code != _OK and response.status_code not in _REDIRECTS:
        raise UnknownOutcomeError(
            sentence(
                "the vendor answered with HTTP {status}, which it never does", status=response.status_code
            )
        )
    return Reply(
        status=response.status_code,
        body=body,
        content_type=response.headers.get("content-type", ""),
        location=response.headers.get("location"),
        date=response.headers.get("date", ""),
    )
