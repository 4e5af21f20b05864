"""kill -9 while the approver's phone is texted: the text is never sent a second time, and that is said."""

import os
import signal
import sys
from contextlib import suppress

import anyio
import pytest
from mcp import StdioServerParameters
from mcp.client import Client
from mcp.shared.exceptions import MCPError

from server.ledger import reaper
from tests.crash.storm import ROOT
from tests.e2e.house import House
from tests.e2e.process import at_the_sandbox
from tests.gate.approvers_phone import ASKED, PHONE, SHOWN, Phone, state
from tests.gate.servers import SEND, started, until, visited

pytestmark = [pytest.mark.xdist_group("time"), pytest.mark.usefixtures("quick_start")]


async def test_a_text_whose_outcome_died_with_the_server_is_not_sent_again(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reaper, "_EVERY_SECONDS", 0.1)
    phone = Phone(house)
    await _killed_while_texting(house, phone)
    async with started(house, approval=ASKED) as parts, visited(parts, house.era) as session:
        asked = [await session.facts("send_sms", SEND) for _ in range(2)]
        said = f"Whether a text went to the approver's phone ({SHOWN}) is unknown"
        assert all(said in each["message"] for each in asked)
        await phone.answer(await phone.code())
        assert (await session.facts("send_sms", SEND))["outcome"] == "approval_required"
        assert await state(session, asked[0]["action_id"]) == "proposed"
    assert len(await phone.texts()) == 1
    assert await house.changes() == ["sendsms.ashx"]


async def _killed_while_texting(house: House, phone: Phone) -> None:
    """The vendor has the text, and its answer is not read yet."""
    await house.vendor.control("faults", path="sendSMS.ashx", fault="slow", seconds=30)
    pid_file = house.folder / "pid"
    launch = ["-m", "tests.crash.launcher", "--pid", str(pid_file), "--toolsets", "sms"]
    env = at_the_sandbox(house, APPROVAL__PHONE=PHONE)
    server = StdioServerParameters(command=sys.executable, args=launch, env=env, cwd=ROOT)

    async def texted() -> bool:
        return len(await phone.texts()) == 1

    async with Client(server) as client, anyio.create_task_group() as group:

        async def call() -> None:
            with suppress(MCPError):
                await client.call_tool("send_sms", SEND)

        group.start_soon(call)
        await until(texted)
        os.kill(int(pid_file.read_text()), signal.SIGKILL)
        group.cancel_scope.cancel()
