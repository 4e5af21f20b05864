"""The schemas that `tools/list` serves, from a generated file: deriving them takes a tenth of a start.

`make update` writes the file from the models, and `make check` fails when it is not what they say.
"""

import json
from functools import cache
from importlib.resources import files
from typing import Any

from server.mcp.schema import action_schema, input_schema, result_schema
from tools.desk_operation import AnyOperation, Composite
from tools.operation import Action

SCHEMAS_FILE = "tool_schemas.json"


def derived_schemas(operation: AnyOperation) -> dict[str, Any]:
    """Both schemas of a tool, from its models."""
    return {"input": input_schema(operation.params), "output": _output(operation)}


def _output(operation: AnyOperation) -> dict[str, Any]:
    if isinstance(operation, Action | Composite):
        return action_schema(operation.result, said=said_already(operation))
    return result_schema(operation.result)


def said_already(operation: AnyOperation) -> frozenset[str]:
    """The fields of a result that the call itself holds: its arguments, and which change was accepted."""
    return frozenset({*operation.params.model_fields, "action", "accepted"})


def served_schemas(operation: AnyOperation) -> dict[str, Any]:
    """Both schemas of a tool as they were generated; a tool that is new since then has them derived."""
    return _generated().get(operation.name) or derived_schemas(operation)


@cache
def _generated() -> dict[str, dict[str, Any]]:
    try:
        return json.loads(files("server.mcp").joinpath(SCHEMAS_FILE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
