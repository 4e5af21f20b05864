"""What is listed of an operation, derived from it: for the file of `server/mcp/listing.py`."""

from typing import Any

import mcp_types as types

from server.mcp.schema import action_schema, input_schema, result_schema
from tools.desk_operation import AnyOperation, Composite
from tools.offering import Risk
from tools.operation import Action


def derived(operation: AnyOperation) -> dict[str, Any]:
    """All that is listed of an operation but its name."""
    return {
        "title": operation.title,
        "description": operation.description,
        "risk": operation.risk,
        "toolset": operation.toolset,
        "vendor": operation.vendor,
        "serves": operation.serves,
        "hints": _annotations_of(operation).model_dump(by_alias=True, exclude_none=True),
        **derived_schemas(operation),
    }


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


def _annotations_of(operation: AnyOperation) -> types.ToolAnnotations:
    """All four hints, from the risk."""
    return types.ToolAnnotations(
        read_only_hint=operation.risk is Risk.READ,
        destructive_hint=operation.risk in (Risk.SPEND, Risk.DESTROY),
        # A pause can be wanted again after a resume; what our own store keeps is changed once.
        idempotent_hint=operation.risk is not Risk.CHANGE or operation.vendor is None,
        open_world_hint=operation.vendor is not None or isinstance(operation, Composite),
    )
