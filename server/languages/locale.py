"""The language of the system: of whoever reads, where no setting says otherwise."""

import os

from server.languages.catalogue import Language

_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")
"""In POSIX's order: the first that has a value counts."""
_TRADITIONAL = ("zh_tw", "zh_hant", "zh-tw", "zh-hant")


def language_of_the_system() -> Language:
    """The language of messages that the locale names; English where we do not speak it."""
    named = next((value for name in _VARIABLES if (value := os.environ.get(name))), "")
    return "zh-TW" if named.lower().startswith(_TRADITIONAL) else "en"
