"""The door of both listeners at the moments that a crowd alone does not reach."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress

import anyio
import pytest
from anyio.abc import SocketStream
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from server import http_door

HOST = "127.0.0.1"
ASKED = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
PATIENCE = 4.0
"""Less than the five seconds after which uvicorn itself ends an idle connection."""


class _Desk:
    """Answers each request only when it is let."""

    def __init__(self) -> None:
        self.came, self.go = anyio.Event(), anyio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        self.came.set()
        await self.go.wait()
        await PlainTextResponse("answered")(scope, receive, send)


@asynccontextmanager
async def _open(desk: _Desk) -> AsyncGenerator[int]:
    """A listener before the desk; its port."""
    bound = http_door.listening_socket(HOST, 0)
    web = http_door.Listener(desk, lifespan="off")
    async with anyio.create_task_group() as group:
        group.start_soon(web.serve, [bound])
        yield bound.getsockname()[1]
        web.should_exit = True


async def _closed(stream: SocketStream) -> None:
    """Returns when the server has ended the connection."""
    with anyio.fail_after(PATIENCE), suppress(anyio.EndOfStream, anyio.BrokenResourceError):
        while True:
            await stream.receive()


async def test_a_request_that_is_whole_waits_for_its_answer_beyond_the_time_of_header_and_body(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(http_door, "HEADER_SECONDS", 0.1)
    monkeypatch.setattr(http_door, "BODY_SECONDS", 0.1)
    desk = _Desk()
    async with _open(desk) as port, await anyio.connect_tcp(HOST, port) as asking:
        await asking.send(ASKED)
        await desk.came.wait()
        # One that came later and says nothing has had its time.
        async with await anyio.connect_tcp(HOST, port) as silent:
            await _closed(silent)
        desk.go.set()
        assert (await asking.receive()).startswith(b"HTTP/1.1 200 OK")


async def test_a_connection_that_is_silent_after_its_answer_is_ended_in_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(http_door, "HEADER_SECONDS", 0.1)
    desk = _Desk()
    desk.go.set()
    async with _open(desk) as port, await anyio.connect_tcp(HOST, port) as asking:
        await asking.send(ASKED)
        assert (await asking.receive()).startswith(b"HTTP/1.1 200 OK")
        await _closed(asking)


async def test_a_crowd_ends_no_request_that_is_being_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is the oldest of all, and those that say nothing go before it."""
    monkeypatch.setattr(http_door, "most_connections", lambda: 2)
    desk = _Desk()
    async with _open(desk) as port, await anyio.connect_tcp(HOST, port) as asking:
        await asking.send(ASKED)
        await desk.came.wait()
        async with await anyio.connect_tcp(HOST, port) as silent, await anyio.connect_tcp(HOST, port):
            await _closed(silent)
        desk.go.set()
        assert (await asking.receive()).startswith(b"HTTP/1.1 200 OK")


async def test_where_every_other_is_being_answered_the_newcomer_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_door, "most_connections", lambda: 1)
    desk = _Desk()
    async with _open(desk) as port, await anyio.connect_tcp(HOST, port) as asking:
        await asking.send(ASKED)
        await desk.came.wait()
        async with await anyio.connect_tcp(HOST, port) as late:
            await _closed(late)
        desk.go.set()
        assert (await asking.receive()).startswith(b"HTTP/1.1 200 OK")
