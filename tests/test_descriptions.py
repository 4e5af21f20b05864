"""Descriptions: none is too short to say anything, defaults are the true ones, and the linter of the Tool
Definition Quality Score finds nothing."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, SecretStr
from pydantic_core import PydanticUndefined, to_jsonable_python

from server.late_parts import LateParts
from server.mcp.app import build_server
from server.mcp.schema import input_schema
from server.settings.settings import Every8dSettings, OmisSettings, Settings
from tools.catalog import every_operation
from tools.desk_operation import AnyOperation
from tools.every8d.personal import Person
from tools.every8d.send_personalized_sms import SEND_PERSONALIZED_SMS

SHORTEST = 10

each_operation = pytest.mark.parametrize("operation", every_operation(), ids=lambda operation: operation.name)

TDQS = Path(sys.executable).parent / "tdqs"
SNAPSHOTS = Path(__file__).parent / "snapshots"
# It compares only what the arguments cost, and says itself that it cannot tell whether purposes overlap.
LEFT_ASIDE = "shadow-candidate"


def _findings(tools: list[Any], folder: Path) -> list[dict[str, str]]:
    listed = folder / "tools.json"
    listed.write_text(json.dumps({"tools": tools}), encoding="utf-8")
    command = [TDQS, "lint", "--file", listed, "--format", "json", "--fail-on", "never"]
    ended = subprocess.run(command, capture_output=True, text=True, check=True)
    return [found for found in json.loads(ended.stdout)["findings"] if found["rule"] != LEFT_ASIDE]


def _served() -> list[Any]:
    return [json.loads(path.read_text(encoding="utf-8")) for path in sorted(SNAPSHOTS.glob("*_*.json"))]


def test_the_linter_finds_nothing_in_the_tools_descriptions(tmp_path: Path) -> None:
    tools = _served()
    assert tools
    assert _findings(tools, tmp_path) == []


@pytest.mark.long
def test_the_linter_would_find_a_tool_without_a_description(tmp_path: Path) -> None:
    first = {**_served()[0], "description": ""}
    assert _findings([first], tmp_path)


def _arguments(schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every argument with its schema, those inside a list's items too."""
    for name, field in schema.get("properties", {}).items():
        yield name, field
        yield from _arguments(field.get("items", {}))


@each_operation
def test_a_tool_and_each_of_its_arguments_say_something(operation: AnyOperation) -> None:
    arguments = _arguments(input_schema(operation.params))
    assert [name for name, field in arguments if len(field.get("description", "")) < SHORTEST] == []
    assert len(operation.description) >= SHORTEST


async def test_every_resource_prompt_and_argument_of_a_prompt_says_something() -> None:
    nobody = SecretStr("none")
    settings = Settings.model_construct(
        every8d=Every8dSettings(uid="none", password=nobody),
        omis=OmisSettings(login_name="none", password=nobody),
    )
    server = build_server(LateParts(settings))
    prompts = await server.list_prompts()
    described = [
        *await server.list_resources(),
        *await server.list_resource_templates(),
        *prompts,
        *(argument for prompt in prompts for argument in prompt.arguments or []),
    ]
    assert len(described) > len(prompts)
    assert [each.name for each in described if len(each.description or "") < SHORTEST] == []


def _defaults(model: type[BaseModel]) -> dict[str, Any]:
    """The value of each optional argument that is used when it is left out; None is no value."""
    fields = model.model_fields.items()
    defaults = {name: field.get_default(call_default_factory=True) for name, field in fields}
    return {
        name: to_jsonable_python(default)
        for name, default in defaults.items()
        if default is not None and default is not PydanticUndefined
    }


def _shown(schema: dict[str, Any]) -> dict[str, Any]:
    properties: dict[str, dict[str, Any]] = schema.get("properties", {})
    return {name: field["default"] for name, field in properties.items() if "default" in field}


@each_operation
def test_the_schema_shows_the_true_default_of_each_argument(operation: AnyOperation) -> None:
    assert _shown(input_schema(operation.params)) == _defaults(operation.params)


def test_the_schema_shows_the_true_default_of_each_argument_inside_a_list() -> None:
    people = input_schema(SEND_PERSONALIZED_SMS.params)["properties"]["recipients"]["items"]
    assert _shown(people) == _defaults(Person) != {}


@each_operation
def test_an_argument_without_a_default_is_required_or_says_what_its_absence_means(
    operation: AnyOperation,
) -> None:
    schema = input_schema(operation.params)
    silent = [
        name
        for name, field in schema.get("properties", {}).items()
        if name not in schema.get("required", []) and "default" not in field
        if not any(word in field["description"] for word in ("absent", "default"))
    ]
    assert silent == []
