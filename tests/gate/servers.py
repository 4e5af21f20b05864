"""Servers over a house by a clock that a test moves, their clients, and what reached the vendors."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import anyio
from mcp.client import Client

from server.command.approvals import Wanted, approvals
from server.command.comparison import examined
from server.late_parts import LateParts, running
from server.mcp.app import build_server
from server.parts import Parts, build_parts, utc_now
from server.store.errors import StoreUnavailableError
from tests.e2e.answer_facts import facts_of
from tests.e2e.eras import Era
from tests.e2e.house import Facts, House, Session, innermost
from tests.e2e.person import Person
from tests.e2e.sql import MEDDLED, store_of
from tests.patience import PATIENCE
from tools.taipei import as_taipei

FREE_NUMBER, FREE_MOBILE = "0912345100", "+886912345100"
FREE: dict[str, Any] = {"test_numbers": [FREE_NUMBER], "test_recipients": 1, "test_points": 5}
"""A policy that lets small sends to one number through without a person."""
FREE_SEND: dict[str, Any] = {"recipients": [FREE_NUMBER], "text": "您好"}
SEND: dict[str, Any] = {"recipients": ["0912345678"], "text": "您好"}
LAUNCH: dict[str, Any] = {"launch_id": "1182"}
LAUNCH_ACTION = "taskmanager.aspx"


class Clock:
    """A server's clock that stands still until the test moves it."""

    def __init__(self, start: datetime | None = None) -> None:
        self._now = start or datetime.now(UTC)

    def __call__(self) -> datetime:
        """The time."""
        return self._now

    def advance(self, **by: float) -> None:
        """Move it, by what a timedelta takes."""
        self._now += timedelta(**by)


@asynccontextmanager
async def fronted(
    house: House, person: Person | None = None, *, clock: Callable[[], datetime] = utc_now, **changed: Any
) -> AsyncGenerator[Session]:
    """A server in this process and a client in memory, by the given clock."""
    async with started(house, clock=clock, **changed) as parts, visited(parts, house.era, person) as session:
        yield session


@asynccontextmanager
async def started(
    house: House, *, clock: Callable[[], datetime] = utc_now, **changed: Any
) -> AsyncGenerator[Parts]:
    """The running parts of a server, for several clients. The vendor takes the same time for the present."""
    if clock is not utc_now:
        offset = (clock() - utc_now()).total_seconds()
        await house.vendor.http.post("/_sandbox/clock", json={"date_offset_seconds": offset})
    parts = build_parts(house.settings(**changed), clock=clock)
    try:
        async with running(LateParts.of(parts)):
            yield parts
            await _as_the_audit_says(house, parts)
    except BaseExceptionGroup as group:
        raise innermost(group) from None


async def _as_the_audit_says(house: House, parts: Parts) -> None:
    """Whatever a test did through the front door: every row is what the audit says last of it."""
    if store_of(house) in MEDDLED or parts.journal.past.lost:
        return
    with suppress(StoreUnavailableError):
        found = await examined(parts, None)
        assert found.ok, list(found.told())


@asynccontextmanager
async def visited(parts: Parts, era: Era, person: Person | None = None) -> AsyncGenerator[Session]:
    """A client of a running server."""
    async with Client(build_server(LateParts.of(parts)), mode=era, elicitation_callback=person) as client:
        yield Session(client=client, parts=parts)


def an_hour_from(moment: datetime) -> dict[str, str]:
    """Quiet hours that begin then."""
    begins = as_taipei(moment)
    return {
        "start": f"{begins:%H:%M}",
        "end": f"{begins + timedelta(hours=1):%H:%M}",
        "time_zone": "Asia/Taipei",
    }


async def posts(house: House) -> int:
    """How many requests that change something have reached the vendors."""
    return len(await house.changes())


async def decide(house: House, **wanted: Any) -> int:
    """`campaign-ops-mcp approvals` on the house's store; its exit code."""
    return await approvals(Wanted(config=config_file(house), **wanted))


def config_file(house: House, more: str = "") -> Path:
    """The settings of the house's server as the TOML file that commands of the terminal take."""
    path = house.folder / "settings.toml"
    path.write_text(f'{more}\n[store]\nfolder = "{house.folder / "store"}"\n', encoding="utf-8")
    return path


async def told_together(session: Session, tool: str, arguments: Facts, times: int) -> list[Facts]:
    """The facts of so many identical calls at once."""
    found: list[Facts] = []

    async def call() -> None:
        # Without the checks of `told`: each lists all tools again, which takes most of such a test's time.
        found.append(facts_of(await session.client.call_tool(tool, arguments)))

    async with anyio.create_task_group() as group:
        for _ in range(times):
            group.start_soon(call)
    return found


async def until(holds: Callable[[], Awaitable[bool]], seconds: float = PATIENCE) -> None:
    """Wait for what nothing announces: a row of another process, a process's end, a log of the vendor."""
    with anyio.fail_after(seconds):
        while not await holds():  # noqa: ASYNC110 - as it says: nothing announces it
            await anyio.sleep(0.02)
