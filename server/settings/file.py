"""The one file of settings: which one is read, and which is refused. None of the current folder ever is.

An MCP client starts a server in the folder that it has open, and that folder can be somebody else's.
"""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from server.systems import why_not_trusted
from tools.sentence import sentence

FILE_VARIABLE = "CAMPAIGN_OPS_CONFIG"
"""Names the file where no `--config` does, with its whole path."""


class SettingsError(Exception):
    """Settings or options cannot be used. Each line names one and its fix, and never a setting's value."""

    def __init__(self, *lines: str) -> None:
        super().__init__(*lines)
        self.lines = lines

    def __str__(self) -> str:
        return "\n".join(self.lines)


class NoAccountError(SettingsError):
    """No vendor has an account."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsFile:
    """A file that was chosen, and what stands in it."""

    path: Path
    named: bool
    """Whether an option or the environment named it; else it is the user's own."""
    values: Mapping[str, Any]


def users_file() -> Path:
    """The file in the user's own configuration directory, which servers, terminal and console share."""
    from platformdirs import user_config_path  # noqa: PLC0415 - only where nothing names a file

    return user_config_path("campaign-ops-mcp", appauthor=False) / "config.toml"


def read_settings_file(config: Path | None) -> SettingsFile | None:
    """What `--config` names, else what CAMPAIGN_OPS_CONFIG names, else the user's own file if there is one.

    Raises:
        SettingsError: the named file is not there, or a file cannot be read, is no TOML, or could have been
            written by somebody else.
    """
    if config is not None:
        return _read(config, f"--config {config.name}", named=True)
    if FILE_VARIABLE in os.environ:
        return _read(_whole(os.environ[FILE_VARIABLE]), FILE_VARIABLE, named=True)
    own = users_file()
    return _read(own, own.name, named=False) if os.path.lexists(own) else None


def _whole(written: str) -> Path:
    path = Path(os.path.expanduser(written))  # noqa: PTH111 - Path's own raises where there is no home
    if not path.is_absolute():
        raise SettingsError(
            sentence("{setting}: is not a whole path. Write it from the root on.", setting=FILE_VARIABLE)
        )
    return path


def _read(path: Path, name: str, *, named: bool) -> SettingsFile:
    try:
        path = path.absolute()
        untrusted = why_not_trusted(path)
        if untrusted:
            raise SettingsError(
                sentence("{setting}: the file was not read: {why}.", setting=name, why=untrusted)
            )
        values = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError:
        raise SettingsError(
            sentence("{setting}: the file cannot be read. Check its path.", setting=name)
        ) from None
    except (ValueError, RecursionError):
        # Also a number of thousands of digits, and lists within lists beyond what Python follows.
        raise SettingsError(
            sentence("{setting}: is not valid TOML in UTF-8. Check it.", setting=name)
        ) from None
    return SettingsFile(path=path, named=named, values=values)
