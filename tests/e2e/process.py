"""The server as a process of its own: started as a user starts it, driven over its real transports."""

import asyncio
import json
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anyio

from tests.e2e.eras import Era
from tests.e2e.house import House
from tests.loopback_only.plugin import guarded
from tests.patience import PATIENCE
from tests.quick_start.forked import COMMAND

_MODERN = "2026-07-28"
_WHO = {"name": "test", "version": "0"}
_META = {
    "io.modelcontextprotocol/protocolVersion": _MODERN,
    "io.modelcontextprotocol/clientInfo": _WHO,
    "io.modelcontextprotocol/clientCapabilities": {},
}


def environment(folder: Path, **settings: str) -> dict[str, str]:
    """An environment with these settings and nothing else of ours; everything kept stays in the folder."""
    named = {f"CAMPAIGN_OPS_{name}": value for name, value in settings.items()}
    ours = {"PATH": "/usr/bin:/bin", "HOME": str(folder), "XDG_DATA_HOME": str(folder / "data")}
    # The page has one port a machine, and tests run beside each other.
    ours["CAMPAIGN_OPS_CONSOLE__ENABLED"] = "false"
    return {**ours, **guarded(), **named}


def at_the_sandbox(house: House, **settings: str) -> dict[str, str]:
    """An environment whose vendors are the house's sandbox; one number may have texts without approval."""
    return environment(
        house.folder,
        EVERY8D__BASE_URL=house.url,
        EVERY8D__UID="sandbox",
        EVERY8D__PASSWORD="sandbox",
        OMIS__BASE_URL=house.url,
        OMIS__LOGIN_NAME="sandbox",
        OMIS__PASSWORD="sandbox",
        STORE__FOLDER=str(house.folder / "store"),
        POLICY__TEST_NUMBERS="0912345100",
        POLICY__TEST_RECIPIENTS="1",
        POLICY__TEST_POINTS="5",
        **settings,
    )


@dataclass(slots=True, kw_only=True)
class Served:
    """A running server process."""

    process: asyncio.subprocess.Process
    era: Era = "auto"
    sent: int = 0

    async def line(self, beginning: str) -> str:
        """The rest of the line on stderr that begins so."""
        assert self.process.stderr is not None
        with anyio.fail_after(PATIENCE):
            while line := (await self.process.stderr.readline()).decode():
                if line.startswith(beginning):
                    return line.removeprefix(beginning).strip()
        raise AssertionError(f"the server ended without {beginning}")

    async def tell(self, method: str, params: Mapping[str, Any] | None = None) -> None:
        """Send a request over stdio, and wait for nothing."""
        self.sent += 1
        with_meta = {**(params or {}), **({"_meta": _META} if self.era == "auto" else {})}
        await self._write({"id": self.sent, "method": method, "params": with_meta})

    async def ask(self, method: str, params: Mapping[str, Any] | None = None) -> Any:
        """Send a request over stdio, and wait for its result."""
        await self.tell(method, params)
        return await self.answer()

    async def answer(self) -> Any:
        """The result of the last request."""
        assert self.process.stdout is not None
        with anyio.fail_after(PATIENCE):
            while line := await self.process.stdout.readline():
                message = json.loads(line)
                if message.get("id") == self.sent:
                    return message["result"]
        raise AssertionError("the server ended without an answer")

    async def ready(self, *, elicits: bool = False) -> None:
        """Begin as the era begins; the server has answered when this returns."""
        if self.era == "legacy":
            can: dict[str, Any] = {"elicitation": {}} if elicits else {}
            await self.ask(
                "initialize", {"protocolVersion": "2025-11-25", "capabilities": can, "clientInfo": _WHO}
            )
            await self._write({"method": "notifications/initialized"})
        await self.ask("tools/list")

    async def ended_within(self, seconds: float) -> int:
        """The exit code; fails when the process is still there."""
        with anyio.fail_after(seconds):
            return await self.process.wait()

    async def _write(self, message: Mapping[str, Any]) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps({"jsonrpc": "2.0", **message}).encode() + b"\n")
        await self.process.stdin.drain()


@asynccontextmanager
async def served(
    *arguments: str,
    env: Mapping[str, str],
    folder: Path,
    era: Era = "auto",
    command: Sequence[str] = (COMMAND,),
) -> AsyncGenerator[Served]:
    """`campaign-ops-mcp serve` with these arguments; killed at the end when it is still there."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        *command,
        "serve",
        *arguments,
        stdin=pipe,
        stdout=pipe,
        stderr=pipe,
        env=dict(env),
        cwd=folder,
        limit=2**24,
    )
    try:
        yield Served(process=process, era=era)
    finally:
        if process.returncode is None:
            process.kill()
        if process.stdin is not None:
            process.stdin.close()
        # Drains and closes the pipes as well: a transport left open is a warning, and so an error.
        await process.communicate()
