"""`setup` as a person sees it: in a real terminal that echoes, with Ctrl-C, Ctrl-D and slips."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.e2e.process import COMMAND
from tests.install.conftest import ROOT
from tests.pseudo_terminal import CTRL_C, talked

pytestmark = [
    pytest.mark.usefixtures("quick_start"),
    pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals"),
]

CTRL_D = "\x04"
PASSWORD = "a secret 密"


@pytest.fixture
def home(no_settings: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(no_settings / "config"))
    monkeypatch.setenv("XDG_DATA_HOME", str(no_settings / "data"))
    monkeypatch.setenv("TEST_KEYRING", str(no_settings / "keyring.json"))
    monkeypatch.setenv("PYTHONPATH", f"{ROOT}{os.pathsep}{os.environ.get('PYTHONPATH', '')}")
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "tests.install.file_keyring.FileKeyring")
    monkeypatch.setenv("CAMPAIGN_OPS_EVERY8D__BASE_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("TERM", "dumb")
    return no_settings


def config(home: Path) -> Path:
    return home / "config" / "campaign-ops-mcp" / "config.toml"


def walked(answers: Sequence[str]) -> tuple[int, str]:
    """The exit code and the screen of a person who types each answer at the question that waits for it."""
    return talked([COMMAND, "setup"], answers, dict(os.environ), b": ")


def test_a_password_is_never_on_the_screen(home: Path) -> None:
    _, screen = walked(["shop\n", f"{PASSWORD}\n", "\n", "\n"])
    assert "shop" in screen
    assert "secret" not in screen
    assert PASSWORD in (home / "keyring.json").read_text("utf-8").encode().decode("unicode_escape")
    assert config(home).stat().st_mode & 0o777 == 0o600


@pytest.mark.usefixtures("interruptible")
@pytest.mark.parametrize(
    "before", [[], ["shop\n"], ["shop\n", f"{PASSWORD}\n"], ["shop\n", f"{PASSWORD}\n", "\n"]]
)
@pytest.mark.parametrize(
    ("end", "told"),
    [(CTRL_C, (130, "zh-TW", "未作任何變更。")), (CTRL_D, (1, "en", "Nothing was changed."))],
)
def test_whoever_ends_it_at_any_question_has_changed_nothing_and_is_told_so(
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    told: tuple[int, str, str],
    before: list[str],
    end: str,
) -> None:
    monkeypatch.setenv("CAMPAIGN_OPS_LANGUAGE", told[1])
    ended, screen = walked([*before, end])
    assert ended == told[0]
    assert screen.rstrip().splitlines()[-1] == told[2]
    assert "Aborted" not in screen
    assert not config(home).exists()
    assert not (home / "keyring.json").exists()


def test_an_empty_password_is_asked_for_again_with_a_reason(home: Path) -> None:
    _, screen = walked(["shop\n", "\n", "   \n", f"{PASSWORD}\n", "\n", "\n"])
    assert screen.count("It is empty. Type it, or press Ctrl-C to change nothing.") == 2
    assert config(home).exists()


def test_an_account_that_is_there_is_said_to_stay_where_nothing_is_typed(home: Path) -> None:
    config(home).parent.mkdir(parents=True)
    written = '[every8d]\nuid = "shop"\npassword = "p"\n'
    config(home).write_text(written, "utf-8")
    _, screen = walked(["\n", "\n", "\n"])
    assert "Account of EVERY8D (empty: as it is)" in screen
    assert "Account of OMIS (empty: none)" in screen
    assert config(home).read_text("utf-8") == written


def test_a_file_that_is_no_toml_is_left_alone_before_anything_is_asked(home: Path) -> None:
    config(home).parent.mkdir(parents=True)
    config(home).write_text("[every8d\n", "utf-8")
    code, screen = walked([])
    assert code == 1
    assert screen.strip() == f"Nothing was changed: {config(home)} cannot be read. Correct it first."
    assert config(home).read_text("utf-8") == "[every8d\n"
