"""Words that look like others: letters of another script between Latin ones, which no eye tells apart."""

import re
import unicodedata
from collections.abc import Iterable

_WORD = re.compile(r"[^\W_]+(?:[-.][^\W_]+)*")
_FOREIGN = ("CYRILLIC", "ARMENIAN", "CHEROKEE", "COPTIC", "LISU")
"""Scripts that no text of these vendors' customers is written in; each has letters that look Latin."""
_ONLY_MIXED = ("GREEK", "FULLWIDTH", "MATHEMATICAL")
"""Seen alone in names (α, Ａ); next to Latin letters they pretend."""


def lookalikes(texts: Iterable[str]) -> tuple[str, ...]:
    """Each word with such letters once, in their order: `Раypal` with a Cyrillic Р and а."""
    words = (word for text in texts if not text.isascii() for word in _WORD.findall(text))
    return tuple(dict.fromkeys(word for word in words if not word.isascii() and _pretends(word)))


def _pretends(word: str) -> bool:
    scripts = {_script(char) for char in word if char.isalpha()}
    if scripts & {*_FOREIGN}:
        return True
    return "LATIN" in scripts and bool(scripts & {*_ONLY_MIXED})


def _script(char: str) -> str:
    return unicodedata.name(char, "").partition(" ")[0]
