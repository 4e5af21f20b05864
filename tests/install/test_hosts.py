"""`install` and `uninstall`: our entry comes and goes, and nothing else of another program's file changes."""

import json
import os
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest

from server.hosts.changing import ChangedMeanwhileError, replace_text
from server.hosts.hosts import HOSTS
from tests.e2e.process import COMMAND

pytestmark = pytest.mark.usefixtures("quick_start")

FILES = {
    "claude-desktop": "config/Claude/claude_desktop_config.json",
    "claude-code": ".claude.json",
    "vscode": "config/Code/User/mcp.json",
    "cursor": ".cursor/mcp.json",
    "codex": ".codex/config.toml",
}
"""Where they are on Linux, as each program's own documentation has it."""
COMMENTED = """{
  // What we use at work
  "servers": {
    "other": {"command": "x", "args": ["//no comment", "a\\\\"],}, /* kept, too */
  },
  "inputs": [1, 2,], // the end
}
"""
TOML = """# mine
model = "m"  # kept

[mcp_servers.other]
command = "x"
text = '''
[mcp_servers.campaign-ops]
'''

[projects."/a b"]
trust = "no"
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path


def ran(home: Path, *words: str, typed: str = "", **more: str) -> "subprocess.CompletedProcess[str]":
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CAMPAIGN_OPS_")}
    for name in ("CLAUDE_CONFIG_DIR", "CODEX_HOME"):
        kept.pop(name, None)
    env = {**kept, "HOME": str(home), "XDG_CONFIG_HOME": str(home / "config"), **more}
    return subprocess.run(
        [COMMAND, *words], env=env, cwd=home, input=typed, capture_output=True, text=True, check=False
    )


def entry_of(file: Path) -> Any:
    text = file.read_text("utf-8")
    if file.suffix == ".toml":
        return tomllib.loads(text)["mcp_servers"]["campaign-ops"]
    whole = json.loads(text)
    return whole.get("mcpServers", whole.get("servers"))["campaign-ops"]


@pytest.mark.parametrize("host", FILES)
def test_a_yes_writes_an_entry_that_starts_this_very_program(home: Path, host: str) -> None:
    said = ran(home, "install", host, "--sandbox", typed="y\n")
    assert said.returncode == 0, said.stdout + said.stderr
    file = home / FILES[host]
    assert str(file) in said.stdout
    entry = entry_of(file)
    assert entry["args"] == ["serve", "--sandbox"]
    assert Path(entry["command"]).is_absolute()
    version = subprocess.run([entry["command"], "--version"], capture_output=True, check=True)
    assert version.stdout
    assert file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("host", FILES)
def test_without_a_yes_nothing_is_written(home: Path, host: str) -> None:
    assert ran(home, "install", host, typed="n\n").returncode == 1
    assert ran(home, "install", host).returncode == 1
    assert not (home / FILES[host]).exists()


def test_a_file_with_comments_is_the_same_but_for_our_entry_and_gets_it_back_out(home: Path) -> None:
    file = home / FILES["vscode"]
    file.parent.mkdir(parents=True)
    file.write_text(COMMENTED, "utf-8")
    file.chmod(0o640)
    assert ran(home, "install", "vscode", "--yes").returncode == 0
    text = file.read_text("utf-8")
    assert '"campaign-ops": {' in text
    assert [line for line in COMMENTED.splitlines() if line not in text.splitlines()] == []
    assert file.stat().st_mode & 0o777 == 0o640
    (copy,) = file.parent.glob("*.bak")
    assert copy.read_text("utf-8") == COMMENTED
    assert copy.stat().st_mode & 0o777 == 0o600
    again = ran(home, "install", "vscode", "--yes")
    assert "already" in again.stdout
    assert file.read_text("utf-8") == text
    assert ran(home, "uninstall", "vscode", "--yes").returncode == 0
    assert file.read_text("utf-8") == COMMENTED
    assert len(list(file.parent.iterdir())) == 3


def test_toml_is_the_same_but_for_our_table_and_gets_it_back_out(home: Path) -> None:
    file = home / FILES["codex"]
    file.parent.mkdir(parents=True)
    text = TOML.replace("[mcp_servers.campaign-ops]", "[mcp_servers.what]")
    file.write_text(text, "utf-8")
    assert ran(home, "install", "codex", "--yes").returncode == 0
    assert file.read_text("utf-8").startswith(text)
    assert ran(home, "uninstall", "codex", "--yes").returncode == 0
    assert file.read_text("utf-8") == text


def test_a_heading_within_a_text_is_not_taken_for_our_table(home: Path) -> None:
    file = home / FILES["codex"]
    file.parent.mkdir(parents=True)
    file.write_text(TOML, "utf-8")
    said = ran(home, "install", "codex", "--yes")
    assert said.returncode == 1
    assert "by hand" in said.stdout
    assert file.read_text("utf-8") == TOML


def test_accounts_that_stand_in_our_entry_stay_and_are_not_shown(home: Path) -> None:
    file = home / FILES["cursor"]
    file.parent.mkdir(parents=True)
    env = {"CAMPAIGN_OPS_EVERY8D__PASSWORD": "hunter2"}
    before: Any = {
        "mcpServers": {"campaign-ops": {"command": "old", "args": [], "env": env, "disabled": True}}
    }
    file.write_text(json.dumps(before), "utf-8")
    said = ran(home, "install", "cursor", "--yes")
    assert said.returncode == 0
    assert "hunter2" not in said.stdout + said.stderr
    entry = entry_of(file)
    assert (entry["env"], entry["disabled"], entry["args"]) == (env, True, ["serve"])


@pytest.mark.parametrize(
    "text",
    [
        "{", "[]", '{"mcpServers": []}', '{"mcpServers": {"campaign-ops": 1}}', '{"a": 1, "a": 2}', "{} x",
        '{"a": "\\q"}', "\ud800".encode("utf-16", "surrogatepass").decode("latin-1"), "[" * 5000,
    ],
)  # fmt: skip
@pytest.mark.parametrize("command", ["install", "uninstall"])
def test_what_is_not_understood_is_left_as_it_is(home: Path, text: str, command: str) -> None:
    file = home / FILES["cursor"]
    file.parent.mkdir(parents=True)
    file.write_bytes(text.encode("latin-1"))
    said = ran(home, command, "cursor", "--yes")
    assert said.returncode == 1
    assert "Nothing was changed" in said.stdout
    assert file.read_bytes() == text.encode("latin-1")
    assert len(list(file.parent.iterdir())) == 1


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", '{\n  "mcpServers": {\n    "campaign-ops": {}\n  }\n}\n'),
        ('{"a":1}', '{"a":1,\n  "mcpServers": {\n    "campaign-ops": {}\n  }\n}'),
        ('{"mcpServers":{}}', '{"mcpServers":{\n    "campaign-ops": {}\n  }}'),
        ('{"mcpServers":{"x":{} // last\n}}', '{"mcpServers":{"x":{}, // last\n    "campaign-ops": {}\n  }}'),
        ('{"mcpServers":{"campaign-ops":[0]}}', None),
    ],
)
def test_an_entry_is_added_wherever_there_is_room(before: str, after: str | None) -> None:
    host = HOSTS["cursor"]
    if after is None:
        with pytest.raises(ValueError, match="object"):
            host.held(before)
    else:
        assert host.added(before, {}) == after
        assert host.held(host.removed(after)) is None


@pytest.mark.parametrize(
    "text",
    [
        '{"mcpServers":{"a":1,"campaign-ops":{}}}', '{"mcpServers":{"campaign-ops":{},"a":1}}',
        '{"mcpServers":{"a":1, /* , */ "campaign-ops":{} , /* , */ "b":2}}',
        '{"mcpServers":{"campaign-ops":{},}}',
        '{"mcpServers":{"a":1 /* , */, // ,\n"campaign-ops":{}}}',
    ],
)  # fmt: skip
def test_an_entry_is_taken_out_with_its_comma_from_any_place(text: str) -> None:
    host = HOSTS["cursor"]
    assert host.held(host.removed(text)) is None


def test_a_file_that_was_written_meanwhile_is_left_to_who_wrote_it(tmp_path: Path) -> None:
    file = tmp_path / "f.json"
    file.write_text("{1}", "utf-8")
    with pytest.raises(ChangedMeanwhileError):
        replace_text(file, "{}", "{2}", copy_at=None)
    assert file.read_text("utf-8") == "{1}"


def test_of_a_link_what_it_points_to_is_written(tmp_path: Path) -> None:
    real, link = tmp_path / "real.json", tmp_path / "link.json"
    real.write_bytes(b"\xef\xbb\xbf{}\r\n")
    link.symlink_to(real)
    assert replace_text(link, "{}\r\n", "{2}\r\n", copy_at=None) is None
    assert link.is_symlink()
    assert real.read_bytes() == b"\xef\xbb\xbf{2}\r\n"
