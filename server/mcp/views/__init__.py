"""What a host that knows MCP Apps shows beside an answer: pages without network, in two languages."""
