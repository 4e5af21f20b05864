"""Counts the tokens of the tool list with js-tiktoken and records them. Run through `make tokens`."""

import json
import subprocess
from pathlib import Path

from server.command.tool_list import TOKENS_FILE, visible_text
from tools.catalog import every_operation

ROOT = Path(__file__).resolve().parent.parent
SNAPSHOTS = ROOT / "tests" / "snapshots"


def main() -> None:
    """Write the record, and print it with the largest tool first."""
    visible = {operation.name: visible_text(operation) for operation in every_operation()}
    tokens = _counted(visible)
    whole = _counted({name: _as_listed(name) for name in visible})
    record = {
        name: {"tokens": tokens[name], "characters": len(text), "whole": whole[name]}
        for name, text in visible.items()
    }
    (ROOT / "server" / "mcp" / TOKENS_FILE).write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
    for name, count in sorted(tokens.items(), key=lambda item: -item[1]):
        print(f"{count:6} {name}")
    print(f"{sum(tokens.values()):6} in {len(tokens)} tools; {sum(whole.values())} with all that is listed")


def _as_listed(name: str) -> str:
    """All that `tools/list` says of a tool, from what `make update` wrote."""
    tool = json.loads((SNAPSHOTS / f"{name}.json").read_text(encoding="utf-8"))
    return json.dumps(tool, ensure_ascii=False, separators=(",", ":"))


def _counted(texts: dict[str, str]) -> dict[str, int]:
    counted = subprocess.run(
        ["node", ROOT / "scripts" / "count_tokens.mjs"],
        input=json.dumps(texts),
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(counted.stdout)


if __name__ == "__main__":
    main()
