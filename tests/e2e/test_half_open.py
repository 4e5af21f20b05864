"""Connections without an end: they neither end the server, nor keep others out, nor fill the disk."""

import logging
import socket
from collections.abc import AsyncGenerator
from contextlib import ExitStack, asynccontextmanager, suppress
from functools import partial

import anyio
import anyio.to_thread
import httpx2 as httpx
import pytest
from mcp.client import Client
from mcp.client.streamable_http import streamable_http_client

from server import http_door, supervision
from server.ledger import reaper
from tests.delivery.receivers import receiving, vendor_of
from tests.e2e.house import NO_TLS, House, Session
from tests.e2e.process import COMMAND, Served, at_the_sandbox, served
from tests.e2e.sql import run_sql, store_of
from tests.gate.servers import FREE, FREE_SEND, fronted, until
from tests.patience import PATIENCE

pytestmark = [pytest.mark.xdist_group("time"), pytest.mark.usefixtures("quick_start")]

FEW_FILES = ("sh", "-c", 'ulimit -n 256; exec "$@"', "sh", COMMAND)
HALF_OPEN = 400
LONGEST_LOG = 20_000
TOKEN, CALLBACK_TOKEN = "d" * 40, "a-long-token-for-tests"
CALLBACK = f"/callbacks/every8d/{CALLBACK_TOKEN}"
REPORT = {"BatchID": "b1", "RM": "+886912345678", "RT": "20260301120000", "STATUS": "100", "MR": "1"}
HALF_A_HEAD = b"POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\n"
HALF_A_BODY = HALF_A_HEAD + b"Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"
NONSENSE = b"\x16\x03\x01\x02\x00\x01"


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


@asynccontextmanager
async def _pressed(house: House) -> AsyncGenerator[tuple[Served, str, int, list[bytes]]]:
    """A server that may open 256 files, with its URL, the port of its receiver, and what it logs."""
    port = _free_port()
    callbacks = {"CALLBACKS__TOKEN": CALLBACK_TOKEN, "CALLBACKS__PORT": str(port)}
    env = at_the_sandbox(house, HTTP__TOKENS__DESK=TOKEN, **callbacks)
    logged: list[bytes] = []
    async with served("--http", "--port", "0", env=env, folder=house.folder, command=FEW_FILES) as server:
        url = await server.line("serving MCP at ")
        await until(partial(_listens, port), PATIENCE)
        async with anyio.create_task_group() as group:
            group.start_soon(_keep, server, logged)
            yield server, url, port, logged
            group.cancel_scope.cancel()


async def _listens(port: int) -> bool:
    try:
        async with await anyio.connect_tcp("127.0.0.1", port):
            return True
    except OSError:
        return False


async def _keep(server: Served, logged: list[bytes]) -> None:
    assert server.process.stderr is not None
    while chunk := await server.process.stderr.read(65536):
        logged.append(chunk)


def _press(held: ExitStack, port: int, begun: bytes) -> None:
    """So many connections that say the beginning of something, and stay as long as they are let."""
    crowd: list[socket.socket] = []
    for _ in range(HALF_OPEN):
        with suppress(OSError):
            crowd.append(held.enter_context(socket.create_connection(("127.0.0.1", port), timeout=2)))
    for each in crowd:
        with suppress(OSError):
            each.sendall(begun)


async def _honest_work(house: House, url: str, port: int) -> None:
    """A client with a token and the vendor, each with a new connection."""
    headers = {"authorization": f"Bearer {TOKEN}"}
    async with httpx.AsyncClient(headers=headers, trust_env=False, verify=NO_TLS, timeout=PATIENCE) as http:
        answer = await http.post(f"http://127.0.0.1:{port}{CALLBACK}", data=REPORT)
        assert (answer.status_code, answer.text) == (200, "")
        async with Client(streamable_http_client(url, http_client=http), mode=house.era) as client:
            session = Session(client=client)
            assert (await session.facts("query_credit"))["credit"] == 10000
            assert (await session.facts("list_actions"))["total"] == 0


@pytest.mark.parametrize("era", ["auto"], indirect=True)
async def test_crowds_of_half_open_connections_keep_nobody_out(house: House) -> None:
    async with _pressed(house) as (server, url, port, logged):
        web = httpx.URL(url).port
        assert web is not None
        with ExitStack() as held:
            for begun in (b"", HALF_A_HEAD, HALF_A_BODY, NONSENSE):
                target, path = (web, b"/mcp") if begun != HALF_A_BODY else (port, CALLBACK.encode())
                written = begun.replace(b"%s", path)
                await anyio.to_thread.run_sync(_press, held, target, written)
                await anyio.to_thread.run_sync(_press, held, port, written)
                await _honest_work(house, url, port)
        assert server.process.returncode is None
    assert sum(map(len, logged)) < LONGEST_LOG


async def _left_alone(port: int, parts: tuple[bytes, ...]) -> bytes:
    """What comes back until the server closes, while one part is said every 50 ms."""
    stream = await anyio.connect_tcp("127.0.0.1", port)
    heard = b""
    async with stream, anyio.create_task_group() as group:

        async def speak() -> None:
            with suppress(anyio.BrokenResourceError, anyio.ClosedResourceError):
                for part in parts:
                    await stream.send(part)
                    await anyio.sleep(0.05)

        group.start_soon(speak)
        with anyio.fail_after(5), suppress(anyio.EndOfStream, anyio.BrokenResourceError):
            while True:
                heard += await stream.receive()
        group.cancel_scope.cancel()
    return heard


@pytest.mark.parametrize("era", ["auto"], indirect=True)
@pytest.mark.parametrize(
    "begun", [b"", HALF_A_HEAD % b"/x", HALF_A_BODY % CALLBACK.encode(), HALF_A_BODY % b"/unknown"]
)
async def test_a_request_that_never_ends_is_ended(
    house: House, begun: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However steadily its bytes come: each part of a request has its time."""
    monkeypatch.setattr(http_door, "HEADER_SECONDS", 0.3)
    monkeypatch.setattr(http_door, "BODY_SECONDS", 0.3)
    async with receiving(house) as (_, url):
        port = httpx.URL(url).port
        assert port is not None
        drip = (b"x",) * 200 if begun.endswith(b"{") else (b"X-%d: 1\r\n" % 1,) * 200
        began = anyio.current_time()
        heard = await _left_alone(port, (begun, *drip))
        assert anyio.current_time() - began < 3
        assert heard.startswith(b"HTTP/1.1 404") == (b"/unknown" in begun)
        async with vendor_of() as http:
            assert (await http.post(url, data=REPORT)).status_code == 200


@pytest.mark.parametrize("era", ["auto"], indirect=True)
async def test_only_post_is_taken_where_mcp_is_served(house: House) -> None:
    """A stream that says nothing would be waited at for ever, and end with an error in the log."""
    env = at_the_sandbox(house)
    async with served("--http", "--port", "0", env=env, folder=house.folder) as server:
        url = await server.line("serving MCP at ")
        async with httpx.AsyncClient(trust_env=False, verify=NO_TLS, timeout=PATIENCE) as http:
            for method in ("GET", "DELETE", "PUT", "HEAD"):
                answer = await http.request(method, url, headers={"accept": "text/event-stream"})
                assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
        server.process.terminate()
        assert server.process.stderr is not None
        log = (await server.process.stderr.read()).decode()
        assert await server.ended_within(3) == 0
    assert "ERROR" not in log


def test_a_listening_socket_says_that_it_is_of_tcp() -> None:
    """Only then does asyncio send small answers at once (TCP_NODELAY)."""
    for host in ("127.0.0.1", "::1"):
        with http_door.listening_socket(host, 0) as made:
            assert made.proto == socket.IPPROTO_TCP


@pytest.mark.parametrize("era", ["auto"], indirect=True)
async def test_a_damaged_row_does_not_end_the_server(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the reaper cannot read is logged; everything else goes on."""
    monkeypatch.setattr(reaper, "_EVERY_SECONDS", 0.02)
    monkeypatch.setattr(supervision, "_FIRST_WAIT_S", 0.05)
    failures: list[str] = []
    monkeypatch.setattr(supervision, "_log", _Told(failures))
    async with fronted(house, policy=FREE) as session:
        await session.facts("send_sms", FREE_SEND)
        stuck = "UPDATE actions SET state = 'dispatching', lease_until = '2020', created_at = 'x'"
        assert await run_sql(store_of(house), stuck) == [1]
        with anyio.fail_after(PATIENCE):
            while len(failures) < 2:  # noqa: ASYNC110 - a log announces nothing
                await anyio.sleep(0.02)
        assert (await session.facts("query_credit"))["credit"] > 0
    assert set(failures) == {"the reaper"}


class _Told(logging.Logger):
    """Notes what has failed."""

    def __init__(self, failures: list[str]) -> None:
        super().__init__("told")
        self._failures = failures

    def exception(self, msg: object, *args: object, **_: object) -> None:
        self._failures.append(str(args[0]))
