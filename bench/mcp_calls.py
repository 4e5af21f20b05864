"""Calls of a tool as they stand on the wire."""

import json

HEADERS = {
    "content-type": "application/json",
    "accept": "application/json, text/event-stream",
    "mcp-protocol-version": "2025-11-25",
}
BEGINNING = (
    {
        "id": 0,
        "method": "initialize",
        "params": {
            "protocolVersion": "2025-11-25",
            "capabilities": {},
            "clientInfo": {"name": "bench", "version": "0"},
        },
    },
    {"method": "notifications/initialized"},
)
"""How a client begins on stdio."""


def message(**content: object) -> bytes:
    """A message of JSON-RPC."""
    return json.dumps({"jsonrpc": "2.0", **content}).encode()


def balance(number: int = 1) -> bytes:
    """The points left: one look at the vendor, and one line of the audit."""
    return message(id=number, method="tools/call", params={"name": "query_credit", "arguments": {}})


def check(answer: bytes) -> None:
    """Raise RuntimeError when a call was not answered with the points."""
    if (b"credit" not in answer and b'"result"' not in answer) or b'"isError":true' in answer:
        raise RuntimeError(f"the read was not answered: {answer!r}")
