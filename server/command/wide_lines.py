"""Lines of a screen: how wide a text is on it, and where one may end. A Chinese character takes two cells."""

import re
from collections.abc import Iterable
from unicodedata import combining, east_asian_width

_OPENING, _CLOSING = "「『（〈《【", "。，、；：？！」』）〉》】…"
_PIECE = re.compile(rf"[{_OPENING}]*(?:[!-\u10ff]+|[^\s{_OPENING}])?[{_CLOSING}]*\s*")
"""What stands on one line: a word, or a wide character, with what may neither end nor begin a line alone."""


def cells(text: str) -> int:
    """How many cells of a screen a text takes."""
    return sum(0 if combining(each) else 2 if east_asian_width(each) in "WF" else 1 for each in text)


def wrapped(text: str, width: int) -> list[str]:
    """The text in lines of at most this many cells; nothing is left out, and what fits stays whole."""
    lines = [""]
    for piece in _fitting(_PIECE.findall(text), width):
        if cells(lines[-1] + piece.rstrip()) > width:
            lines.append("")
        lines[-1] += piece
    return [line.rstrip() for line in lines]


def _fitting(pieces: Iterable[str], width: int) -> Iterable[str]:
    for piece in pieces:
        if cells(piece.rstrip()) <= width:
            yield piece
        else:
            # No line holds it: it breaks where the lines end.
            yield from piece
