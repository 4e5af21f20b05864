"""docs/settings.md and its Chinese: every setting stands there, and what stands there can be set."""

import re
from pathlib import Path

import pytest

from scripts.settings_page import every_setting, settings_page
from server.languages.catalogue import Language
from server.settings.descriptions import DESCRIPTIONS, HEADINGS
from server.settings.layers import PREFIX, name_of
from server.settings.settings import load_settings

DOCS = Path(__file__).parents[2] / "docs"
PAGES = {"en": DOCS / "settings.md", "zh-TW": DOCS / "settings.zh-TW.md"}
_ROW = re.compile(rf"^\| `({PREFIX}\w+)` \| (.*?) \| (.+?) \|$", re.MULTILINE)
NEEDED_TOGETHER = {
    "CAMPAIGN_OPS_EVERY8D__UID": "shop",
    "CAMPAIGN_OPS_EVERY8D__PASSWORD": "secret",
    "CAMPAIGN_OPS_OMIS__LOGIN_NAME": "shop",
    "CAMPAIGN_OPS_OMIS__PASSWORD": "secret",
    "CAMPAIGN_OPS_POLICY__QUIET_HOURS__START": "21:00",
    "CAMPAIGN_OPS_POLICY__QUIET_HOURS__END": "08:00",
}

each_language = pytest.mark.parametrize("language", PAGES)


def rows(language: Language) -> list[tuple[str, str, str]]:
    return _ROW.findall(PAGES[language].read_text("utf-8"))


@each_language
def test_every_setting_stands_once_in_the_page_with_its_meaning(language: Language) -> None:
    names = [name for name, _, meaning in rows(language) if len(meaning) > 3]
    assert sorted(names) == sorted(name_of(place) for place, _ in every_setting())


def test_no_description_and_no_heading_is_left_of_a_setting_that_is_gone() -> None:
    places = {".".join(place) for place, _ in every_setting()}
    assert set(DESCRIPTIONS) == places
    assert set(HEADINGS) == {place.rpartition(".")[0] for place in places}


@each_language
def test_the_chinese_page_is_chinese_and_the_english_one_english(language: Language) -> None:
    without_names = re.sub(r"`[^`\n]+`", "", settings_page(language))
    chinese = len(re.findall("[一-鿿]", without_names))
    assert (chinese > 1000) == (language == "zh-TW")


@each_language
def test_each_default_in_the_page_is_what_the_program_takes_and_has(
    language: Language, no_settings: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Written into the environment as they stand there, nothing changes."""
    for name, value in NEEDED_TOGETHER.items():
        monkeypatch.setenv(name, value)
    by_default = load_settings()
    given = {name: default.strip("`") for name, default, _ in rows(language) if default.startswith("`")}
    assert len(given) > 40
    for name, default in given.items():
        monkeypatch.setenv(name, default)
    assert load_settings().model_dump() == by_default.model_dump()


@each_language
def test_what_the_page_calls_required_is_and_nothing_else(
    language: Language, no_settings: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = {name for name, default, _ in rows(language) if default in ("required", "必填")}
    assert said == set(NEEDED_TOGETHER)


@each_language
def test_the_settings_file_in_the_page_can_be_used(language: Language, no_settings: Path) -> None:
    (block,) = re.findall(r"```toml\n(.*?)```", PAGES[language].read_text("utf-8"), re.DOTALL)
    file = no_settings / "campaign-ops.toml"
    file.write_text(block, encoding="utf-8")
    assert load_settings(file).policy.points_per_day == 500
