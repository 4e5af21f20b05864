"""Skills over MCP: how the usual jobs are done well, written once for assistants and for the plugin."""
