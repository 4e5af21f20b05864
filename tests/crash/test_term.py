"""SIGTERM in mid-send: the process is gone in three seconds, and the send has its true end or is unknown."""

import os
import signal
import sys
from contextlib import suppress
from pathlib import Path

import anyio
import pytest
from mcp import StdioServerParameters
from mcp.client import Client
from mcp.shared.exceptions import MCPError

from server.ledger import reaper
from tests.crash.storm import ROOT
from tests.e2e.house import Facts, House
from tests.e2e.process import at_the_sandbox
from tests.gate.servers import FREE, FREE_SEND, posts, started, until, visited

pytestmark = [pytest.mark.xdist_group("time"), pytest.mark.usefixtures("quick_start")]

GONE_SECONDS = 3


async def _arrived(house: House) -> bool:
    return await posts(house) > 0


async def _is_gone(pid: int) -> bool:
    """Gone, or ended: such a process stays in the table until its parent looks."""
    try:
        return "\nState:\tZ" in Path(f"/proc/{pid}/status").read_text()  # noqa: ASYNC240 - not on a disk
    except (FileNotFoundError, ProcessLookupError):
        return True


async def _end_in_mid_send(house: House) -> None:
    pid_file = house.folder / "pid"
    launch = ["-m", "tests.crash.launcher", "--pid", str(pid_file)]
    env = at_the_sandbox(house)
    server = StdioServerParameters(command=sys.executable, args=launch, env=env, cwd=ROOT)
    async with Client(server) as client, anyio.create_task_group() as group:

        async def send() -> None:
            # The client loses its server; how it says so is its own affair.
            with suppress(MCPError):
                await client.call_tool("send_sms", FREE_SEND)

        group.start_soon(send)
        await until(lambda: _arrived(house))
        pid = int(pid_file.read_text())
        os.kill(pid, signal.SIGTERM)
        await until(lambda: _is_gone(pid), GONE_SECONDS)
        group.cancel_scope.cancel()


async def _afterwards(house: House, monkeypatch: pytest.MonkeyPatch) -> Facts:
    """What the same call is told once a dispatch without an owner has been found."""
    monkeypatch.setattr(reaper, "_EVERY_SECONDS", 0.1)
    async with started(house, policy=FREE) as parts, visited(parts, "auto") as session:

        async def ended() -> bool:
            return (await session.facts("send_sms", FREE_SEND))["outcome"] != "in_progress"

        await until(ended)
        return await session.facts("send_sms", FREE_SEND)


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [({"fault": "slow", "seconds": 0.7}, "done"), ({"fault": "accepted_then_timeout"}, "unknown")],
    ids=["an answer in time", "no answer"],
)
async def test_a_send_that_is_ended_has_its_true_end_or_is_unknown(
    house: House, monkeypatch: pytest.MonkeyPatch, fault: Facts, outcome: str
) -> None:
    await house.vendor.control("faults", path="sendSMS.ashx", times=1, **fault)
    await _end_in_mid_send(house)
    facts = await _afterwards(house, monkeypatch)
    assert facts["outcome"] == outcome
    assert await posts(house) == 1
