"""A person who reads only the page, knows what they wanted, and agrees to nothing else.

Letters that look alike are the same to this reader, as to any eye.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from html import unescape

_LINE = re.compile(r'<(\w+)[^>]* data-line="([\w-]+)"[^>]*>(.*?)</\1>', re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_LOOKS_LATIN = str.maketrans("АВЕКМНОРСТХаеорсухі", "ABEKMHOPCTXaeopcyxi")
_WHOLE = ("text", "act")
"""What must be the very words: nothing may stand before or behind them."""


def lines_of(html: str) -> dict[str, list[str]]:
    """What is seen on each line of the card, by the line's key."""
    found: dict[str, list[str]] = {}
    for _, key, inside in _LINE.findall(html):
        found.setdefault(key, []).append(_seen(unescape(_TAG.sub("", inside))))
    return found


def without(html: str, key: str) -> str:
    """The page, with one kind of line taken away."""
    return _LINE.sub(lambda found: "" if found[2] == key else found[0], html)


def objections(html: str, wanted: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """The lines that do not say what was wanted, are missing, or are none that was looked for."""
    shown = lines_of(html)
    return {
        key: shown.get(key, [])
        for key in sorted({*shown, *wanted})
        if not _as_wanted(key, shown.get(key, []), [_seen(each) for each in wanted.get(key, [])])
    }


def agrees(html: str, wanted: Mapping[str, Sequence[str]]) -> bool:
    """Whether there is no objection."""
    return not objections(html, wanted)


def _as_wanted(key: str, shown: Sequence[str], words: Sequence[str]) -> bool:
    if key in _WHOLE:
        return [*shown] == [*words]
    said = all(any(word in line for line in shown) for word in words)
    return bool(words) and said and all(any(word in line for word in words) for line in shown)


def _seen(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).translate(_LOOKS_LATIN)
    return " ".join(plain.split())
