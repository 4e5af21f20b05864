"""Counts the tokens of the tool list with js-tiktoken and records them. Run through `make tokens`."""

import json
import subprocess
from pathlib import Path

from server.command.tool_list import TOKENS_FILE, visible_text
from tools.catalog import every_operation

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    """Write the record, and print it with the largest tool first."""
    texts = {operation.name: visible_text(operation) for operation in every_operation()}
    counted = subprocess.run(
        ["node", ROOT / "scripts" / "count_tokens.mjs"],
        input=json.dumps(texts),
        capture_output=True,
        text=True,
        check=True,
    )
    tokens: dict[str, int] = json.loads(counted.stdout)
    record = {name: {"tokens": tokens[name], "characters": len(text)} for name, text in texts.items()}
    (ROOT / "server" / "mcp" / TOKENS_FILE).write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
    for name, count in sorted(tokens.items(), key=lambda item: -item[1]):
        print(f"{count:6} {name}")
    print(f"{sum(tokens.values()):6} in {len(tokens)} tools")


if __name__ == "__main__":
    main()
