"""`campaign-ops-mcp sandbox`: the simulated vendors, for any client of theirs."""

import anyio

from server.command.options import Port
from server.command.usage import spoken
from server.mcp.transports import no_port
from server.sandbox.run import serve_sandbox
from server.serving import say
from server.systems import until_signal
from tools.sentence import sentence


async def run_sandbox(port: int) -> None:
    """The sandbox alone, until a signal comes."""
    async with anyio.create_task_group() as group:

        async def watch() -> None:
            await until_signal()
            group.cancel_scope.cancel()

        group.start_soon(watch)
        try:
            await serve_sandbox(port, on_ready=_announce)
        except OSError as error:
            raise no_port(port, error) from None


def _announce(url: str) -> None:
    say(sentence("sandbox ready at {url}", url=url), spoken())


def sandbox(*, port: Port = 8091) -> None:
    """Run both simulated vendors alone; any client of these vendors can be pointed at it."""
    anyio.run(run_sandbox, port)
