"""The server as a process: both transports in both eras, its end, and settings that stop its start."""

import signal
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal

import anyio
import httpx2 as httpx
import pytest
from mcp import StdioServerParameters
from mcp.client import Client

from tests.e2e.eras import Era
from tests.e2e.house import NO_TLS, House, Session, innermost
from tests.e2e.person import Person
from tests.e2e.process import COMMAND, Served, at_the_sandbox, environment, served
from tests.patience import PATIENCE

pytestmark = pytest.mark.xdist_group("time")

End = Literal["eof", "SIGINT", "SIGTERM"]
END_SECONDS = 3
SEND: dict[str, Any] = {"recipients": ["0912345100"], "text": "您好"}
ASKED: dict[str, Any] = {"recipients": ["0912345101"], "text": "您好"}
PLAIN = {"accept": "application/json, text/event-stream", "content-type": "application/json"}


@pytest.fixture
def one_real_start(era: Era, request: pytest.FixtureRequest) -> None:
    """What is imported and found is the same in both eras."""
    if era == "legacy":
        request.getfixturevalue("quick_start")


async def _arrived(house: House, page: str) -> None:
    """Wait until the vendor has a request for that page."""
    with anyio.fail_after(PATIENCE):
        while not any(entry["path"].endswith(page) for entry in await house.vendor.log()):  # noqa: ASYNC110 - another process
            await anyio.sleep(0.02)


def _end(server: Served, how: End) -> None:
    if how == "eof":
        assert server.process.stdin is not None
        server.process.stdin.close()
    else:
        server.process.send_signal(signal.Signals[how])


async def test_stdio_serves_looks_and_sends(house: House, one_real_start: None) -> None:
    env = at_the_sandbox(house, APPROVAL__HUMAN_MINIMUM_MS="0")
    server = StdioServerParameters(command=COMMAND, args=["serve"], env=env, cwd=house.folder)
    person = Person()
    try:
        async with Client(server, mode=house.era, elicitation_callback=person) as client:
            session = Session(client=client)
            assert (await session.facts("query_credit"))["credit"] == 10000
            assert (await session.facts("send_sms", ASKED))["outcome"] == "done"
    except BaseExceptionGroup as group:
        raise innermost(group) from None
    assert len(person.asked) == 1
    assert await house.changes() == ["sendsms.ashx"]


@pytest.mark.usefixtures("quick_start")
async def test_stdio_with_its_own_sandbox_needs_no_account(no_settings: Path, era: Era) -> None:
    env = environment(no_settings, APPROVAL__HUMAN_MINIMUM_MS="0")
    server = StdioServerParameters(command=COMMAND, args=["serve", "--sandbox"], env=env, cwd=no_settings)
    try:
        async with Client(server, mode=era, elicitation_callback=Person()) as client:
            assert (await Session(client=client).facts("send_sms", ASKED))["sent"] == 1
    except BaseExceptionGroup as group:
        raise innermost(group) from None
    assert list((no_settings / "data").rglob("sandbox/store.sqlite3"))


def _names_in(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


@pytest.mark.usefixtures("quick_start")
async def test_the_sandbox_stays_out_of_the_real_store_and_has_its_own_blocked_numbers(
    no_settings: Path,
) -> None:
    """Nothing real is sent, so nothing of it counts against real caps or stands in the real ledger."""
    real = no_settings / "real.sqlite3"
    env = environment(
        no_settings, STORE__URL=f"sqlite:///{real}", STORE__AUDIT_KEY_FILE=str(no_settings / "real.key")
    )
    blocking = [COMMAND, "block", "add", ASKED["recipients"][0], "--sandbox"]
    assert (await anyio.run_process(blocking, env=env, cwd=no_settings)).returncode == 0
    async with served("--sandbox", env=env, folder=no_settings) as server:
        await server.ready()
        asked = await server.ask("tools/call", {"name": "send_sms", "arguments": SEND})
        blocked = await server.ask("tools/call", {"name": "send_sms", "arguments": ASKED})
    assert asked["structuredContent"]["outcome"] == "approval_required"
    assert "structuredContent" not in blocked
    assert "blocked numbers" in blocked["content"][0]["text"]
    assert _names_in(no_settings) == {"data"}


async def test_http_serves_both_eras_and_asks_where_it_can(house: House, one_real_start: None) -> None:
    """A stateless legacy connection has no way back to the client, so the person decides elsewhere."""
    env = at_the_sandbox(house, APPROVAL__HUMAN_MINIMUM_MS="0")
    async with served("--http", "--port", "0", env=env, folder=house.folder) as server:
        url = await server.line("serving MCP at ")
        async with Client(url, mode=house.era, elicitation_callback=Person()) as client:
            session = Session(client=client)
            assert (await session.facts("query_credit"))["credit"] == 10000
            facts = await session.facts("send_sms", ASKED)
        expected = "done" if house.era == "auto" else "approval_required"
        assert facts["outcome"] == expected
        _end(server, "SIGTERM")
        assert await server.ended_within(END_SECONDS) == 0
    assert len(await house.changes()) == (expected == "done")


@pytest.mark.usefixtures("quick_start")
async def test_a_web_page_cannot_reach_the_server(no_settings: Path) -> None:
    """DNS rebinding: a page under another name must be refused before anything is read."""
    foreign = [
        ({"host": "evil.example"}, 421),
        ({"host": "127.0.0.1.evil.example:80"}, 421),
        ({"origin": "http://evil.example"}, 403),
        ({"origin": "null"}, 403),
    ]
    body: dict[str, Any] = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}
    env = environment(no_settings, EVERY8D__UID="u", EVERY8D__PASSWORD="p")
    async with (
        served("--http", "--port", "0", env=env, folder=no_settings) as server,
        httpx.AsyncClient(trust_env=False, verify=NO_TLS) as http,
    ):
        url = await server.line("serving MCP at ")
        for headers, status in foreign:
            answer = await http.post(url, json=body, headers={**PLAIN, **headers})
            assert (headers, answer.status_code) == (headers, status)
        own = {**PLAIN, "origin": url.removesuffix("/mcp")}
        assert (await http.post(url, json=body, headers=own)).status_code not in (403, 421)


@pytest.mark.usefixtures("quick_start")
@pytest.mark.parametrize(
    ("era", "how"), [("auto", "eof"), ("auto", "SIGINT"), ("legacy", "SIGTERM")], indirect=["era"]
)
async def test_idle_stdio_ends_cleanly(no_settings: Path, era: Era, how: End) -> None:
    env = environment(no_settings, EVERY8D__UID="u", EVERY8D__PASSWORD="p")
    async with served(env=env, folder=no_settings, era=era) as server:
        await server.ready()
        _end(server, how)
        assert await server.ended_within(END_SECONDS) == 0


HANGING: list[tuple[Era, End, str]] = [
    ("auto", "eof", "accepted_then_timeout"),
    ("legacy", "eof", "hang"),
    ("legacy", "SIGINT", "accepted_then_timeout"),
    ("auto", "SIGTERM", "accepted_then_timeout"),
]
"""Each end, each fault and each era; every one of these takes seconds, so not each with each."""


@pytest.mark.usefixtures("quick_start")
@pytest.mark.parametrize(("era", "how", "fault"), HANGING, indirect=["era"])
async def test_stdio_ends_in_time_while_a_send_hangs_and_it_is_never_sent_again(
    house: House, how: End, fault: str
) -> None:
    await house.vendor.control("faults", path="sendSMS.ashx", fault=fault, times=1)
    async with served(env=at_the_sandbox(house), folder=house.folder, era=house.era) as server:
        await server.ready()
        await server.tell("tools/call", {"name": "send_sms", "arguments": SEND})
        await _arrived(house, "sendSMS.ashx")
        _end(server, how)
        assert await server.ended_within(END_SECONDS) == 0
    policy = {"test_numbers": ["0912345100"], "test_recipients": 1, "test_points": 5}
    async with house.session(policy=policy) as session:
        again = await session.facts("send_sms", SEND)
    assert again["outcome"] in ("in_progress", "unknown")
    assert await house.changes() == ["sendsms.ashx"]


@pytest.mark.usefixtures("quick_start")
@pytest.mark.parametrize(("era", "how"), [("auto", "SIGINT"), ("legacy", "SIGTERM")], indirect=["era"])
async def test_http_ends_in_time_while_a_send_hangs(house: House, how: End) -> None:
    await house.vendor.control("faults", path="sendSMS.ashx", fault="accepted_then_timeout", times=1)
    async with served("--http", "--port", "0", env=at_the_sandbox(house), folder=house.folder) as server:
        url = await server.line("serving MCP at ")
        async with anyio.create_task_group() as group:

            async def send() -> None:
                async with Client(url, mode=house.era) as client:
                    await client.call_tool("send_sms", SEND)

            group.start_soon(_without_complaint, send)
            await _arrived(house, "sendSMS.ashx")
            _end(server, how)
            assert await server.ended_within(END_SECONDS) == 0
            group.cancel_scope.cancel()
    assert await house.changes() == ["sendsms.ashx"]


async def _without_complaint(send: Any) -> None:
    """The client loses its server, and may say so in any way."""
    with suppress(Exception):
        await send()


WRONG: list[tuple[dict[str, str], str]] = [
    ({}, "No vendor account is set."),
    ({"EVERY8D__UID": "u", "EVERY8D__PASSWORT": "canary-4711"}, "EVERY8D__PASSWORT: no such setting"),
]
"""What the message says for each setting is tested without a process."""


@pytest.mark.parametrize(("settings", "says"), WRONG)
async def test_wrong_settings_stop_the_start_with_one_clear_message(
    no_settings: Path, settings: dict[str, str], says: str, request: pytest.FixtureRequest
) -> None:
    if settings:
        request.getfixturevalue("quick_start")
    async with served(env=environment(no_settings, **settings), folder=no_settings) as server:
        with anyio.fail_after(PATIENCE):
            out, err = await server.process.communicate()
    assert server.process.returncode == 2
    assert out == b""
    text = err.decode()
    assert says in text
    assert "Traceback" not in text
    assert "canary-4711" not in text


@pytest.mark.usefixtures("quick_start")
async def test_toolsets_and_read_only_are_options_of_the_command(no_settings: Path) -> None:
    env = environment(no_settings, EVERY8D__UID="u", EVERY8D__PASSWORD="p")
    async with served("--toolsets", "sms", "--read-only", env=env, folder=no_settings) as server:
        tools = (await server.ask("tools/list"))["tools"]
    assert {tool["name"] for tool in tools} == {
        "get_mms_delivery",
        "get_sms_delivery",
        "get_sms_replies",
        "list_delivery_events",
        "query_credit",
    }
