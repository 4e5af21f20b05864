"""`campaign-ops-mcp demo`: a whole session to watch, or the page for people to try."""

from typing import Annotated

import anyio
import typer

from server.demo.console import play_console
from server.demo.play import play
from tools.sentence import sentence


def demo(
    *,
    console: Annotated[
        bool,
        typer.Option(
            "--console",
            help=sentence("Leave the page to you, with a campaign and two requests, until Ctrl-C."),
        ),
    ] = False,
) -> None:
    """Play a whole session through a real MCP client against the sandbox."""
    raise SystemExit(anyio.run(play_console if console else play))
