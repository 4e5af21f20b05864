"""The least that the SDK can serve on stdio: one tool. What a start is compared with."""

from mcp.server.mcpserver import MCPServer

server: MCPServer[None] = MCPServer("bare", version="0")


@server.tool()
def answer(question: str) -> str:
    """Answer a question."""
    return question


if __name__ == "__main__":
    server.run()
