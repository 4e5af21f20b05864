"""Where a demo lives: a temporary folder, and the commands and environment of its processes."""

import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import anyio
from mcp.client.stdio import get_default_environment

_LOGIN = "sandbox"
POINTS_A_DAY = 15
"""A cap low enough for the session to meet it."""
_PACKAGES = Path(__file__).parents[2]
"""Where this package is found, so that the processes run the same code from any folder."""


class DemoError(Exception):
    """The demo cannot be played; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """The demo's folder. Nothing of the user's is read or written: no setting, no `.env`, no store."""

    folder: Path

    @property
    def server_log(self) -> Path:
        """What the server writes to stderr."""
        return self.folder / "server.log"

    def command(self, *arguments: str) -> list[str]:
        """A command of `campaign-ops-mcp` in the interpreter that runs the demo."""
        return [sys.executable, "-m", "server.cli", *arguments]

    def environment(self, sandbox_url: str = "") -> dict[str, str]:
        """The environment of the processes; with settings, once the sandbox's URL is known."""
        plain = {**get_default_environment(), "PYTHONPATH": str(_PACKAGES)}
        return plain | self._settings(sandbox_url) if sandbox_url else plain

    def _settings(self, sandbox_url: str) -> dict[str, str]:
        return {
            "CAMPAIGN_OPS_STORE__FOLDER": str(self.folder / "store"),
            "CAMPAIGN_OPS_FILES__REPORTS": str(self.folder / "reports"),
            "CAMPAIGN_OPS_EVERY8D__BASE_URL": sandbox_url,
            "CAMPAIGN_OPS_EVERY8D__UID": _LOGIN,
            "CAMPAIGN_OPS_EVERY8D__PASSWORD": _LOGIN,
            "CAMPAIGN_OPS_OMIS__BASE_URL": sandbox_url,
            "CAMPAIGN_OPS_OMIS__LOGIN_NAME": _LOGIN,
            "CAMPAIGN_OPS_OMIS__PASSWORD": _LOGIN,
            "CAMPAIGN_OPS_POLICY__POINTS_PER_DAY": str(POINTS_A_DAY),
        }


@asynccontextmanager
async def temporary_home() -> AsyncGenerator[Home]:
    """A home for the length of a block."""
    async with anyio.TemporaryDirectory(prefix="campaign-ops-demo-") as folder:
        yield Home(folder=Path(folder))
