"""What an assistant can do: operations as data and pure functions, without network, disk or MCP."""
