"""What `tools/list` serves, from a generated file: importing the operations takes a quarter of a start.

`make update` writes the file from the operations, and `make check` fails when it is not what they say.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from tools.offering import Risk, Toolset, Vendor

LISTING_FILE = "tool_schemas.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """An operation as it is listed."""

    name: str
    title: str
    description: str
    risk: Risk
    toolset: Toolset
    vendor: Vendor | None
    serves: Vendor | None
    hints: Mapping[str, bool]
    """The four annotations, by their names in the protocol."""
    input: dict[str, Any]
    """The schema of its arguments."""
    output: dict[str, Any]
    """The outline of its answers."""


def read(name: str, held: Mapping[str, Any]) -> Listed:
    """One operation of the file."""
    values: dict[str, Any] = {**held, "risk": Risk(held["risk"])}
    return Listed(name=name, **values)


@cache
def listing() -> tuple[Listed, ...]:
    """Every operation, sorted by name."""
    text = files("server.mcp").joinpath(LISTING_FILE).read_text(encoding="utf-8")
    return tuple(read(name, held) for name, held in json.loads(text).items())
