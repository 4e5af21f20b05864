"""The catalogue of sentences: gettext's, with the English templates as ids (decision 0008)."""

from functools import cache
from gettext import NullTranslations, translation
from pathlib import Path
from typing import Literal

from tools.sentence import Choose, Sentence

Language = Literal["en", "zh-TW"]
DOMAIN = "messages"
"""gettext's own default: what the command line's library says is looked up in the same catalogue."""
FOLDER = Path(__file__).parent


def in_language(said: str, language: Language) -> str:
    """A sentence of ours in this language; any other text as it stands."""
    if language == "en" or not isinstance(said, Sentence):
        return str(said)
    return said.told(_chooser(language))


@cache
def _chooser(language: Language) -> Choose:
    found = catalogue(language)

    def choose(template: str, plural: str, number: int) -> str:
        if not template:
            # gettext keeps its own header under the empty text.
            return ""
        return found.ngettext(template, plural, number) if plural else found.gettext(template)

    return choose


def catalogue(language: Language) -> NullTranslations:
    """The translations of a language. English has none: the ids are its sentences.

    Raises:
        FileNotFoundError: the program was installed without its catalogue.
    """
    if language == "en":
        return NullTranslations()
    return translation(DOMAIN, FOLDER, [language.replace("-", "_")])
