"""One HTTP exchange with a vendor, and what its failure proves.

Only a failure before the first byte of the request proves that nothing was sent (design, "The path of a
call"; SDK notes, "The HTTP client"). Everything else may have arrived.
"""

import io
import logging
import math
import ssl
from collections.abc import AsyncIterator, Generator
from contextlib import contextmanager
from functools import partial

import anyio
import httpcore2
import httpx2 as httpx

from server.call_time import left
from server.vendors.connection import Connection
from server.vendors.outgoing import Outgoing
from server.vendors.stream import VendorStream
from server.vendors.watch import EarlyAnswerError, Late, Watch, Written
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
        if isinstance(error, _OF_THE_CLIENT):
            raise UnknownOutcomeError(_REASONS.get(type(error), sentence("the connection failed"))) from error
        raise


def why_not_reached(error: BaseException) -> str:
    """Why no connection stands, in our words."""
    if isinstance(error, httpcore2.ProxyError):
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
    if isinstance(error, TimeoutError | httpcore2.TimeoutException):
        return _NOT_REACHED.get(type(error), sentence("no connection could be made in time"))
    if not isinstance(error, (*_OF_THE_CLIENT, OSError)):
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


_OF_THE_CLIENT = (
    httpcore2.NetworkError,
    httpcore2.ProtocolError,
    httpcore2.TimeoutException,
    httpcore2.UnsupportedProtocol,
)
_NOT_REACHED: dict[type[BaseException], str] = {
    httpcore2.UnsupportedProtocol: sentence("the vendor's URL has an unusable scheme"),
}
_REASONS: dict[type[Exception], str] = {
    httpcore2.ReadTimeout: sentence("the vendor did not answer in time"),
    httpcore2.WriteTimeout: sentence("the request could not be handed over in time"),
    httpcore2.ReadError: sentence("the connection broke before the answer was complete"),
    httpcore2.WriteError: sentence("the connection broke while the request was being sent"),
    httpcore2.RemoteProtocolError: sentence("the vendor ended the connection without a complete answer"),
}


async def exchange(  # noqa: PLR0913 - a connection, what goes over it, and four limits of it
    connection: Connection,
    outgoing: Outgoing,
    *,
    last: bool = True,
    max_body: int = MAX_BODY,
    deadline: float = DEADLINE,
    late: Late | None = None,
) -> Reply:
    """Send one request once, and read the whole answer.

    Not the `last` one on its connection is a look: it goes out in one piece, where what changes something is
    listened to before its last byte, too. What is `late` has its body from there, whenever it comes; the
    deadline counts from then on.

    Raises:
        NotSentError: nothing can have reached the vendor.
        UnknownOutcomeError: anything else that is not a complete answer, among it every 5xx and an answer
            larger than `max_body` bytes.
    """
    watch = Watch(connection.stream)
    connection.is_clean = False
    with classified(watch):
        try:
            with anyio.fail_after(left(deadline)) as scope:
                if late is not None:
                    watch.late = partial(_untimed, late, scope, deadline)
                response = await connection.http.handle_async_request(
                    outgoing.watched(watch, connection.timeout, last=last)
                )
                headers = _headers_of(response)
                try:
                    body = await _read(response, headers, max_body)
                finally:
                    await response.aclose()
        finally:
            connection.stream = watch.stream
            await watch.ended()
    if headers.get("content-length", "").isdecimal() and "transfer-encoding" not in headers:
        connection.answered(int(headers["content-length"]))
    return _reply(response.status, headers, body)


async def _untimed(
    late: Late, scope: anyio.CancelScope, deadline: float, stream: VendorStream | None
) -> Written:
    """What is late, with its time counted from when it is here.

    Raises:
        TimeoutError: the call has none left, and nothing is begun.
    """
    scope.deadline = math.inf
    written = await late(stream)
    rest = left(deadline)
    if not rest:
        raise TimeoutError
    scope.deadline = anyio.current_time() + rest
    return written


def _headers_of(response: httpcore2.Response) -> dict[str, str]:
    """By their names in small letters; what comes more than once, with commas between."""
    found: dict[str, str] = {}
    for name, value in response.headers:
        key, text = name.decode("latin-1").lower(), value.decode("latin-1")
        found[key] = f"{found[key]}, {text}" if key in found else text
    return found


async def _read(response: httpcore2.Response, headers: dict[str, str], max_body: int) -> bytes:
    # What it holds goes out as it is: to copy a long answer is one step in which nobody else has a turn.
    body = io.BytesIO()
    chunks = response.aiter_stream()
    if "content-encoding" in headers:
        chunks = httpx.Response(response.status, headers=headers, stream=_Encoded(chunks)).aiter_bytes()
    async for chunk in chunks:
        if body.tell() + len(chunk) > max_body:
            raise UnknownOutcomeError(sentence("the vendor's answer was larger than allowed"))
        body.write(chunk)
    return body.getvalue()


class _Encoded(httpx.AsyncByteStream):
    """A body as it came."""

    def __init__(self, chunks: AsyncIterator[bytes]) -> None:
        self._chunks = chunks

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self._chunks


def _reply(status: int, headers: dict[str, str], body: bytes) -> Reply:
    if status >= _SERVER_ERROR:
        raise UnknownOutcomeError(sentence("the vendor answered with HTTP {status}", status=status))
    if status != _OK and status not in _REDIRECTS:
        raise UnknownOutcomeError(
            sentence("the vendor answered with HTTP {status}, which it never does", status=status)
        )
    return Reply(
        status=status,
        body=body,
        content_type=headers.get("content-type", ""),
        location=headers.get("location"),
        date=headers.get("date", ""),
    )
