"""What runs: the MCP server, its gate, the vendors' transport, the store and the sandbox."""
