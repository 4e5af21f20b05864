"""The pages in two languages say the same, and whatever a page names is there."""

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import typer.main
from typer import Context
from typer.core import TyperGroup

from scripts.settings_page import every_setting
from server.command.cli import app
from server.settings.file import FILE_VARIABLE
from server.settings.layers import PREFIX, name_of

ROOT = Path(__file__).parent.parent
CHINESE = sorted([*ROOT.glob("*.zh-TW.md"), *ROOT.glob("docs/*.zh-TW.md")])
PAIRS = [(page.with_name(page.name.replace(".zh-TW", "")), page) for page in CHINESE]
ENGLISH = [english for english, _ in PAIRS]
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")

_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_COMMENT = re.compile(r"\s+#.*$", re.MULTILINE)
_TO_REPLACE = re.compile(r'"[^"]*(?:your |您的|EVERY8D )[^"]*"')
_FIGURE = re.compile(r"(?<![A-Za-z\d.])\d(?:[\d,.]*\d)?")

each_page = pytest.mark.parametrize("page", [*ENGLISH, *CHINESE], ids=lambda page: page.name)
each_pair = pytest.mark.parametrize(("english", "chinese"), PAIRS, ids=lambda page: page.name)


def sections(page: Path) -> list[dict[str, object]]:
    """Of each section what it has in any language."""
    return [_section(each) for each in re.split(r"^(?=#+ )", page.read_text("utf-8"), flags=re.MULTILINE)[1:]]


def _section(text: str) -> dict[str, object]:
    prose = _BLOCK.sub("", text)
    links = re.findall(r"\]\(([^)]+)\)", prose)
    words = re.sub(r"\]\([^)]+\)", "]", prose)
    return {
        "level": len(text) - len(text.lstrip("#")),
        "blocks": [_in_any_language(kind, block) for kind, block in _BLOCK.findall(text)],
        # The first link leads from each language to the other.
        "links": [re.sub(r"\.(zh-TW|en)\.", ".", link) for link in links],
        "code": sorted(re.findall(r"`([^`]+)`", words)),
        "figures": sorted(_FIGURE.findall(re.sub("`[^`]+`", "", words))),
        "rows": len(re.findall(r"^\|", prose, re.MULTILINE)),
        "points": len(re.findall(r"^- ", prose, re.MULTILINE)),
        "said": len(re.findall(r"^> \*\*", prose, re.MULTILINE)),
    }


def _in_any_language(kind: str, block: str) -> list[str]:
    """The lines without their comments; of what is only shown, the figures."""
    return _TO_REPLACE.sub('""', _COMMENT.sub("", block)).splitlines() if kind else _FIGURE.findall(block)


def code_of(page: Path) -> list[str]:
    """What is written as code: lines for a shell, and what stands in a sentence."""
    text = page.read_text("utf-8")
    lines = [line for kind, block in _BLOCK.findall(text) if kind == "sh" for line in block.splitlines()]
    return [_COMMENT.sub("", line) for line in lines] + re.findall(r"`([^`\n]+)`", _BLOCK.sub("", text))


def links_of(page: Path) -> list[str]:
    return re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text("utf-8"))


def test_what_an_operator_reads_first_is_there_in_both_languages() -> None:
    names = {page.name for page in ENGLISH}
    assert names >= {"README.md", "settings.md", "clients.md", "operating.md", "claims.md"}


@each_pair
def test_both_languages_have_the_same_sections_with_the_same_content(english: Path, chinese: Path) -> None:
    """Headings, commands, links, pictures, code, figures, rows: the words alone differ."""
    assert sections(chinese) == sections(english)


@each_pair
def test_each_language_leads_to_the_other(english: Path, chinese: Path) -> None:
    assert links_of(english)[0] == chinese.name
    assert links_of(chinese)[0] == english.name


@each_pair
def test_a_page_stays_in_its_language_where_it_can(english: Path, chinese: Path) -> None:
    assert {english.parent / link for link in links_of(english)[1:]} & set(CHINESE) == set()
    assert {chinese.parent / link for link in links_of(chinese)[1:]} & set(ENGLISH) == set()


@each_page
def test_a_page_links_only_to_files_that_exist(page: Path) -> None:
    targets = links_of(page)
    assert targets
    assert [target for target in targets if not (page.parent / target).exists()] == []


@each_page
def test_every_command_in_a_page_exists_with_its_options(page: Path) -> None:
    for line in code_of(page):
        if line.startswith("make "):
            assert re.search(rf"^{line.split()[1]}:", MAKEFILE, re.MULTILINE), line
        elif line.startswith("campaign-ops-mcp "):
            assert _unknown_words(shlex.split(line)[1:]) == set(), line


def _unknown_words(words: list[str]) -> set[str]:
    command: Any = typer.main.get_command(app)
    while isinstance(command, TyperGroup) and words and not words[0].startswith("-"):
        command = command.get_command(Context(command), words[0])
        if command is None:
            return {words[0]}
        words = words[1:]
    known = {option for each in command.params for option in each.opts}
    return {word for word in words if word.startswith("-")} - known


@each_page
def test_every_setting_that_a_page_names_exists(page: Path) -> None:
    used = set(re.findall(rf"\b{PREFIX}\w+", page.read_text("utf-8"))) - {FILE_VARIABLE}
    tokens = name_of(("http", "tokens", ""))
    known = {name_of(place) for place, _ in every_setting()}
    assert {name for name in used if not name.startswith(tokens)} <= known


def test_every_claim_has_a_command_that_is_there() -> None:
    """The second cell of each row is a command, which the tests above have found."""
    rows = re.findall(
        r"^\| (?!claim|---)(.*) \|$", (ROOT / "docs/claims.md").read_text("utf-8"), re.MULTILINE
    )
    assert len(rows) > 15
    cells = [row.rpartition(" | ")[2] for row in rows]
    assert [cell for cell in cells if not re.fullmatch(r"`(make|campaign-ops-mcp) [^`]+`", cell)] == []
