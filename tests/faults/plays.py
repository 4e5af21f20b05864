"""Every way in which a vendor's answer can go wrong, one play or one twist for each."""

import socket
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Literal

import anyio
import pytest

from server.vendors import watch
from tests.faults.front_door import RECEIPT
from tests.faults.scripted import Exchange, Play, ScriptedVendor, whole

Twist = Callable[[ScriptedVendor, pytest.MonkeyPatch], Awaitable[None]]
Outcome = Literal["not_sent", "unknown"]

_OVERSIZED = 33 * 1024 * 1024
_CHUNK = b"0" * 65_536


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A play for the faulty page, or a twist of the whole server; and what it proves about a send."""

    name: str
    outcome: Outcome
    says: str
    """What the person and the assistant read of it."""
    play: Play | None = None
    twist: Twist | None = None


async def _reset(exchange: Exchange) -> None:
    exchange.reset()


async def _half_headers(exchange: Exchange) -> None:
    await exchange.say(b"HTTP/1.1 200 OK\r\nContent-Ty")


async def _half_body(exchange: Exchange) -> None:
    await exchange.say(b"HTTP/1.1 200 OK\r\nContent-Length: 60\r\n\r\n1229.00,1,1,0,2204")


async def _garbage(exchange: Exchange) -> None:
    await exchange.say(bytes(range(256)) * 4)


async def _idle_close(_exchange: Exchange) -> None:
    """The request is read, and the connection ended without a word."""


async def _hang(_exchange: Exchange) -> None:
    await anyio.sleep_forever()


async def _oversized(exchange: Exchange) -> None:
    await exchange.say(f"HTTP/1.1 200 OK\r\nContent-Length: {_OVERSIZED}\r\n\r\n".encode())
    for _ in range(_OVERSIZED // len(_CHUNK)):
        await exchange.say(_CHUNK)


async def _drip(exchange: Exchange) -> None:
    """A byte in less than the read timeout, for longer than the deadline of the whole exchange."""
    await exchange.say(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    while True:
        await exchange.say(b"1")
        await anyio.sleep(0.05)


async def _refuse(vendor: ScriptedVendor, _patch: pytest.MonkeyPatch) -> None:
    await vendor.stop()


async def _fill_up(vendor: ScriptedVendor, _patch: pytest.MonkeyPatch) -> None:
    await vendor.fill_up()


async def _reset_at_accept(vendor: ScriptedVendor, _patch: pytest.MonkeyPatch) -> None:
    vendor.at_accept = _reset


async def _speak_first(vendor: ScriptedVendor, patch: pytest.MonkeyPatch) -> None:
    """An answer lies there before anything was asked."""
    patch.setattr(watch, "QUIET_SECONDS", 0.3)
    vendor.at_accept = whole(RECEIPT)


async def _answer_at_the_head(vendor: ScriptedVendor, patch: pytest.MonkeyPatch) -> None:
    """An answer to a request whose body has not been sent whole."""
    patch.setattr(watch, "QUIET_SECONDS", 0.3)
    vendor.at_head = whole(RECEIPT)


async def _lose_the_name(_vendor: ScriptedVendor, patch: pytest.MonkeyPatch) -> None:
    def no_such_name(*_given: Any, **_options: Any) -> Any:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    patch.setattr(socket, "getaddrinfo", no_such_name)


_HTML = "<!DOCTYPE html><html><head><title>系統維護中</title></head><body>系統維護中</body></html>"

_BROKE = "the connection broke before the answer was complete"
_ENDED = "ended the connection without a complete answer"
_SHAPE = "has no shape that its document describes"
_LATE = "did not answer in time"

FAULTS: tuple[Fault, ...] = (
    Fault(name="refused", outcome="not_sent", says="no connection could be made", twist=_refuse),
    Fault(name="unknown_name", outcome="not_sent", says="no connection could be made", twist=_lose_the_name),
    Fault(
        name="connect_timeout", outcome="not_sent", says="no connection could be made in time", twist=_fill_up
    ),
    Fault(name="speaks_first", outcome="not_sent", says="spoke before it was asked", twist=_speak_first),
    Fault(
        name="answers_too_early",
        outcome="unknown",
        says="came before the whole request was sent",
        twist=_answer_at_the_head,
    ),
    Fault(name="reset_at_accept", outcome="unknown", says=_BROKE, twist=_reset_at_accept),
    Fault(name="reset_after_the_body", outcome="unknown", says=_BROKE, play=_reset),
    Fault(name="half_headers", outcome="unknown", says=_ENDED, play=_half_headers),
    Fault(name="half_body", outcome="unknown", says=_ENDED, play=_half_body),
    Fault(name="garbage", outcome="unknown", says=_ENDED, play=_garbage),
    Fault(name="garbage_body", outcome="unknown", says=_SHAPE, play=whole(bytes(range(256)))),
    Fault(name="idle_close", outcome="unknown", says=_ENDED, play=_idle_close),
    Fault(name="hang", outcome="unknown", says=_LATE, play=_hang),
    Fault(
        name="http_500",
        outcome="unknown",
        says="HTTP 500",
        play=whole("Server Error", status="500 Server Error"),
    ),
    Fault(
        name="http_503", outcome="unknown", says="HTTP 503", play=whole("", status="503 Service Unavailable")
    ),
    Fault(name="http_404", outcome="unknown", says="HTTP 404", play=whole("", status="404 Not Found")),
    Fault(
        name="html",
        outcome="unknown",
        says=_SHAPE,
        play=whole(_HTML, content_type="text/html; charset=utf-8"),
    ),
    Fault(
        name="redirect",
        outcome="unknown",
        says=_SHAPE,
        play=whole("", status="302 Found", more="Location: /elsewhere.ashx\r\n"),
    ),
    Fault(name="empty_body", outcome="unknown", says=_SHAPE, play=whole("")),
    Fault(name="oversized", outcome="unknown", says="larger than allowed", play=_oversized),
    Fault(name="drip_beyond_the_deadline", outcome="unknown", says=_LATE, play=_drip),
)
