"""The page docs/tools.md, from the tools as they are served."""

from collections.abc import Iterator
from typing import Any

from server.mcp.schema import ENVELOPE, OUTCOMES
from tools.catalog import every_operation
from tools.desk_operation import AnyOperation
from tools.operation import Risk

Served = dict[str, Any]

_TOOLSETS = {
    "sms": "EVERY8D: SMS and MMS",
    "reports": "OMIS: reports",
    "launches": "OMIS: launches",
    "jobs": "OMIS: jobs",
    "desk": "Our own record",
}
_RISKS = {
    Risk.READ: "only looks",
    Risk.CHANGE: "can be undone, or brakes; no approval",
    Risk.SPEND: "costs points or lets sending go on; a person approves",
    Risk.DESTROY: "cannot be undone, or hits everything; a person approves and types what it is about",
}
_HINTS = ("readOnlyHint", "destructiveHint", "idempotentHint", "openWorldHint")
_HEAD = """# Tools

This page is generated from the catalogue by `make update`; do not edit it. A vendor without an account in the
settings has no tools in the list, and neither has what the policy switches off.

A change answers with an `outcome`:
{outcomes}.
The fields named below are there when it was done, and around them there can be
{around}.
A look can have a `warning`.
"""


def tools_page(tools: list[Served]) -> str:
    """The whole page, grouped by toolset."""
    by_name = {tool["name"]: tool for tool in tools}
    return "\n".join([_head(), *_risk_table(), *_sections(by_name)]) + "\n"


def _head() -> str:
    outcomes = ", ".join(f"`{outcome}`" for outcome in OUTCOMES)
    return _HEAD.format(outcomes=outcomes, around=", ".join(f"`{name}`" for name in sorted(ENVELOPE)))


def _risk_table() -> Iterator[str]:
    yield "| risk | what it means |\n|---|---|"
    for risk, meaning in _RISKS.items():
        yield f"| {risk} | {meaning} |"
    yield ""


def _sections(by_name: dict[str, Served]) -> Iterator[str]:
    operations = every_operation()
    for toolset, heading in _TOOLSETS.items():
        found = [operation for operation in operations if operation.toolset == toolset]
        if found:
            yield f"## {heading} (`{toolset}`)\n"
        for operation in found:
            yield from _tool(operation, by_name[operation.name])


def _tool(operation: AnyOperation, tool: Served) -> Iterator[str]:
    hints = ", ".join(f"{hint} {str(tool['annotations'][hint]).lower()}" for hint in _HINTS)
    yield f"### `{operation.name}`: {operation.title}\n"
    yield f"{operation.description}\n"
    yield f"- Risk: **{operation.risk}**, {_RISKS[operation.risk]}"
    yield f"- Source: {operation.section}"
    yield f"- Annotations: {hints}"
    yield f"- Answers with: {', '.join(_answered(tool['outputSchema']))}\n"
    yield from _parameters(tool["inputSchema"])


def _answered(schema: Served) -> Iterator[str]:
    for name, field in schema["properties"].items():
        yield f"`{name}`" if "enum" in field else f"`{name}` ({field['type']})"


def _parameters(schema: Served) -> Iterator[str]:
    if not schema.get("properties"):
        yield "No parameters.\n"
        return
    yield "| parameter | type | | description |\n|---|---|---|---|"
    yield from _rows(schema, "")
    yield ""


def _rows(schema: Served, prefix: str) -> Iterator[str]:
    required = schema.get("required", [])
    for name, field in schema["properties"].items():
        need = "required" if name in required else _default(field)
        yield f"| `{prefix}{name}` | {_type(field)} | {need} | {_cell(field.get('description', ''))} |"
        if "properties" in field.get("items", {}):
            yield from _rows(field["items"], f"{prefix}{name}[].")


def _default(field: Served) -> str:
    return f"default {_cell(str(field['default']))}" if "default" in field else ""


def _type(field: Served) -> str:
    if "enum" in field:
        return "one of " + ", ".join(f"`{value}`" for value in field["enum"])
    if field.get("type") == "array":
        return f"list of {_type(field['items'])}"
    words = field.get("format", field.get("type", "any"))
    return f"{words}{_bounds(field)}"


def _bounds(field: Served) -> str:
    low, high = field.get("minimum"), field.get("maximum")
    if low is not None and high is not None:
        return f" {low} to {high}"
    if "maxLength" in field:
        return f", at most {field['maxLength']} characters"
    return ""


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
