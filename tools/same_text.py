"""What a recipient sees of a text: two texts that look the same are the same text."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache

from tools.cleaning import BLANKS
from tools.operation import Message

_WIDE_BLANKS = frozenset({0x115F, 0x1160, 0x2800, 0x3164, 0xFFA0})
"""They show nothing and take the room of a character: a space, to whoever reads it."""
_NOTHING = frozenset({"Cf", "Cc", "Cs"})
_IGNORABLE = frozenset({0x2065, *range(0xFFF0, 0xFFF9)})
"""Not assigned, and shown as nothing by the standard all the same (Default_Ignorable_Code_Point)."""
_NO_CHARACTERS = frozenset(
    {*range(0xFDD0, 0xFDF0), *(plane << 16 | last for plane in range(17) for last in (0xFFFE, 0xFFFF))}
)
"""These never will be any."""
_ORDINARY = re.compile("[ -~\u3001-\u3011\u4e00-\u9fff\uff01-\uff5e]*")
"""Characters that are seen and stay as they are: most texts have no others."""
_HIDDEN = BLANKS | _IGNORABLE | _NO_CHARACTERS


def visible(text: str) -> str:
    """The text as it looks: without what shows nothing, each run of white space one space, none at its ends.

    Case, width and punctuation stay: they can be seen. Characters newer than Python's tables and private ones
    stay too, since a phone may show them; cleaning twice changes nothing.
    """
    if _ORDINARY.fullmatch(text):
        return " ".join(text.split())
    spaced = "".join(" " if char.isspace() else _shown(char) for char in text)
    return " ".join(unicodedata.normalize("NFC", spaced).split())


def visible_each(texts: Sequence[str]) -> list[str]:
    """The same for many, in their order."""
    if _ORDINARY.fullmatch(" ".join(texts)):
        return [" ".join(text.split()) for text in texts]
    return [visible(text) for text in texts]


def same_to_all(numbers: Iterable[str], text: str, send_at: datetime | None) -> tuple[Message, ...]:
    """The messages of a send of one text."""
    seen = visible(text)
    return tuple(Message(number, seen, send_at) for number in numbers)


@lru_cache(maxsize=8192)
def _shown(char: str) -> str:
    code = ord(char)
    if code in _WIDE_BLANKS:
        return " "
    return "" if code in _HIDDEN or unicodedata.category(char) in _NOTHING else char
