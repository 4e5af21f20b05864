"""JSON schemas as the model reads them: inlined, without titles, nulls and other noise."""

from typing import Any

from pydantic import BaseModel

_NOISE = ("title", "additionalProperties", "writeOnly")


def input_schema(params: type[BaseModel]) -> dict[str, Any]:
    """The schema of a tool's arguments; nothing else than what it names is accepted."""
    schema = _slim(params.model_json_schema())
    schema.pop("description", None)
    return schema | {"additionalProperties": False}


def result_schema(result: type[BaseModel]) -> dict[str, Any]:
    """The schema of a look's result, with the warning that an unrecorded look carries."""
    schema = _slim(result.model_json_schema(mode="serialization"))
    schema.pop("description", None)
    schema.setdefault("properties", {})["warning"] = {"type": "string"}
    _require_only_certain(schema, result)
    return schema


def action_schema(result: type[BaseModel]) -> dict[str, Any]:
    """The schema of a change's answer: the outcome, and the result's fields when it was done."""
    inner = _slim(result.model_json_schema(mode="serialization")).get("properties", {})
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


def _require_only_certain(schema: dict[str, Any], result: type[BaseModel]) -> None:
    """Empty fields are left out of an answer, so only fields that always have a value are required."""
    optional = {
        name
        for name, field in result.model_fields.items()
        if not field.is_required() and field.default is None
    }
    required = [name for name in schema.get("required", []) if name not in optional]
    if required:
        schema["required"] = required
    else:
        schema.pop("required", None)


def _slim(schema: dict[str, Any]) -> dict[str, Any]:
    definitions = schema.pop("$defs", {})
    return _node(schema, definitions)


def _node(node: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in node:
        name = node["$ref"].rsplit("/", 1)[-1]
        rest = {key: value for key, value in node.items() if key != "$ref"}
        node = {**definitions[name], **rest}
    node = _without_null(node)
    kept: dict[str, Any] = {}
    for key, value in node.items():
        if key in _NOISE or (key == "default" and value in (None, "", False)):
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
    return {**rest, "anyOf": choices} if choices else node
