"""Reads the tables of answers back into rows with names."""

from collections.abc import Mapping
from typing import Any


def rows_of(facts: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return each row under the names of its columns, with what all rows share and what its code means."""
    shared, legend = facts.get("every_row", {}), facts.get("legend", {})
    named = [{**shared, **dict(zip(facts["columns"], row, strict=True))} for row in facts["rows"]]
    return [_without_none({**row, **legend.get(_code(row), {})}) for row in named]


def whole_time(facts: Mapping[str, Any], cell: str) -> str:
    """Return the time of a cell in ISO 8601, with the day and the zone that the table tells once."""
    day, _, time = cell.rpartition(" ")
    return f"{day or facts['day']}T{time}{facts['zone']}"


def _code(row: Mapping[str, Any]) -> str:
    code = row.get("status_code")
    return "none" if code is None else str(code)


def _without_none(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: cell for name, cell in row.items() if cell is not None}
