"""`campaign-ops-mcp policy`: what is in force, in plain words, and where it came from."""

from pathlib import Path
from typing import Any, cast

from server.command.common import OK, settings_of
from server.command.options import Config, Sandbox
from server.command.terminal import Terminal
from server.gate.rules.approving import describe_approving
from server.gate.rules.description import describe
from server.settings.layers import place_of
from tools.sentence import sentence


def show(config: Path | None, *, sandbox: bool = False) -> int:
    """Print every rule with its setting and origin, the settings that set none, then all other settings."""
    settings = settings_of(config, sandbox=sandbox)
    out = Terminal(settings.language)
    facts, origins = describe(settings.policy), settings.origins
    known = cast("list[dict[str, Any]]", facts["rules"])
    for rule in (*known, *describe_approving(settings.approval)):
        out.say(
            sentence(
                "{setting}: {rule} ({origin})",
                setting=rule["setting"],
                rule=rule["rule"],
                origin=origins.origin(*place_of(rule["setting"])),
            )
        )
    unset = cast("list[str]", facts["without_a_rule"])
    out.say(sentence("Without a rule: {settings}", settings=", ".join(unset)))
    for origin, names in origins.names_by_origin().items():
        out.say(sentence("From {origin}: {settings}", origin=origin, settings=", ".join(names)))
    out.say(sentence("Every other setting has its default."))
    return OK


def policy(*, sandbox: Sandbox = False, config: Config = None) -> None:
    """Print the rules that are in force, and where each setting came from."""
    raise SystemExit(show(config, sandbox=sandbox))
