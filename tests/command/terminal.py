"""The commands of the terminal as processes of their own, on a house's store."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import anyio

from tests.e2e.house import House
from tests.e2e.process import COMMAND, at_the_sandbox
from tests.patience import PATIENCE


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """How a command ended."""

    code: int
    out: str


async def run(house: House, *command: str, typed: str = "", **settings: str) -> Said:
    """`campaign-ops-mcp …`, with what is typed on its stdin, on a screen of 80 columns."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        COMMAND,
        *command,
        stdin=pipe,
        stdout=pipe,
        stderr=asyncio.subprocess.STDOUT,
        env={
            **at_the_sandbox(house),
            **{f"CAMPAIGN_OPS_{name}": value for name, value in settings.items()},
            "COLUMNS": "80",
        },
        cwd=house.folder,
    )
    try:
        with anyio.fail_after(PATIENCE):
            out, _ = await process.communicate(typed.encode())
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate()
    assert process.returncode is not None
    return Said(code=process.returncode, out=out.decode())


@asynccontextmanager
async def running(house: House, *command: str) -> AsyncGenerator[asyncio.subprocess.Process]:
    """`campaign-ops-mcp …` that waits for the person, until the block ends."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        COMMAND, *command, stdin=pipe, stdout=pipe, env=at_the_sandbox(house), cwd=house.folder
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()
