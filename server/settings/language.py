"""The language of the settings, which is needed before they are known to be right: to say what is wrong."""

from collections.abc import Mapping
from pathlib import Path

from server.languages.catalogue import Language
from server.languages.locale import language_of_the_system
from server.settings.file import SettingsError, SettingsFile, read_settings_file
from server.settings.layers import laid_over, name_of


def language_of(config: Path | None) -> Language:
    """What `language` says in the environment or the file, or else the system's locale."""
    values, _ = laid_over(_file(config), {}, {})
    written = str(values.get("language", "")).strip()
    if not written:
        return language_of_the_system()
    return "zh-TW" if written == "zh-TW" else "en"


def environment_of_language(config: Path | None) -> Mapping[str, str]:
    """What has another program's child speak this language, which gets nothing else of this environment."""
    file = _file(config)
    language = language_of(config)
    if language == "en" or (file is not None and "language" in file.values):
        return {}
    return {name_of(("language",)): language}


def _file(config: Path | None) -> SettingsFile | None:
    try:
        return read_settings_file(config)
    except SettingsError:
        return None
