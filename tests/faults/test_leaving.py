"""The client leaves while the vendor is still working: the outcome is recorded all the same."""

import asyncio
import os
from contextlib import suppress
from pathlib import Path
from typing import Any

import anyio
import pytest
from mcp.client import Client
from mcp.shared.exceptions import MCPError

from server.late_parts import LateParts, running
from server.mcp.app import build_server
from server.parts import Parts, build_parts
from server.settings.settings import load_settings
from tests.e2e.eras import Era
from tests.e2e.house import Session, innermost
from tests.e2e.person import Person
from tests.faults.front_door import SENDING, accept, posts
from tests.faults.scripted import Exchange, Play, ScriptedVendor, whole
from tests.patience import PATIENCE

TIMES = 100 if os.environ.get("SOAK") else 10


async def _states(parts: Parts) -> list[str]:
    from server.store.actions import ActionFilter  # noqa: PLC0415 - the store is opened at the first use
    from server.store.listing import list_actions  # noqa: PLC0415 - as above

    found, _ = await parts.journal.read(lambda conn, _: list_actions(conn, ActionFilter(), page_size=200))
    return [str(action.state) for action in found]


async def _leave_in_mid_post(
    parts: Parts, era: Era, vendor: ScriptedVendor, go_on: asyncio.Event, arguments: dict[str, Any]
) -> None:
    """Open a client, begin a send, and be gone when the vendor has it."""
    arrived = vendor.arrivals[SENDING] = asyncio.Event()
    async with anyio.create_task_group() as group:

        async def send() -> None:
            async with Client(
                build_server(LateParts.of(parts)), mode=era, elicitation_callback=Person()
            ) as client:
                # In memory the handler runs on as a part of the client's own task, and then finds nobody.
                with suppress(MCPError):
                    await Session(client=client).told("send_sms", arguments)

        group.start_soon(send)
        with anyio.fail_after(PATIENCE):
            await arrived.wait()
        group.cancel_scope.cancel()
        go_on.set()


@pytest.mark.parametrize(
    ("play", "state"), [(accept, "succeeded"), (whole("", status="500 Server Error"), "unknown")]
)
async def test_the_outcome_is_recorded_each_time_although_the_client_left(
    no_settings: Path, vendor: ScriptedVendor, era: Era, play: Play, state: str
) -> None:
    """SOAK=1 makes it 100 times; the bar is 100 of 100."""

    go_on = asyncio.Event()

    async def later(exchange: Exchange) -> None:
        await go_on.wait()
        go_on.clear()
        await play(exchange)

    vendor.plays[SENDING] = later
    settings = load_settings(
        None,
        every8d={"base_url": vendor.url, "uid": "scripted", "password": "scripted"},
        store={"folder": no_settings},
        approval={"human_minimum_ms": 0},
        policy={"calls_per_minute": 1000},
    )
    parts = build_parts(settings)
    try:
        async with running(LateParts.of(parts)):
            for number in range(TIMES):
                arguments = {"recipients": ["0912345678"], "text": f"第{number}則"}
                await _leave_in_mid_post(parts, era, vendor, go_on, arguments)
                with anyio.fail_after(PATIENCE):
                    while await _states(parts) != [state] * (number + 1):  # noqa: ASYNC110 - a row of a database
                        await anyio.sleep(0.01)
    except BaseExceptionGroup as group:
        raise innermost(group) from None
    assert posts(vendor) == TIMES
