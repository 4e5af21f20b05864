"""The help of every command, in both languages and at any width: whole sentences, none of them cut."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
import typer
from rich.cells import cell_len
from typer.testing import CliRunner

from server.command.cli import app
from server.command.usage import spoken
from server.command.wide_lines import wrapped
from server.languages.catalogue import Language, in_language
from tests.command.test_help import COMMANDS, GROUPS
from tools.catalog import every_operation
from tools.sentence import of_text

EVERY = [*GROUPS, *COMMANDS]


@pytest.fixture(params=["en", "zh-TW"])
def language(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Language]:
    monkeypatch.setenv("CAMPAIGN_OPS_LANGUAGE", request.param)
    # What a Chinese command line sets is taken back with it.
    monkeypatch.setenv("LANGUAGE", "")
    spoken.cache_clear()
    yield request.param
    spoken.cache_clear()


def _known(*path: str) -> Any:
    command: Any = typer.main.get_command(app)
    for name in path:
        command = command.get_command(None, name)
    return command


def _sentences(command: Any) -> Iterator[str]:
    yield command.help
    yield from (each.help for each in command.params if not each.hidden)
    yield from (command.get_command(None, name).help for name in getattr(command, "commands", ()))


def _joined(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize("width", [40, 60, 80])
@pytest.mark.parametrize("path", EVERY)
def test_no_sentence_of_a_help_is_cut_and_no_line_is_too_wide(
    path: str, width: int, language: Language
) -> None:
    shown = CliRunner().invoke(app, [*path.split(), "--help"], env={"COLUMNS": str(width)}).output
    assert max(map(cell_len, shown.splitlines())) <= width
    assert "…" not in shown
    # A column of meanings alone, so that a sentence over several lines is found again.
    for said in _sentences(_known(*path.split())):
        assert _joined(in_language(of_text(said), language)) in _joined(_meanings(shown)), said


def _meanings(shown: str) -> str:
    """The lines without what is typed on their left."""
    return "\n".join(
        line[2:].partition("  ")[2] if line.startswith("  ") else line for line in shown.splitlines()
    )


@pytest.mark.parametrize("path", EVERY)
def test_every_option_and_argument_is_explained(path: str) -> None:
    assert [each.name for each in _known(*path.split()).params if not each.hidden and not each.help] == []


def test_a_line_neither_begins_with_what_closes_nor_ends_with_what_opens() -> None:
    text = "他說「好」，（就是這樣）。再說一次：「不行！」"
    for width in range(10, 30):
        lines = wrapped(text, width)
        assert "".join(lines) == text
        assert max(map(cell_len, lines)) <= width
        assert not [line for line in lines[1:] if line[0] in "」，）。：！"]
        assert not [line for line in lines if line[-1] in "「（"]


def test_a_word_that_no_line_holds_goes_on_in_the_next() -> None:
    assert wrapped("a bcdefgh i", 4) == ["a bc", "defg", "h i"]


@pytest.mark.parametrize("width", [60, 80])
def test_no_name_and_no_section_is_cut_in_the_list_of_tools(width: int, language: Language) -> None:
    shown = CliRunner().invoke(app, ["tools", "--all"], env={"COLUMNS": str(width)}).output
    assert max(map(cell_len, shown.splitlines())) <= width
    assert "…" not in shown
    assert {each.name for each in every_operation()} <= set(shown.split())
    assert ("工具" in shown) is (language == "zh-TW")


def test_the_width_is_that_of_the_terminal() -> None:
    assert os.environ.get("COLUMNS") != "33"
    shown = CliRunner().invoke(app, ["--help"], env={"COLUMNS": "33"}).output
    assert 30 < max(map(cell_len, shown.splitlines())) <= 33
