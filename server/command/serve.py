"""`campaign-ops-mcp serve`: MCP for an assistant."""

from typing import Annotated

import typer

from server.command.options import Config, Port, run
from server.mcp.transports import leave
from server.serving import Serving
from tools.sentence import sentence


def serve(  # noqa: PLR0913 - each is an option of the command line
    *,
    sandbox: Annotated[
        bool, typer.Option("--sandbox", help=sentence("Simulate both vendors; no account needed."))
    ] = False,
    http: Annotated[
        bool, typer.Option("--http", help=sentence("Streamable HTTP on 127.0.0.1, path /mcp."))
    ] = False,
    port: Port = 8090,
    toolsets: Annotated[
        str, typer.Option(help=sentence("With commas: sms,reports,launches,jobs,desk."))
    ] = "",
    read_only: Annotated[bool, typer.Option("--read-only", help=sentence("Only tools that look."))] = False,
    config: Config = None,
) -> None:
    """Serve MCP over stdio (the default) or HTTP."""
    serving = Serving(
        sandbox=sandbox, http=http, port=port, toolsets=toolsets, read_only=read_only, config=config
    )
    run(serving.run)
    leave()
