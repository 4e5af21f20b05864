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
from server.languages.catalogue import Language, in_language
from server.mcp.app import offered
from server.mcp.schema import input_schema
from server.settings.language import language_of
from server.settings.settings import Settings, load_settings
from tools.catalog import by_name, every_operation
from tools.desk_operation import AnyOperation
from tools.operation import Risk
from tools.sentence import plural, sentence

TOKENS_FILE = "tool_tokens.json"
"""Measured o200k_base tokens of each tool, with the characters that they were measured at (`make tokens`)."""

_RISKS = {
    Risk.READ: sentence("read"),
    Risk.CHANGE: sentence("change"),
    Risk.SPEND: sentence("spend"),
    Risk.DESTROY: sentence("destroy"),
}
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
    language = language_of(config)
    Console().print(_table(every_operation() if every else _offered(load_settings(config)), language))


def _offered(settings: Settings) -> Sequence[AnyOperation]:
    configured = settings.every8d is not None or settings.omis is not None
    return [by_name()[each.name] for each in offered(settings)] if configured else every_operation()


def _table(operations: Sequence[AnyOperation], language: Language) -> Table:
    costs = [estimated_tokens(operation) for operation in operations]
    table = Table(show_footer=True)
    count = in_language(plural("{count} tool", "{count} tools", len(operations)), language)
    # A name is typed as it stands; what has no spaces would be cut where a column is narrow.
    table.add_column(in_language(sentence("tool"), language), no_wrap=True, footer=count)
    for head in (sentence("risk"), sentence("document section")):
        table.add_column(in_language(head, language), overflow="fold")
    estimate = in_language(sentence("tokens (estimate)"), language)
    table.add_column(estimate, justify="right", overflow="fold", footer=str(sum(costs)))
    for operation, cost in zip(operations, costs, strict=True):
        risk = f"[{_STYLES[operation.risk]}]{in_language(_RISKS[operation.risk], language)}[/]"
        table.add_row(operation.name, risk, in_language(operation.section, language), str(cost))
    return table


def tools(
    *,
    config: Config = None,
    every: Annotated[
        bool, typer.Option("--all", help=sentence("Also those that the settings leave out."))
    ] = False,
) -> None:
    """List the tools with risk, document section and token cost."""
    print_tools(config, every=every)
