"""What an answer says, whichever way a client reads it."""

import json
from typing import Any

import mcp_types as types


def facts_of(result: types.CallToolResult) -> dict[str, Any]:
    """The facts of an answer: in its text alone when it failed, else in text and structure alike."""
    (text,) = [block.text for block in result.content if isinstance(block, types.TextContent)]
    facts: dict[str, Any] = json.loads(text)
    assert result.structured_content == (None if result.is_error else facts)
    return facts
