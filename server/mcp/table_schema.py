"""How a table is described to clients: a line of columns, and rows as arrays.

What the rows share is named in no schema: every word of one is paid for in each conversation.
"""

from typing import Any

from pydantic import BaseModel

from server.gate.text_fields import fields_of

SHARED = frozenset({"every_row", "day", "zone", "legend"})
"""What can stand beside a table, when its rows have it in common."""
_TABLE = {"columns": {"type": "array"}, "rows": {"type": "array"}}


def with_tables(model: type[BaseModel], schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a model as its answers are: with a table in place of its list of rows."""
    tables = {name for name, reading in fields_of(model) if reading.table is not None}
    if not tables:
        return schema
    properties: dict[str, Any] = {}
    for name, value in schema["properties"].items():
        properties |= _TABLE if name in tables else {name: value}
    required = [name for name in schema.get("required", []) if name not in tables]
    return {**schema, "properties": properties, "required": [*required, *_TABLE]}
