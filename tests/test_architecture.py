"""docs/architecture.md names files that exist, and every room of the server; tests/README.md every folder."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "architecture.md").read_text("utf-8")
FLOORS = PAGE.split("```")[1]


def test_every_file_and_folder_that_the_page_names_is_there() -> None:
    named = set(re.findall(r"`((?:server|tools|tests|docs)/[\w/.-]*)`", PAGE))
    named |= {f"server/{name}" for name in re.findall(r"\b[a-z_]+(?:/|\.py)", FLOORS)} - {
        "server/words/",
        "server/rules/",
    }
    assert len(named) > 40
    assert sorted(name for name in named if not (ROOT / name).exists()) == []


def test_every_room_of_the_server_is_in_the_picture() -> None:
    rooms = {file.parent.name for file in (ROOT / "server").glob("*/__init__.py")}
    files = {file.name for file in (ROOT / "server").glob("*.py")} - {"__init__.py"}
    assert sorted(room for room in rooms - {"sandbox"} if f"{room}/" not in FLOORS) == []
    assert sorted(file for file in files if file not in FLOORS) == []


def test_every_folder_of_the_tests_says_what_it_proves() -> None:
    rows = [line for line in (ROOT / "tests" / "README.md").read_text("utf-8").splitlines() if "|" in line]
    said = {name for row in rows for name in re.findall(r"`(\w+)/`", row.split("|")[1])}
    folders = {file.parent.name for file in (ROOT / "tests").glob("*/*.py")}
    assert sorted(folders - said) == []
