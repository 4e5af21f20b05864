"""The commands of the terminal as processes of their own, on a house's store."""

import asyncio
import os
import pty
import subprocess
import termios
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Literal

import anyio
import anyio.to_thread

from tests.e2e.house import House
from tests.e2e.process import COMMAND, at_the_sandbox
from tests.patience import PATIENCE
from tests.pseudo_terminal import what_came


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """How a command ended."""

    code: int
    out: str


_ASKING = ("approvals", "stop", "passkeys")
"""Commands whose yes counts in a real terminal alone."""


async def run(house: House, *command: str, typed: str = "", **settings: str) -> Said:
    """`campaign-ops-mcp …`, with what is typed on its stdin, on a screen of 80 columns."""
    if command[0] in _ASKING:
        return await anyio.to_thread.run_sync(partial(_in_a_terminal, house, command, typed, settings))
    return await piped(house, *command, typed=typed, **settings)


def _in_a_terminal(house: House, command: Sequence[str], typed: str, settings: Mapping[str, str]) -> Said:
    ours, theirs = _a_terminal()
    process = subprocess.Popen(
        [COMMAND, *command],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=_environment(house, settings),
        cwd=house.folder,
    )
    os.close(theirs)
    os.write(ours, typed.encode() + b"\x04")
    try:
        out = b"".join(iter(partial(what_came, ours), b""))
        return Said(code=process.wait(PATIENCE), out=out.decode())
    finally:
        process.kill()
        process.wait()
        os.close(ours)


async def half_piped(house: House, pipe: Literal["stdin", "stdout"], *command: str) -> int:
    """The exit code of a command that asks nothing, with a pipe on one side and a terminal on the other."""
    return await anyio.to_thread.run_sync(_half_piped, house, pipe, command)


def _half_piped(house: House, pipe: Literal["stdin", "stdout"], command: Sequence[str]) -> int:
    ours, theirs = _a_terminal()
    process = subprocess.Popen(
        [COMMAND, *command],
        stdin=subprocess.PIPE if pipe == "stdin" else theirs,
        stdout=subprocess.PIPE if pipe == "stdout" else theirs,
        env=_environment(house, {}),
        cwd=house.folder,
    )
    os.close(theirs)
    try:
        process.communicate(timeout=PATIENCE)
        return process.returncode
    finally:
        process.kill()
        process.wait()
        os.close(ours)


def _a_terminal() -> tuple[int, int]:
    """Both sides of a pseudo-terminal that echoes nothing."""
    ours, theirs = pty.openpty()
    quiet = termios.tcgetattr(theirs)
    quiet[1] &= ~termios.OPOST
    quiet[3] &= ~termios.ECHO
    termios.tcsetattr(theirs, termios.TCSANOW, quiet)
    return ours, theirs


def _environment(house: House, settings: Mapping[str, str]) -> dict[str, str]:
    named = {f"CAMPAIGN_OPS_{name}": value for name, value in settings.items()}
    return {**at_the_sandbox(house), **named, "COLUMNS": "80", "TERM": "dumb"}


async def piped(house: House, *command: str, typed: str = "", **settings: str) -> Said:
    """As whatever is no person runs it."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        COMMAND,
        *command,
        stdin=pipe,
        stdout=pipe,
        stderr=asyncio.subprocess.STDOUT,
        env=_environment(house, settings),
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Typing:
    """Our side of a command's pseudo-terminal."""

    side: int

    async def line(self) -> str:
        """What it says next."""
        return (await anyio.to_thread.run_sync(what_came, self.side, abandon_on_cancel=True)).decode()

    def type(self, words: str) -> None:
        """Type a line."""
        os.write(self.side, f"{words}\n".encode())


@asynccontextmanager
async def watched(house: House, *command: str) -> AsyncGenerator[Typing]:
    """`campaign-ops-mcp …` in a terminal that waits for the person, until the block ends."""
    ours, theirs = _a_terminal()
    process = await asyncio.create_subprocess_exec(
        COMMAND, *command, stdin=theirs, stdout=theirs, env=_environment(house, {}), cwd=house.folder
    )
    os.close(theirs)
    try:
        yield Typing(side=ours)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
        os.close(ours)


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
