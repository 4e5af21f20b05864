"""The programs whose list of servers we can change: where it is, and what an entry of it looks like."""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast

from platformdirs import user_config_path

from server.hosts import jsonc, toml_tables
from server.hosts.errors import UnchangeableError

ENTRY = "campaign-ops"
"""Our name in each of the lists."""

HostName = Literal["claude-desktop", "claude-code", "vscode", "cursor", "codex"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """A program with a list of servers in a file of the user."""

    title: str
    file: Callable[[], Path]
    section: str
    toml: bool = False
    says_type: bool = False
    """Whether an entry names its transport."""

    def entry(self, command: Sequence[str], environment: Mapping[str, str]) -> dict[str, Any]:
        """What has the program start this server."""
        kind = {"type": "stdio"} if self.says_type else {}
        env = {"env": dict(environment)} if environment else {}
        return {**kind, "command": command[0], "args": list(command[1:]), **env}

    def held(self, text: str) -> dict[str, Any] | None:
        """Our entry of the file, if there is one.

        Raises:
            UnchangeableError: the file cannot be read as what it should be.
        """
        whole: Any = toml_tables.parsed(text) if self.toml else jsonc.parsed(text if text.strip() else "{}")
        section = _object(_object(whole).get(self.section, {}))
        return _object(section[ENTRY]) if ENTRY in section else None

    def added(self, text: str, entry: Mapping[str, Any]) -> str:
        """The file's text with our entry.

        Raises:
            UnchangeableError: it cannot be changed without a risk for what else is in it.
        """
        if self.toml:
            return toml_tables.with_table(text, (self.section, ENTRY), entry)
        new = jsonc.with_entry(text if text.strip() else "{}\n", self.section, ENTRY, entry)
        return self._checked(text, new, entry)

    def removed(self, text: str) -> str:
        """The file's text without our entry.

        Raises:
            UnchangeableError: as for `added`.
        """
        if self.toml:
            return toml_tables.without_table(text, (self.section, ENTRY))
        return self._checked(text, jsonc.without_entry(text, self.section, ENTRY), None)

    def _checked(self, old: str, new: str, entry: Mapping[str, Any] | None) -> str:
        """What is read must be the old values with this change alone."""
        wanted = jsonc.parsed(old if old.strip() else "{}")
        section = wanted.setdefault(self.section, {})
        section.pop(ENTRY, None)
        if entry is not None:
            section[ENTRY] = dict(entry)
        if jsonc.parsed(new) != wanted:
            raise UnchangeableError("the change would change something else")
        return new


def _object(value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise UnchangeableError("something else stands where an object belongs")
    return cast("dict[str, Any]", value)


def _applications(*names: str) -> Path:
    return user_config_path(names[0], appauthor=False, roaming=True).joinpath(*names[1:])


def _home(variable: str, folder: str, *names: str) -> Path:
    """Below the folder that the program's own variable names, else below the user's home."""
    named = os.environ.get(variable)
    return (Path(named) if named else Path.home() / folder).joinpath(*names)


HOSTS: Mapping[str, Host] = {
    "claude-desktop": Host(
        title="Claude Desktop",
        file=lambda: _applications("Claude", "claude_desktop_config.json"),
        section="mcpServers",
    ),
    "claude-code": Host(
        title="Claude Code",
        file=lambda: _home("CLAUDE_CONFIG_DIR", "", ".claude.json"),
        section="mcpServers",
        says_type=True,
    ),
    "vscode": Host(
        title="VS Code",
        file=lambda: _applications("Code", "User", "mcp.json"),
        section="servers",
        says_type=True,
    ),
    "cursor": Host(title="Cursor", file=lambda: Path.home() / ".cursor" / "mcp.json", section="mcpServers"),
    "codex": Host(
        title="Codex",
        file=lambda: _home("CODEX_HOME", ".codex", "config.toml"),
        section="mcp_servers",
        toml=True,
    ),
}
