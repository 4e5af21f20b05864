"""kill -9 of a real server while it erases bookings."""

import os
import signal
import sys
from contextlib import suppress
from typing import Any

import anyio
from mcp import StdioServerParameters
from mcp.client import Client
from mcp.shared.exceptions import MCPError

from server.vendors.looking import AT_ONCE
from tests.batches.stopping import erasings
from tests.crash.storm import ROOT
from tests.e2e.house import House
from tests.e2e.person import Person
from tests.e2e.process import at_the_sandbox
from tests.gate.servers import until


async def killed_while_erasing(house: House, tool: str, arguments: dict[str, Any]) -> None:
    """One erasing is answered, as many as go at once are not answered yet, and the last is not begun."""
    slow = {"path": "eraseBooking.ashx", "fault": "slow", "seconds": 30, "after": 1, "times": AT_ONCE}
    await house.vendor.control("faults", **slow)
    pid_file = house.folder / "pid"
    launch = ["-m", "tests.crash.launcher", "--pid", str(pid_file), "--toolsets", "desk"]
    server = StdioServerParameters(command=sys.executable, args=launch, env=at_the_sandbox(house), cwd=ROOT)

    async def many_are_under_way() -> bool:
        return len(await erasings(house)) > AT_ONCE

    async with (
        Client(server, elicitation_callback=Person(thinks_for=0.5)) as client,
        anyio.create_task_group() as group,
    ):

        async def step() -> None:
            with suppress(MCPError):
                await client.call_tool(tool, arguments)

        group.start_soon(step)
        await until(many_are_under_way)
        os.kill(int(pid_file.read_text()), signal.SIGKILL)
        group.cancel_scope.cancel()
