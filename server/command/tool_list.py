"""The command `tools`: what the assistant can do, how risky it is, and what its place in the list costs."""

import json
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from server.command.options import Config
from server.mcp.app import offered
from server.mcp.schema import input_schema
from server.settings.settings import Settings, load_settings
from tools.catalog import every_operation
from tools.desk_operation import AnyOperation
from tools.operation import Risk

TOKENS_FILE = "tool_tokens.json"
"""Measured o200k_base tokens of each tool, with the characters that they were measured at (`make tokens`)."""

_STYLES = {Risk.READ: "green", Risk.CHANGE: "cyan", Risk.SPEND: "yellow", Risk.DESTROY: "red"}


def visible_text(operation: AnyOperation) -> str:
    """What a model reads of a tool: name, description and arguments, as compact JSON."""
    seen = {
        "name": operation.name,
        "description": operation.description,
        "inputSchema": input_schema(operation.params),
    }
    return json.dumps(seen, ensure_ascii=False, separators=(",", ":"))


@cache
def recorded_tokens() -> dict[str, dict[str, int]]:
    """The last measurement: for each tool its `tokens` and the `characters` that they were counted over."""
    text = files("server.mcp").joinpath(TOKENS_FILE).read_text(encoding="utf-8")
    return json.loads(text)


def estimated_tokens(operation: AnyOperation) -> int:
    """The recorded tokens, in proportion to today's length; an unmeasured tool goes by the average."""
    recorded = recorded_tokens()
    measured = recorded.get(operation.name) or {
        key: sum(tool[key] for tool in recorded.values()) for key in ("tokens", "characters")
    }
    return round(len(visible_text(operation)) * measured["tokens"] / measured["characters"])


def print_tools(config: Path | None, *, every: bool) -> None:
    """Print the tools that the settings offer; all of them with `every`, or when no account is set.

    Raises:
        SettingsError: a setting is wrong; never with `every`, which reads none.
    """
    Console().print(_table(every_operation() if every else _offered(load_settings(config))))


def _offered(settings: Settings) -> Sequence[AnyOperation]:
    configured = settings.every8d is not None or settings.omis is not None
    return offered(settings) if configured else every_operation()


def _table(operations: Sequence[AnyOperation]) -> Table:
    costs = [estimated_tokens(operation) for operation in operations]
    table = Table("tool", "risk", "document section", show_footer=True)
    table.columns[0].footer = f"{len(operations)} tools"
    table.add_column("tokens (estimate)", justify="right", footer=str(sum(costs)))
    for operation, cost in zip(operations, costs, strict=True):
        risk = f"[{_STYLES[operation.risk]}]{operation.risk}[/]"
        table.add_row(operation.name, risk, operation.section, str(cost))
    return table


def tools(*, config: Config = None, every: Annotated[bool, typer.Option("--all")] = False) -> None:
    """List the tools with risk, document section and token cost."""
    print_tools(config, every=every)
