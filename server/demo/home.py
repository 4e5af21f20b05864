"""Where a demo lives: a temporary folder, and the commands and environment of its processes."""

import json
import secrets
import socket
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import anyio
from mcp.client.stdio import get_default_environment

from server.demo.list_file import write_list
from server.own_python import PACKAGES
from server.settings.file import FILE_VARIABLE
from server.settings.language import language_of
from server.settings.own_program import in_this_python
from server.store.files import write_private

_LOGIN = "sandbox"
POINTS_A_DAY = 315
"""A cap low enough for the session to meet it."""
_TIME_TO_TRY_S, _POINTS_TO_TRY = 3600, 1_000
_A_CALL = 20
"""Recipients of one call: a campaign of 300 is many calls."""


class DemoError(Exception):
    """The demo cannot be played; the text says why."""


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return listening.getsockname()[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """The demo's folder. Nothing of the user's is read or written: no setting and no store."""

    folder: Path
    callback_port: int = field(default_factory=_free_port)
    callback_token: str = field(default_factory=secrets.token_urlsafe)
    page_port: int = 0
    """Of the page for people; 0 where nobody is to look at one."""

    @property
    def callback_url(self) -> str:
        """Where the server takes EVERY8D's reports."""
        return f"http://127.0.0.1:{self.callback_port}/callbacks/every8d/{self.callback_token}"

    @property
    def lists(self) -> Path:
        """Where lists of recipients lie."""
        return self.folder / "lists"

    @property
    def store(self) -> Path:
        """Where everything is kept."""
        return self.folder / "store"

    @property
    def server_log(self) -> Path:
        """What the server writes to stderr."""
        return self.folder / "server.log"

    def command(self, *arguments: str) -> list[str]:
        """A command of `campaign-ops-mcp` in the interpreter that runs the demo."""
        return in_this_python(*arguments)

    def environment(self) -> dict[str, str]:
        """The environment of the processes: the demo's own file of settings is the one that is read."""
        mine = {"PYTHONPATH": str(PACKAGES), FILE_VARIABLE: str(self.settings_file)}
        return {**get_default_environment(), **mine}

    def write_settings(self, sandbox_url: str = "") -> None:
        """What the processes that start from now on are set to; with accounts, once the sandbox is there."""
        account: dict[str, str | int] = {"base_url": sandbox_url, "password": _LOGIN}
        sections: dict[str, dict[str, str | int]] = {
            "store": {"folder": str(self.store)},
            "files": {"reports": str(self.folder / "reports")},
            "lists": {"folder": str(self.lists)},
            "policy": {"points_per_day": POINTS_A_DAY},
            "callbacks": {"port": self.callback_port, "token": self.callback_token},
        }
        sections["console"] = {"enabled": bool(self.page_port), "port": self.page_port}
        every8d = {**account, "uid": _LOGIN, "max_recipients": _A_CALL}
        if self.page_port:
            sections["approval"] = {"expires_s": _TIME_TO_TRY_S}
            sections["policy"] = {"points_per_day": _POINTS_TO_TRY}
            # One small call after the other: the campaign is still under way when the person gets to it.
            every8d |= {"max_recipients": _A_CALL // 2, "calls_at_once": 1}
        if sandbox_url:
            sections |= {"every8d": every8d, "omis": {**account, "login_name": _LOGIN}}
        # Clients hand on no locale: what the demo speaks, its questions speak.
        text = f"language = {json.dumps(language_of(None))}\n"
        text += "".join(_table(name, values) for name, values in sections.items())
        write_private(self.settings_file, text.encode())

    @property
    def settings_file(self) -> Path:
        """The one that the demo's processes read."""
        return self.folder / "config.toml"


def _table(name: str, values: Mapping[str, str | int]) -> str:
    # A string of JSON is one of TOML too.
    return f"[{name}]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in values.items())


@asynccontextmanager
async def temporary_home(*, shows_page: bool = False) -> AsyncGenerator[Home]:
    """A home for the length of a block; `shows_page`: its server shows the page for people."""
    async with anyio.TemporaryDirectory(prefix="campaign-ops-demo-") as folder:
        home = Home(folder=Path(folder), page_port=_free_port() if shows_page else 0)
        home.write_settings()
        write_list(home.lists)
        yield home
