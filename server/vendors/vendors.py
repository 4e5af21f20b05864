"""The one place that talks HTTP to a vendor: bounded, without retries and without redirects."""

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Protocol
from urllib.parse import urlsplit

import anyio
import httpx2 as httpx
from pydantic import SecretStr

from server.call_time import left_before_a_post
from server.settings.settings import Every8dSettings, OmisSettings, Settings
from server.store.errors import StoreUnavailableError
from server.vendors.approach import Approach, approaching
from server.vendors.clock import apart
from server.vendors.connection import Connection
from server.vendors.connections import Connections
from server.vendors.credentials import every8d_request, omis_request
from server.vendors.exchange import MAX_BODY, NotSentError, UnknownOutcomeError, exchange
from server.vendors.looking import look
from server.vendors.outgoing import Outgoing
from tools.operation import Reply, Request, Steps, T, Vendor
from tools.problems import Problem, RefusedError
from tools.sentence import sentence

WAIT_FOR_A_PLACE = 30.0
"""Seconds to wait for one of the account's places, as far as the call has them."""
_TIMEOUT = httpx.Timeout(connect=5, read=40, write=40, pool=40)


@dataclass(slots=True, kw_only=True)
class _Line:
    """The connection to one vendor's account."""

    base_url: str
    calls_at_once: int
    build: Callable[[Request], Outgoing]
    link_hosts: frozenset[str] = frozenset()
    max_link_body: int = MAX_BODY
    account: str
    credentials: str
    """What the fingerprint of a lock is made of: other credentials are tried again."""
    locked: str | None = None
    lock_is_kept: bool = True
    """Whether the store may hold a lock of these credentials: true until it has been asked once."""
    apart: timedelta | None = None
    """How far the vendor's clock is ahead of ours, by its newest answer that said so."""
    limiter: anyio.CapacityLimiter = field(init=False)
    hosts: dict[tuple[str, str], Connections] = field(default_factory=dict[tuple[str, str], Connections])

    def __post_init__(self) -> None:
        self.limiter = anyio.CapacityLimiter(self.calls_at_once)

    def open(self, url: str) -> Connections:
        """The connections to a URL's host, from the first call on: listing tools must not pay for TLS.

        Raises:
            NotSentError: the environment's certificates or proxy cannot be used.
        """
        parts = urlsplit(url)
        host = (parts.scheme, parts.netloc)
        if host not in self.hosts:
            self.hosts[host] = Connections.to(parts, _TIMEOUT)
        return self.hosts[host]


class Locks(Protocol):
    """Remembers refused logins beyond this process: a restart must not try a wrong password again."""

    async def vendor_lock(self, vendor: str, credentials: str) -> str | None:
        """The vendor's code of the refused login, if these credentials were refused."""
        ...

    async def lock_vendor(self, vendor: str, credentials: str, vendor_code: str) -> None:
        """Remember a refused login."""
        ...


class Vendors:
    """Both vendors' accounts. Owns the credentials; nothing outside sees them."""

    def __init__(self, settings: Settings, locks: Locks, clock: Callable[[], datetime]) -> None:
        self._locks = locks
        self._clock = clock
        self._lines: dict[Vendor, _Line] = {}
        if settings.every8d is not None:
            self._lines["every8d"] = _every8d_line(settings.every8d)
        if settings.omis is not None:
            self._lines["omis"] = _omis_line(settings.omis, settings.files.max_report_bytes)

    @asynccontextmanager
    async def approach(self, request: Request) -> AsyncGenerator[Approach | None]:
        """Connect to where such a request will go, which may have another body; None where that is no use.

        Nothing goes over the connection but what is sent `over` it.
        """
        line = self._lines.get(request.vendor)
        if line is None or line.locked is not None or not line.limiter.available_tokens:
            yield None
            return
        try:
            address = line.build(request)
            connection = line.open(line.base_url).new(address.url)
        except NotSentError:
            # The send says why.
            yield None
            return
        async with approaching(connection, replace(address, body=b"")) as approach:
            yield approach

    async def send(self, request: Request, *, look: bool = False, over: Approach | None = None) -> Reply:
        """Carry out one request, once. A `look` changes nothing, and may share its connection with others.

        What changes something has a connection of its own; `over` is one that was made for it.

        Raises:
            RefusedError: there is no account, or an earlier login error stopped its calls; nothing was sent.
            NotSentError: nothing can have reached the vendor.
            UnknownOutcomeError: it may have been carried out.
        """
        line = self._lines.get(request.vendor)
        if line is None:
            raise RefusedError(_no_account(request.vendor))
        async with _place(line):
            await self._refuse_locked(request.vendor, line)
            if request.link is not None:
                link = _checked_link(line, request.link)
                return await _once(line.open(request.link), link, max_body=line.max_link_body)
            host, outgoing = line.open(line.base_url), line.build(request)
            asked = self._clock()
            reply = await (_look(host, outgoing) if look else _once(host, outgoing, over=over))
            said = apart(reply.date, asked, self._clock())
            line.apart = line.apart if said is None else said
            return reply

    async def query(self, steps: Steps[T]) -> T:
        """Carry out the read requests of a generator and return its value: `look`.

        What it raises passes through; a refused login among it has stopped the account's calls.
        """
        asked: list[Vendor] = []

        async def send(request: Request) -> Reply:
            asked.append(request.vendor)
            return await self.send(request, look=True)

        try:
            return await look(steps, send)
        except RefusedError as error:
            if asked:
                await self.refused(asked[-1], error.problem)
            raise

    def account(self, vendor: Vendor | None) -> str:
        """Names the account without its password: the same call of another account is another call."""
        return "" if vendor is None else self._lines[vendor].account

    def apart(self, vendor: Vendor | None) -> timedelta | None:
        """How far the vendor's clock is ahead of ours, measured last; None when it has never said."""
        line = None if vendor is None else self._lines.get(vendor)
        return None if line is None else line.apart

    async def refused(self, vendor: Vendor, problem: Problem) -> None:
        """Stop the account's calls if this is a refused login."""
        if problem.code == "login_refused":
            await self.lock(vendor, problem.vendor_code or "?")

    async def lock(self, vendor: Vendor, vendor_code: str) -> None:
        """After a login error: no further call, since repeated wrong logins lock the customer's account."""
        line = self._lines[vendor]
        line.locked = vendor_code
        try:
            await self._locks.lock_vendor(vendor, line.credentials, vendor_code)
        except StoreUnavailableError:
            line.lock_is_kept = False
        else:
            line.lock_is_kept = True

    async def _refuse_locked(self, vendor: Vendor, line: _Line) -> None:
        """A lock is asked for at the first call, and again while it holds: a person may have lifted it."""
        if line.lock_is_kept:
            with suppress(StoreUnavailableError):
                line.locked = await self._locks.vendor_lock(vendor, line.credentials)
                line.lock_is_kept = line.locked is not None
        if line.locked is not None:
            raise RefusedError(_login_stopped(vendor, line.locked))

    async def close(self) -> None:
        """Let go of the connections."""
        for line in self._lines.values():
            for host in line.hosts.values():
                await host.close()


async def _once(
    host: Connections, outgoing: Outgoing, *, max_body: int = MAX_BODY, over: Approach | None = None
) -> Reply:
    """Over a connection of its own."""
    if over is not None and over.leads_to(outgoing):
        return await over.send(outgoing)
    connection = host.new(outgoing.url)
    try:
        return await exchange(connection, outgoing, max_body=max_body)
    finally:
        await connection.http.aclose()


async def _look(host: Connections, outgoing: Outgoing) -> Reply:
    """Over a connection that an earlier look left, or a new one.

    The vendor may end a connection at the moment at which it is used again; the look then goes over another,
    since it changes nothing.
    """
    while (rested := await host.rested()) is not None:
        try:
            return await _over(host, rested, outgoing)
        except UnknownOutcomeError:
            if not rested.went_stale():
                raise
    return await _over(host, host.new(outgoing.url), outgoing)


async def _over(host: Connections, connection: Connection, outgoing: Outgoing) -> Reply:
    try:
        return await exchange(connection, outgoing, last=False)
    finally:
        if connection.is_clean:
            host.keep(connection)
        else:
            await connection.http.aclose()


@asynccontextmanager
async def _place(line: _Line) -> AsyncGenerator[None]:
    try:
        line.limiter.acquire_nowait()
    except anyio.WouldBlock:
        with anyio.move_on_after(left_before_a_post(WAIT_FOR_A_PLACE)) as waiting:
            await line.limiter.acquire()
        if waiting.cancelled_caught:
            raise NotSentError(sentence("too many calls were waiting")) from None
    try:
        yield
    finally:
        line.limiter.release()


def _no_account(vendor: Vendor) -> Problem:
    return Problem(
        code="no_account",
        message=sentence("No call was made: no {vendor} account is configured.", vendor=vendor.upper()),
        next=sentence("A person sets one in the settings."),
    )


def _login_stopped(vendor: Vendor, vendor_code: str) -> Problem:
    return Problem(
        code="login_stopped",
        message=sentence(
            "No call was made: {vendor} refused this account's login before, and more wrong logins would "
            "lock the account.",
            vendor=vendor.upper(),
        ),
        next=sentence(
            "A person corrects the account in the settings, or runs `campaign-ops-mcp unlock {vendor}`.",
            vendor=vendor,
        ),
        vendor_code=vendor_code,
    )


def _checked_link(line: _Line, link: str) -> Outgoing:
    parts = urlsplit(link)
    if parts.scheme not in ("http", "https") or (parts.hostname or "").lower() not in line.link_hosts:
        raise RefusedError(
            Problem(
                code="link_refused",
                message="Nothing was downloaded: the report's link names a host that is not allowed.",
                next="A person adds the host to CAMPAIGN_OPS_OMIS__DOWNLOAD_HOSTS if it is the vendor's.",
            )
        )
    try:
        return Outgoing(method="GET", url=httpx.URL(link))
    except (httpx.InvalidURL, UnicodeError) as error:
        raise NotSentError(sentence("the report's link is not a usable URL")) from error


def _joined(base_url: str, name: str, password: SecretStr) -> str:
    return f"{base_url}|{name}|{password.get_secret_value()}"


def _every8d_line(settings: Every8dSettings) -> _Line:
    return _Line(
        base_url=settings.base_url,
        account=f"{settings.base_url}|{settings.uid}",
        credentials=_joined(settings.base_url, settings.uid, settings.password),
        calls_at_once=settings.calls_at_once,
        build=lambda request: every8d_request(settings, request),
    )


def _omis_line(settings: OmisSettings, max_report_bytes: int) -> _Line:
    own = urlsplit(settings.base_url).hostname or ""
    return _Line(
        base_url=settings.base_url,
        account=f"{settings.base_url}|{settings.login_name}",
        credentials=_joined(settings.base_url, settings.login_name, settings.password),
        calls_at_once=settings.calls_at_once,
        build=lambda request: omis_request(settings, request),
        link_hosts=frozenset(host.lower() for host in (own, *settings.download_hosts)),
        max_link_body=max_report_bytes,
    )
