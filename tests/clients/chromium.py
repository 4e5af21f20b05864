"""Debian's Chromium, driven by a script of `scripts/browser`; without it what needs it is skipped."""

import json
import shutil
from typing import Any

import pytest

from tests.clients.node import ROOT, run_node

_FOLDER = ROOT / "scripts" / "browser"
_CHROMIUM = shutil.which("chromium")
IN_A_BROWSER = pytest.mark.skipif(
    _CHROMIUM is None or not (_FOLDER / "node_modules" / ".ready").exists(), reason="`make views` installs it"
)


async def in_chromium(script: str, **given: Any) -> Any:
    """What a script saw, which was given this and the browser."""
    code, out = await run_node(_FOLDER / script, given={"browser": _CHROMIUM, **given})
    assert code == 0
    return json.loads(out)
