"""The language of the settings, which is needed before they are known to be right: to say what is wrong."""

from pathlib import Path

from server.languages.catalogue import Language
from server.settings.file import SettingsError, read_settings_file
from server.settings.layers import laid_over


def language_of(config: Path | None) -> Language:
    """What `language` says in the environment or the file; English where that cannot be told."""
    try:
        file = read_settings_file(config)
    except SettingsError:
        file = None
    values, _ = laid_over(file, {}, {})
    return "zh-TW" if str(values.get("language", "")).strip() == "zh-TW" else "en"
