"""Node.js from the development packages, and what `make test` has installed from npm."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import anyio

from scripts.node import NODE
from tests.patience import PATIENCE

ROOT = Path(__file__).resolve().parents[2]
MODULES = ROOT / "scripts" / "npm" / "node_modules"
READY = MODULES / ".ready"


async def run_node(script: Path, *arguments: str, given: Mapping[str, Any] | None = None) -> tuple[int, str]:
    """The exit code and the output of a script, run in its own folder and without our environment."""
    assert READY.exists(), f"{READY} is missing. Run `make {READY.relative_to(ROOT)}` once."
    with anyio.fail_after(PATIENCE):
        ended = await anyio.run_process(
            [str(NODE), str(script), *arguments],
            input=json.dumps(given or {}).encode(),
            stderr=None,
            check=False,
            cwd=script.parent,
            env={"PATH": "/usr/bin:/bin"},
        )
    return ended.returncode, ended.stdout.decode()
