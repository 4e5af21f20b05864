"""Writes what derives from the code: pages, schemas, snapshots, sentences. --check only compares."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import anyio
import catalogue
from pydantic import SecretStr
from settings_page import settings_page
from tool_page import tools_page

from server.late_parts import LateParts
from server.mcp.app import build_server
from server.mcp.deriving import derived
from server.mcp.listing import LISTING_FILE, read
from server.settings.settings import Every8dSettings, OmisSettings, Settings
from tools.catalog import every_operation

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
SNAPSHOTS = ROOT / "tests" / "snapshots"
SIZES = "sizes.json"
VISIBLE = ("name", "description", "inputSchema")
"""What a model reads of a tool."""

Served = dict[str, Any]


async def served_tools() -> list[Served]:
    """Every tool as `tools/list` has it, whatever this machine's settings are."""
    nobody = SecretStr("none")
    settings = Settings.model_construct(
        every8d=Every8dSettings(uid="none", password=nobody),
        omis=OmisSettings(login_name="none", password=nobody),
    )
    # What the operations say now; the server reads what they said when this was last run.
    server = build_server(LateParts(settings), [read(name, held) for name, held in listing().items()])
    tools = await server.list_tools()
    return [tool.model_dump(mode="json", by_alias=True, exclude_none=True) for tool in tools]


def listing() -> dict[str, Any]:
    """All that is listed of every tool, from its operation."""
    return {operation.name: derived(operation) for operation in every_operation()}


def sizes(tools: list[Served]) -> dict[str, int]:
    """Characters of each tool's visible part as compact JSON, and of all together."""
    found = {tool["name"]: len(_compact({key: tool[key] for key in VISIBLE})) for tool in tools}
    return {**found, "total": sum(found.values())}


def generated(tools: list[Served]) -> dict[Path, bytes]:
    """Each generated file and what must stand in it."""
    files = {SNAPSHOTS / f"{tool['name']}.json": _pretty(tool) for tool in tools}
    files[SNAPSHOTS / SIZES] = _pretty(sizes(tools))
    files[ROOT / "server" / "mcp" / LISTING_FILE] = _compact(listing()) + "\n"
    files[DOCS / "tools.md"] = tools_page(tools)
    files[DOCS / "settings.md"], files[DOCS / "settings.zh-TW.md"] = (
        settings_page("en"),
        settings_page("zh-TW"),
    )
    return {path: text.encode() for path, text in files.items()} | catalogue.files()


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _pretty(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def _differences(files: dict[Path, bytes]) -> list[str]:
    wrong = [f"out of date: {path.relative_to(ROOT)}" for path, held in files.items() if _read(path) != held]
    return wrong + [f"no such tool any more: {path.relative_to(ROOT)}" for path in _left_over(files)]


def _read(path: Path) -> bytes | None:
    return path.read_bytes() if path.exists() else None


def _left_over(files: dict[Path, bytes]) -> list[Path]:
    return sorted(set(SNAPSHOTS.glob("*.json")) - set(files))


def _write(files: dict[Path, bytes]) -> None:
    SNAPSHOTS.mkdir(parents=True, exist_ok=True)
    for path in _left_over(files):
        path.unlink()
    for path, held in files.items():
        path.write_bytes(held)


def main() -> None:
    """Write the files, or say which are not what they should be and fail."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare only; exit code 1 on a difference")
    check = parser.parse_args().check
    if not check:
        # First: the pages in Chinese are written with it.
        for path, held in catalogue.files().items():
            path.write_bytes(held)
    files = generated(anyio.run(served_tools))
    if not check:
        _write(files)
        return
    if wrong := _differences(files):
        print("\n".join(wrong), "Run `make update`, look at the difference, and commit it.", sep="\n")
        sys.exit(1)


if __name__ == "__main__":
    main()
