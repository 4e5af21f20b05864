"""SIGTERM in mid-send: the process is gone in three seconds, and what it was doing has its true end or is unknown."""

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

from server.gate import reaper
from tests.crash.storm import ROOT
from tests.e2e.house import Facts, House
from tests.e2e.process import at_the_sandbox
from tests.gate.support import FREE, FREE_SEND, posts, started, visited

GONE_SECONDS = 3
PATIENCE = 20


def _is_there(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # A process that has ended stays in the table until its parent looks.
    return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()


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
        with anyio.fail_after(PATIENCE):
            while not await posts(house):
                await anyio.sleep(0.02)
        pid = int(pid_file.read_text())
        os.kill(pid, signal.SIGTERM)
        with anyio.fail_after(GONE_SECONDS):
            while _is_there(pid):  # noqa: ASYNC110 - the kernel tells of another's end only to who asks
                await anyio.sleep(0.02)
        group.cancel_scope.cancel()


async def _afterwards(house: House, monkeypatch: pytest.MonkeyPatch) -> Facts:
    """What the same call is told once a dispatch without an owner has been found."""
    monkeypatch.setattr(reaper, "_EVERY_SECONDS", 0.1)
    async with started(house, policy=FREE) as parts, visited(parts, "auto") as session:
        with anyio.fail_after(PATIENCE):
            while (facts := await session.facts("send_sms", FREE_SEND))["outcome"] == "in_progress":
                await anyio.sleep(0.05)
        return facts


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
