"""kill -9 while everything is stopped: what became of each booking is known, and none is erased twice."""

import os
import signal
import sys
from collections import Counter
from contextlib import suppress

import anyio
import pytest
from mcp import StdioServerParameters
from mcp.client import Client
from mcp.shared.exceptions import MCPError

from server.demo.rows import rows_of
from server.ledger import reaper
from server.vendors.looking import AT_ONCE
from tests.batches.stopping import STOP, booked, ended, erasings
from tests.crash.storm import ROOT
from tests.e2e.house import House
from tests.e2e.person import Person
from tests.e2e.process import at_the_sandbox
from tests.gate.servers import started, until, visited

pytestmark = [pytest.mark.xdist_group("time"), pytest.mark.usefixtures("quick_start")]

BOOKINGS = AT_ONCE + 2


async def _killed_in_the_middle(house: House) -> None:
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

        async def stop() -> None:
            with suppress(MCPError):
                await client.call_tool(STOP, {})

        group.start_soon(stop)
        await until(many_are_under_way)
        os.kill(int(pid_file.read_text()), signal.SIGKILL)
        group.cancel_scope.cancel()


async def test_each_erasing_has_its_own_end_and_the_next_stop_erases_the_rest(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reaper, "_EVERY_SECONDS", 0.1)
    async with started(house) as parts, visited(parts, house.era, Person()) as session:
        ids = {await booked(session, f"預約{number}", hours=number) for number in range(BOOKINGS)}
    await _killed_in_the_middle(house)
    begun = set(await erasings(house))
    async with started(house) as parts, visited(parts, house.era, Person()) as session:

        async def all_have_lost_their_owner() -> bool:
            return (await session.facts("list_actions", {"state": "dispatching"}))["total"] == 0

        await until(all_have_lost_their_owner)
        listed = await session.facts("list_actions", {"tool": "erase_sms_booking"})
        states = {row["batch_id"]: row["state"] for row in rows_of(listed)}
        (whole,) = rows_of(await session.facts("list_actions", {"tool": STOP}))
        for row in rows_of(listed):
            if row["state"] == "unknown":
                await session.facts("reconcile_action", {"action_id": row["action_id"]})
        known = await session.facts("reconcile_action", {"action_id": whole["action_id"]})
        again = await session.facts(STOP)
    assert begun <= states.keys() <= ids
    assert {states[each] for each in begun} <= {"succeeded", "unknown"}
    assert begun != ids, "the kill came too late to leave some out"
    assert known["state"] == "succeeded"
    assert f"{len(begun)} of its erasings were done" in known["evidence"][0]
    assert ended(again) == dict.fromkeys(ids - begun, "erased")
    assert Counter(await erasings(house)) == Counter(ids), "each was asked for once"
