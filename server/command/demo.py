"""`campaign-ops-mcp demo`: a whole session to watch."""

import anyio

from server.demo.play import play


def demo() -> None:
    """Play a whole session through a real MCP client against the sandbox."""
    raise SystemExit(anyio.run(play))
