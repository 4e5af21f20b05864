"""`campaign-ops-mcp policy`: what is in force, in plain words."""

from pathlib import Path
from typing import Any, cast

from server.gate.policy import describe
from server.settings import load_settings
from server.terminal.common import OK, console


def show(config: Path | None) -> int:
    """Print every rule with its setting, then the settings that set none."""
    out = console()
    facts = describe(load_settings(config).policy)
    for rule in cast("list[dict[str, Any]]", facts["rules"]):
        out.print(f"{rule['setting']}: {rule['rule']}")
    out.print("Without a rule: " + ", ".join(cast("list[str]", facts["without_a_rule"])))
    return OK
