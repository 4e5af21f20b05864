"""`campaign-ops-mcp policy`: what is in force, in plain words, and where it came from."""

from pathlib import Path
from typing import Any, cast

from server.command.common import OK, console, settings_of
from server.command.options import Config, Sandbox
from server.gate.rules.policy import describe
from server.settings.layers import DEFAULT, place_of


def show(config: Path | None, *, sandbox: bool = False) -> int:
    """Print every rule with its setting and origin, the settings that set none, then all other settings."""
    out = console()
    settings = settings_of(config, sandbox=sandbox)
    facts, origins = describe(settings.policy), settings.origins
    for rule in cast("list[dict[str, Any]]", facts["rules"]):
        out.print(f"{rule['setting']}: {rule['rule']} ({origins.origin(*place_of(rule['setting']))})")
    out.print("Without a rule: " + ", ".join(cast("list[str]", facts["without_a_rule"])))
    for origin, names in origins.names_by_origin().items():
        out.print(f"From {origin}: {', '.join(names)}")
    out.print(f"Every other setting has its {DEFAULT}.")
    return OK


def policy(*, sandbox: Sandbox = False, config: Config = None) -> None:
    """Print the rules that are in force, and where each setting came from."""
    raise SystemExit(show(config, sandbox=sandbox))
