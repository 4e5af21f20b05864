"""Tool descriptions against the linter of the Tool Definition Quality Score, offline."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

TDQS = Path(sys.executable).parent / "tdqs"
SNAPSHOTS = Path(__file__).parent / "snapshots"
# It compares only what the arguments cost, and says itself that it cannot tell whether purposes overlap.
LEFT_ASIDE = "shadow-candidate"


def _findings(tools: list[Any], folder: Path) -> list[dict[str, str]]:
    listed = folder / "tools.json"
    listed.write_text(json.dumps({"tools": tools}), encoding="utf-8")
    command = [TDQS, "lint", "--file", listed, "--format", "json", "--fail-on", "never"]
    ended = subprocess.run(command, capture_output=True, text=True, check=True)
    return [found for found in json.loads(ended.stdout)["findings"] if found["rule"] != LEFT_ASIDE]


def _served() -> list[Any]:
    return [json.loads(path.read_text(encoding="utf-8")) for path in sorted(SNAPSHOTS.glob("*_*.json"))]


def test_the_linter_finds_nothing_in_the_tools_descriptions(tmp_path: Path) -> None:
    tools = _served()
    assert tools
    assert _findings(tools, tmp_path) == []


def test_the_linter_would_find_a_tool_without_a_description(tmp_path: Path) -> None:
    first = {**_served()[0], "description": ""}
    assert _findings([first], tmp_path)
