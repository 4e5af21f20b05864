"""The command `campaign-ops-mcp`: one file a command or group; `cli.py` only names them."""
