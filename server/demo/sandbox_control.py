"""The sandbox as a process of its own: its start and end, its clock, its points, and what it has seen."""

import subprocess
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import anyio
import httpx2 as httpx
from anyio.abc import Process

from server.demo.home import DemoError, Home
from server.own_python import SAID_URL

_START_SECONDS = 20.0
_END_SECONDS = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What both vendors hold and what they were asked, at one moment."""

    state: Mapping[str, Any]
    log: Sequence[Mapping[str, Any]]

    @property
    def texts(self) -> int:
        """Texts that have left the platform, or will, as they are booked."""
        return sum(message["sent"] for batch in self.state["batches"] for message in batch["messages"])

    def calls(self, page: str) -> int:
        """How often a page was called, such as `sendSMS.ashx`."""
        return sum(entry["path"].lower().endswith(f"/{page.lower()}") for entry in self.log)

    def launch(self, launch_id: str) -> Mapping[str, Any]:
        """One launch. Raises StopIteration when there is none."""
        return next(each for each in self.state["launches"] if each["launch_id"] == launch_id)

    def job(self, job_id: str) -> Mapping[str, Any]:
        """One job. Raises StopIteration when there is none."""
        return next(each for each in self.state["jobs"] if each["job_id"] == job_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sandbox:
    """The control endpoints of a running sandbox."""

    http: httpx.AsyncClient
    url: str

    async def advance(self, seconds: float) -> None:
        """Move its clock; what falls due has happened when this returns."""
        await self._post("clock", advance_seconds=seconds)

    async def top_up(self, points: int) -> None:
        """Add points to the OMIS account."""
        await self._post("credit", login="sandbox", points=points)

    async def answer(self, mobile: str, text: str) -> None:
        """The recipient of the newest text to this number answers it."""
        await self._post("reply", mobile=mobile, text=text)

    async def report_to(self, url: str) -> None:
        """Report every delivery and reply (EVERY8D 2.1) to this address."""
        await self._post("callbacks", url=url)

    async def fail(self, page: str, fault: str) -> None:
        """Make the next call of a page fail in this way."""
        await self._post("faults", path=page, fault=fault, times=1)

    async def slow(self, page: str, seconds: float) -> None:
        """Make every further call of a page take so long."""
        await self._post("faults", path=page, fault="slow", seconds=seconds, times=10_000)

    async def world(self) -> World:
        """What it holds now."""
        return World(state=await self._get("state"), log=await self._get("log"))

    async def _post(self, name: str, **values: object) -> None:
        (await self.http.post(f"/_sandbox/{name}", json=values)).raise_for_status()

    async def _get(self, name: str) -> Any:
        return (await self.http.get(f"/_sandbox/{name}")).raise_for_status().json()


@asynccontextmanager
async def sandbox_process(home: Home) -> AsyncGenerator[Sandbox]:
    """A sandbox for the length of a block. Raises DemoError when it does not start."""
    process = await anyio.open_process(
        home.command("sandbox", "--port", "0"),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        cwd=home.folder,
        env=home.environment(),
    )
    try:
        url = await _ready_url(process)
        async with httpx.AsyncClient(base_url=url, trust_env=False) as http:
            yield Sandbox(http=http, url=url)
    finally:
        with anyio.CancelScope(shield=True):
            await _end(process)


async def _ready_url(process: Process) -> str:
    said = ""
    with anyio.move_on_after(_START_SECONDS):
        while "\n" not in said and process.stderr is not None:
            try:
                said += (await process.stderr.receive()).decode("utf-8", "replace")
            except anyio.EndOfStream:
                break
    found = SAID_URL.search(said.partition("\n")[0])
    if found is None:
        raise DemoError("the sandbox did not start")
    return found[0]


async def _end(process: Process) -> None:
    """Asked first, killed when it does not listen."""
    if process.returncode is None:
        process.terminate()
        with anyio.move_on_after(_END_SECONDS):
            await process.wait()
        if process.returncode is None:
            process.kill()
    await process.aclose()
