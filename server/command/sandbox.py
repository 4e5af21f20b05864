"""`campaign-ops-mcp sandbox`: the simulated vendors, for any client of theirs."""

import sys
from functools import partial
from typing import Annotated

import anyio
import anyio.to_thread
import typer

from server.command.options import Port
from server.command.usage import spoken
from server.listening import no_port, say
from server.sandbox.run import serve_sandbox
from server.systems import until_signal
from tools.sentence import sentence


async def run_sandbox(port: int, *, until_stdin_ends: bool = False) -> None:
    """The sandbox alone, until a signal comes; or until whoever started it is gone, however that ended."""
    async with anyio.create_task_group() as group:

        async def watch() -> None:
            await until_signal()
            group.cancel_scope.cancel()

        async def watch_stdin() -> None:
            await anyio.to_thread.run_sync(sys.stdin.buffer.read, abandon_on_cancel=True)
            group.cancel_scope.cancel()

        group.start_soon(watch)
        if until_stdin_ends:
            group.start_soon(watch_stdin)
        try:
            await serve_sandbox(port, on_ready=_announce)
        except OSError as error:
            raise no_port(port, error) from None


def _announce(url: str) -> None:
    say(sentence("sandbox ready at {url}", url=url), spoken())


def sandbox(
    *,
    port: Port = 8091,
    until_stdin_ends: Annotated[bool, typer.Option("--until-stdin-ends", hidden=True)] = False,
) -> None:
    """Run both simulated vendors alone; any client of these vendors can be pointed at it."""
    anyio.run(partial(run_sandbox, port, until_stdin_ends=until_stdin_ends))
