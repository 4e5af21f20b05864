"""The questions, and the tools as a host's keyword search reads them."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from server.mcp.schema import input_schema
from tools.catalog import every_operation
from tools.desk_operation import AnyOperation

Language = Literal["en", "zh"]
Part = Literal["looked_at", "held_out", "asked_anew", "asked_blind"]

_FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Question:
    """What a person asks, and the tools that answer it right."""

    words: str
    right: frozenset[str]


def questions(language: Language, part: Part) -> list[Question]:
    """The questions of a part in a language."""
    file = tomllib.loads((_FOLDER / f"{part}.toml").read_text(encoding="utf-8"))
    return [
        Question(words, frozenset(group["right"])) for group in file["question"] for words in group[language]
    ]


def searched(operation: AnyOperation) -> str:
    """All that is searched of a tool: its name split at _, its description, its parameters."""
    words = [operation.name, operation.description, *_parameters(input_schema(operation.params))]
    return " ".join(words).replace("_", " ")


def every_text() -> dict[str, str]:
    """What is searched, by tool."""
    return {operation.name: searched(operation) for operation in every_operation()}


def _parameters(schema: dict[str, Any]) -> Iterator[str]:
    for name, field in schema.get("properties", {}).items():
        yield from (name, field["description"])
        yield from _parameters(field.get("items", {}))
