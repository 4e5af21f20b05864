"""`setup`: the accounts end in the user's file, and their passwords in the keyring where there is one."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from server.settings.file import SettingsError
from server.settings.settings import load_settings
from tests.e2e.process import COMMAND
from tests.install.conftest import ROOT

ANSWERS = "shop\npa ss密\n\n\n"
BACKENDS = {"keyring": "tests.install.file_keyring.FileKeyring", "none": "keyring.backends.fail.Keyring"}
BACKENDS["forgetful"] = "keyring.backends.null.Keyring"


@pytest.fixture
def file(no_settings: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(no_settings / "config"))
    monkeypatch.setenv("XDG_DATA_HOME", str(no_settings / "data"))
    monkeypatch.setenv("TEST_KEYRING", str(no_settings / "keyring.json"))
    monkeypatch.setenv("PYTHONPATH", f"{ROOT}{os.pathsep}{os.environ.get('PYTHONPATH', '')}")
    if sys.platform == "win32":
        monkeypatch.setenv("PYTHONUTF8", "1")
    return no_settings / "config" / "campaign-ops-mcp" / "config.toml"


def set_up(monkeypatch: pytest.MonkeyPatch, backend: str, typed: str) -> "subprocess.CompletedProcess[str]":
    """Without a terminal, what is typed comes from stdin; nobody is there at the vendor's."""
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", BACKENDS[backend])
    env = {**os.environ, "CAMPAIGN_OPS_EVERY8D__BASE_URL": "http://127.0.0.1:9"}
    return subprocess.run(
        [COMMAND, "setup"], env=env, input=typed, capture_output=True, encoding="utf-8", check=False,
        start_new_session=True,
    )  # fmt: skip


def test_the_keyring_keeps_the_password_and_the_next_start_finds_it(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = set_up(monkeypatch, "keyring", ANSWERS)
    assert "密" not in file.read_text("utf-8")
    assert "pa ss" not in said.stdout + said.stderr
    settings = load_settings()
    assert settings.every8d is not None
    assert (settings.every8d.uid, settings.every8d.password.get_secret_value()) == ("shop", "pa ss密")
    assert settings.origins.origin("every8d", "password") == "the keyring"
    assert settings.omis is None
    (file.parents[2] / "keyring.json").unlink()
    with pytest.raises(SettingsError, match="EVERY8D__PASSWORD: the keyring has no password"):
        load_settings()


@pytest.mark.usefixtures("quick_start")
@pytest.mark.parametrize("backend", ["none", "forgetful"])
def test_without_a_keyring_that_keeps_anything_the_password_is_in_a_file_of_its_owner_alone(
    file: Path, monkeypatch: pytest.MonkeyPatch, backend: str
) -> None:
    file.parent.mkdir(parents=True)
    file.write_text('# mine\nlanguage = "en"\n[every8d]\nuid = "old"\npassword_from = "keyring"\n', "utf-8")
    file.chmod(0o644)
    said = set_up(monkeypatch, backend, ANSWERS)
    assert "no keyring" in said.stdout
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.read_text("utf-8").startswith('# mine\nlanguage = "en"\n')
    settings = load_settings()
    assert settings.every8d is not None
    assert (settings.every8d.uid, settings.every8d.password.get_secret_value()) == ("shop", "pa ss密")


@pytest.mark.usefixtures("quick_start")
@pytest.mark.parametrize("typed", ["\n\n", "shop\n", "shop\nsecret\n\n", "shop\nsecret\n\n12\n"])
def test_whoever_gives_no_account_or_ends_it_changes_nothing(
    file: Path, monkeypatch: pytest.MonkeyPatch, typed: str
) -> None:
    assert set_up(monkeypatch, "none", typed).returncode == 1
    assert not file.exists()


@pytest.mark.usefixtures("quick_start")
def test_the_approvers_phone_is_asked_for_explained_in_a_line_and_checked_as_the_setting_is(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = set_up(monkeypatch, "none", "shop\nsecret\n\n+819012345678\n0933-111-222\n")
    assert "by answering a text, which costs a point each time" in said.stdout
    assert said.stdout.count("Mobile number") == 2
    assert "not a mobile number of Taiwan" in said.stdout
    assert "Whose phone" not in said.stdout
    settings = load_settings()
    assert settings.approval.phone.get_secret_value() == "+886933111222"
    assert settings.every8d is not None
    assert "0933***222 cannot be" not in said.stdout
    assert "approval phone" in said.stdout
    assert "933111222" not in said.stdout.split("Written to")[1]


@pytest.mark.usefixtures("quick_start")
def test_with_four_eyes_it_is_asked_whose_phone_it_is(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file.parent.mkdir(parents=True)
    file.write_text("[approval]\nfour_eyes = true\n", "utf-8")
    set_up(monkeypatch, "none", "shop\nsecret\n\n0933111222\nchen\nlocal:chen\n")
    approval = load_settings().approval
    assert (approval.phone.get_secret_value(), approval.phone_owner) == ("+886933111222", "local:chen")
    assert approval.four_eyes


@pytest.mark.usefixtures("quick_start")
def test_a_phone_without_an_owner_is_not_written_where_four_eyes_needs_one(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CAMPAIGN_OPS_APPROVAL__FOUR_EYES", "true")
    set_up(monkeypatch, "none", "shop\nsecret\n\n0933111222\n\n")
    assert not load_settings().approval.phone.get_secret_value()


@pytest.mark.usefixtures("quick_start")
def test_a_phone_can_be_added_later_and_one_that_is_there_stays(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.parent.mkdir(parents=True)
    file.write_text('language = "zh-TW"\n[every8d]\nuid = "shop"\npassword = "secret"\n', "utf-8")
    said = set_up(monkeypatch, "none", "\n\n0933111222\n")
    assert "回覆簡訊" in said.stdout
    assert load_settings().approval.phone.get_secret_value() == "+886933111222"
    for typed in ("\n\n\n", "shop\nsecret\n\n\n"):
        set_up(monkeypatch, "none", typed)
        assert load_settings().approval.phone.get_secret_value() == "+886933111222"


@pytest.mark.usefixtures("quick_start")
def test_without_an_account_of_every8d_no_phone_is_asked_for(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = set_up(monkeypatch, "none", "\nshop\nsecret\n")
    assert "Mobile number" not in said.stdout
    assert "login_name" in file.read_text("utf-8")


@pytest.mark.long
def test_a_start_without_such_a_setting_imports_no_keyring() -> None:
    code = "import sys, server.command.serve, server.settings.settings as s; s.load_settings(); "
    code += "print('keyring' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ran.stdout == "False\n"
