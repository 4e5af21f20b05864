"""The README's first screen, and what it and the page on clients say of programs."""

import json
import re
from pathlib import Path

import pytest

from scripts import screenshots
from server.hosts.hosts import HOSTS

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
CLIENTS = ROOT / "docs" / "clients.md"

each_readme = pytest.mark.parametrize("page", [README, README.with_name("README.zh-TW.md")])


@each_readme
def test_the_first_screen_is_the_page_and_a_chat_that_ends_in_a_delivered_campaign(page: Path) -> None:
    first = page.read_text("utf-8").split("\n## ")[0]
    picture, chat = first.index("](docs/pictures/approval."), first.index("\n> **")
    assert picture < chat
    last = [line for line in first.splitlines() if line.startswith("> ")][-1]
    assert "delivered" in last or "送達" in last
    assert len(first.splitlines()) < 30


def test_the_pictures_were_taken_of_the_pages_as_they_are() -> None:
    taken, now = json.loads(screenshots.MADE_FROM.read_text("utf-8")), screenshots.made_from()
    changed = [name for name in now if now[name] != taken.get(name)]
    assert changed == [], "changed since the pictures were taken: run `make screenshots`"


@each_readme
def test_the_readme_names_every_program_that_install_knows(page: Path) -> None:
    (line,) = re.findall(r"^campaign-ops-mcp install .*--sandbox.*$", page.read_text("utf-8"), re.MULTILINE)
    assert [name for name in HOSTS if name not in line] == []


@pytest.mark.parametrize("page", [CLIENTS, CLIENTS.with_name("clients.zh-TW.md")])
def test_every_client_configuration_is_json(page: Path) -> None:
    blocks: list[str] = re.findall(r"```json\n(.*?)```", page.read_text("utf-8"), re.DOTALL)
    servers = [json.loads(block) for block in blocks]
    assert all({"mcpServers", "servers"} & set(server) for server in servers)
    assert len(servers) >= 4
