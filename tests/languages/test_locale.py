"""Where no setting names a language, people are spoken to in that of the system's locale."""

import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.e2e.house import House
from tests.e2e.person import Person
from tests.e2e.process import COMMAND
from tests.gate.servers import SEND, fronted

LONG = pytest.mark.long
pytestmark = pytest.mark.usefixtures("quick_start")
ENGLISH, CHINESE = "Usage: ", "用法："


def printed(folder: Path, *words: str, **env: str) -> str:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "LANG"))}
    ran = subprocess.run(
        [COMMAND, *words],
        env={**kept, "HOME": str(folder), **env},
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    return ran.stdout


@pytest.mark.parametrize(
    ("env", "expected"),
    [
        ({}, ENGLISH),
        ({"LANG": "zh_TW.UTF-8"}, CHINESE),
        pytest.param({"LANG": "zh_TW"}, CHINESE, marks=LONG),
        pytest.param(
            {"LANG": "en_US.UTF-8", "LC_MESSAGES": "zh_Hant_TW.UTF-8"}, CHINESE, marks=pytest.mark.long
        ),
        pytest.param({"LANG": "zh_TW.UTF-8", "LC_MESSAGES": "en_US.UTF-8"}, ENGLISH, marks=LONG),
        ({"LANG": "zh_TW.UTF-8", "LC_ALL": "C.UTF-8"}, ENGLISH),
        pytest.param({"LANG": "zh_TW.UTF-8", "LC_ALL": ""}, CHINESE, marks=LONG),
        pytest.param({"LANG": "zh_CN.UTF-8"}, ENGLISH, marks=LONG),
        ({"LANG": "zh_TW.UTF-8", "CAMPAIGN_OPS_LANGUAGE": "en"}, ENGLISH),
        pytest.param(
            {"LANG": "en_US.UTF-8", "CAMPAIGN_OPS_LANGUAGE": "zh-TW"}, CHINESE, marks=pytest.mark.long
        ),
    ],
)
@pytest.mark.usefixtures("no_settings")
def test_the_terminal_speaks_the_language_of_the_locale_where_no_setting_says_otherwise(
    tmp_path: Path, env: Mapping[str, str], expected: str
) -> None:
    assert printed(tmp_path, "serve", "--help", **env).startswith(expected)


@LONG
@pytest.mark.usefixtures("no_settings")
def test_the_file_of_settings_counts_before_the_locale(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text('language = "en"\n', "utf-8")
    told = printed(tmp_path, "policy", "--config", str(file), "--help", LANG="zh_TW.UTF-8")
    assert told.startswith(ENGLISH)


async def test_a_question_is_asked_in_the_language_of_the_locale(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "zh_TW.UTF-8")
    person = Person()
    async with fronted(house, person) as session:
        await session.facts("send_sms", SEND)
    (question,) = person.asked
    assert question.startswith("發送簡訊？")


@LONG
@pytest.mark.usefixtures("no_settings")
def test_a_client_is_told_the_language_since_it_hands_on_no_locale(tmp_path: Path) -> None:
    written = tmp_path / ".cursor" / "mcp.json"

    def entry(**env: str) -> dict[str, str]:
        printed(tmp_path, "install", "cursor", "--sandbox", "--yes", **env)
        return json.loads(written.read_text("utf-8"))["mcpServers"]["campaign-ops"]["env"]

    assert entry(LANG="zh_TW.UTF-8")["CAMPAIGN_OPS_LANGUAGE"] == "zh-TW"
    kept = entry(LANG="en_US.UTF-8")
    assert kept["CAMPAIGN_OPS_LANGUAGE"] == "zh-TW", "what stands in the entry stays"
    written.unlink()
    printed(tmp_path, "install", "cursor", "--sandbox", "--yes", LANG="en_US.UTF-8")
    assert "CAMPAIGN_OPS_LANGUAGE" not in written.read_text("utf-8")
