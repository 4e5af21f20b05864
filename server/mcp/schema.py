"""JSON schemas as the model reads them: inlined, without titles, nulls and other noise."""

from functools import cache
from typing import Any, Literal

from pydantic import BaseModel

_NOISE = ("title", "additionalProperties", "writeOnly")


def input_schema(params: type[BaseModel]) -> dict[str, Any]:
    """The schema of a tool's arguments; nothing else than what it names is accepted."""
    return {**_described(params, "validation"), "additionalProperties": False}


def result_schema(result: type[BaseModel]) -> dict[str, Any]:
    """The schema of a look's result, with the warning that an unrecorded look carries."""
    schema = _described(result, "serialization")
    schema["properties"] = {**schema.get("properties", {}), "warning": {"type": "string"}}
    return schema


def action_schema(result: type[BaseModel]) -> dict[str, Any]:
    """The schema of a change's answer: the outcome, and the result's fields when it was done."""
    inner = _described(result, "serialization").get("properties", {})
    text, flag = {"type": "string"}, {"type": "boolean"}
    outcomes = ["done", "dry_run", "unknown", "in_progress", "approval_required"]
    head = {"outcome": {"type": "string", "enum": outcomes}, "action_id": text, "replayed": flag}
    tail = {
        "preview": {"type": "object"},
        "message": text,
        "note": text,
        "next": text,
        "person_does": text,
        "expires_at": text,
        "warning": text,
    }
    return {"type": "object", "properties": {**tail, **inner, **head}, "required": ["outcome"]}


def _described(model: type[BaseModel], mode: Literal["validation", "serialization"]) -> dict[str, Any]:
    """The model's schema without its docstring, in a dictionary of the caller's own."""
    return {key: value for key, value in _built(model, mode).items() if key != "description"}


@cache
def _built(model: type[BaseModel], mode: Literal["validation", "serialization"]) -> dict[str, Any]:
    """Built once: building costs 1 ms, twin tools share their models, and every listing asks again."""
    return _slim(model.model_json_schema(mode=mode))


def _slim(schema: dict[str, Any]) -> dict[str, Any]:
    definitions = schema.pop("$defs", {})
    return _node(schema, definitions)


def _node(node: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    node = _without_null(node)
    if "$ref" in node:
        name = node["$ref"].rsplit("/", 1)[-1]
        rest = {key: value for key, value in node.items() if key != "$ref"}
        node = {**definitions[name], **rest}
    node = _requiring_only_certain(node)
    kept: dict[str, Any] = {}
    for key, value in node.items():
        if key in _NOISE or (key == "default" and value in (None, "", False)):
            continue
        kept[key] = _named(value, definitions) if key == "properties" else _value(value, definitions)
    return kept


def _requiring_only_certain(node: dict[str, Any]) -> dict[str, Any]:
    """What is null is left out of an answer, so only what cannot be null is required."""
    properties = node.get("properties", {})
    certain = [name for name in node.get("required", []) if not _nullable(properties.get(name, {}))]
    rest = {key: value for key, value in node.items() if key != "required"}
    return {**rest, "required": certain} if certain else rest


def _nullable(node: dict[str, Any]) -> bool:
    return any(choice.get("type") == "null" for choice in node.get("anyOf", []))


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
    return {**rest, "anyOf": choices} if choices else node
