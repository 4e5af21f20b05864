"""JSON schemas as the model reads them: inlined, without titles, nulls and other noise.

Hosts pay for them in every conversation, and two tools cannot share a part. So what a tool answers is only
outlined: its own fields with their types, one level deep.
"""

from collections.abc import Collection
from functools import cache
from typing import Any, Literal

from pydantic import BaseModel

from server.mcp.table_schema import with_tables

_NOISE = ("title", "additionalProperties", "writeOnly")
OUTCOMES = ("done", "dry_run", "unknown", "in_progress", "approval_required")
"""How a change can end, as long as it did not fail."""

ENVELOPE = frozenset(
    {
        "action_id",
        "expires_at",
        "meant",
        "message",
        "next",
        "note",
        "person_does",
        "preview",
        "reconciled",
        "replayed",
        "warning",
    }
)
"""What can surround the result of any change, besides the outcome; of a look only `warning`."""
LEADING = frozenset({"columns", "conclusion", "note", "notes", "page", "pages", "rests_on", "rows", "total"})
"""What many results begin or end with, each time in the same sense: it explains itself in every answer."""


def input_schema(params: type[BaseModel]) -> dict[str, Any]:
    """The schema of a tool's arguments; nothing else than what it names is accepted."""
    return {**_described(params, "validation"), "additionalProperties": False}


def result_schema(result: type[BaseModel]) -> dict[str, Any]:
    """The outline of a look's result, without what it shares with many others."""
    own = {name: kind for name, kind in _types(result).items() if name not in LEADING}
    return {"type": "object", "properties": own}


def action_schema(result: type[BaseModel], said: Collection[str]) -> dict[str, Any]:
    """The outline of a change's answer: the outcome, and the result's fields when it was done.

    The envelope is left out, and so are the fields that repeat what the caller has `said`.
    """
    around = ENVELOPE | LEADING
    own = {name: kind for name, kind in _types(result).items() if name not in around and name not in said}
    outcome = {"outcome": {"enum": [*OUTCOMES]}}
    return {"type": "object", "properties": {**outcome, **own}, "required": ["outcome"]}


def _types(result: type[BaseModel]) -> dict[str, Any]:
    fields = _described(result, "serialization")["properties"]
    return {name: {"type": field["type"]} for name, field in fields.items()}


def _described(model: type[BaseModel], mode: Literal["validation", "serialization"]) -> dict[str, Any]:
    """The model's schema without its docstring, in a dictionary of the caller's own."""
    return {key: value for key, value in _built(model, mode).items() if key != "description"}


@cache
def _built(model: type[BaseModel], mode: Literal["validation", "serialization"]) -> dict[str, Any]:
    """Built once: building costs 1 ms, twin tools share their models, and every listing asks again."""
    return with_tables(model, _slim(model.model_json_schema(mode=mode)))


def _slim(schema: dict[str, Any]) -> dict[str, Any]:
    definitions = schema.pop("$defs", {})
    return _node(schema, definitions)


def _node(node: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    node = _without_null(node)
    if "$ref" in node:
        name = node["$ref"].rsplit("/", 1)[-1]
        rest = {key: value for key, value in node.items() if key != "$ref"}
        node = {**definitions[name], **rest}
    kept: dict[str, Any] = {}
    for key, value in node.items():
        if key in _NOISE or (key == "default" and value is None):
            continue
        kept[key] = _named(value, definitions) if key == "properties" else _value(value, definitions)
    return kept


def _named(properties: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    """Properties are names, not keywords: one that is called `title` stays."""
    return {name: _node(value, definitions) for name, value in properties.items()}


def _value(value: Any, definitions: dict[str, Any]) -> Any:
    if isinstance(value, dict):
        return _node(value, definitions)  # pyright: ignore[reportUnknownArgumentType] - JSON has no static shape
    if isinstance(value, list):
        return [_value(item, definitions) for item in value]  # pyright: ignore[reportUnknownVariableType] - as above
    return value


def _without_null(node: dict[str, Any]) -> dict[str, Any]:
    """`T | None` reads as T; leaving the argument out is how it is not given."""
    choices = [choice for choice in node.get("anyOf", []) if choice.get("type") != "null"]
    rest = {key: value for key, value in node.items() if key != "anyOf"}
    if len(choices) == 1:
        return {**choices[0], **rest}
    if choices and all(choice.get("type") == "string" and _words(choice) for choice in choices):
        return {"type": "string", "enum": [word for choice in choices for word in _words(choice)], **rest}
    return {**rest, "anyOf": choices} if choices else node


def _words(choice: dict[str, Any]) -> list[str]:
    """The words that a choice of texts allows; none when it allows any."""
    return choice.get("enum") or ([choice["const"]] if "const" in choice else [])
