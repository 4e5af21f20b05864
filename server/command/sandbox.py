"""`campaign-ops-mcp sandbox`: the simulated vendors, for any client of theirs."""

import anyio

from server.command.options import Port
from server.serving import run_sandbox


def sandbox(*, port: Port = 8091) -> None:
    """Run both simulated vendors alone; any client of these vendors can be pointed at it."""
    anyio.run(run_sandbox, port)
