"""Masks mobile numbers inside running text, in every usual spelling and encoding.

For logs, and for text from outside in results. A text is read as it stands, and with its escapes (JSON,
`%2B`, `&#48;`, bytes) decoded. Each character of a reading remembers where it stood, so that only the number
is replaced.
"""

import html
import re
import unicodedata
from collections.abc import Collection, Iterator
from functools import lru_cache
from urllib.parse import unquote

from tools.cleaning import hidden_characters
from tools.mobile import mask_mobile

_S = r"[\s\-‐‒–—―−.()\[\]·•・_*~+]{0,4}"
_NUMBER = re.compile(
    rf"\+?(?<!\d)(?:00\d?{_S})?8{_S}8{_S}6{_S}(?:0{_S})?(?P<national>9(?:{_S}\d){{8}})(?!\d)"
    # Not a length of time (0.912345678), and not the day of a date before a figure.
    rf"|(?<!\d)(?<!\d{{4}}[-/.]\d\d[-/.])(?!0\.9\d{{8}}(?!\d))0{_S}(?P<local>9(?:{_S}\d){{8}})(?!\d)"
    # In its usual groups, with any sign between them: 0912/345/678.
    r"|(?<!\d)0(?P<signs>9\d\d\W{1,3}\d{3}\W{0,3}\d{3})(?!\d)"
    r"|\+[\s\-.()]{0,4}(?P<foreign>[1-9](?:[\s\-‐‒–—―−.()·_]{0,3}\d){7,14})(?!\d)"
)
_EIGHT_DIGITS = re.compile(r"(?:\d\D*){8}")
_ESCAPE = re.compile(
    r"\\+u[dD][89abAB][0-9a-fA-F]{2}\\+u[dD][c-fC-F][0-9a-fA-F]{2}|\\+u[0-9a-fA-F]{4}|\\+[nrt]"
    r"|%[0-7][0-9a-fA-F]|%[c-dC-D][0-9a-fA-F]%[89abAB][0-9a-fA-F]|%[eE][0-9a-fA-F](?:%[89abAB][0-9a-fA-F]){2}"
    r"|%[fF][0-7](?:%[89abAB][0-9a-fA-F]){3}|(?:\\+x[0-9a-fA-F]{2})+|&#\w{1,8};"
)
_IDENTIFIER = re.compile(
    r"(?<![0-9a-zA-Z])(?:[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}"
    r"|(?=\d*[a-fA-F])[0-9a-fA-F]{32,})(?![0-9a-zA-Z])"
)
"""UUIDs (batch ids) and digests: their digits are no numbers to call."""

Piece = tuple[int, int, str]
"""A place in the text, and what it reads as."""


def mask_numbers(text: str, known: Collection[str] = ()) -> str:
    """Return the text with every mobile number in it as `0912***678`.

    Taiwanese numbers with or without country code, others with their `+`; any separators, any digits of
    Unicode, hidden characters between them. Numbers in `known` (E.164) stay. Batch ids, times, amounts and
    numbers of other lengths are left alone.
    """
    if text.isascii() and not _EIGHT_DIGITS.search(text):
        return text
    spans: dict[tuple[int, int], str] = {}
    untouchable = [found.span() for found in _IDENTIFIER.finditer(text)]
    for pieces in _readings(text):
        for start, end, number in _found(pieces):
            inside = any(low <= start and end <= high for low, high in untouchable)
            if not inside and number not in known:
                spans[start, end] = mask_mobile(number)
    return _replaced(text, spans)


def _readings(text: str) -> Iterator[list[Piece]]:
    raw = [(at, at + 1, char) for at, char in enumerate(text)]
    forms = [raw]
    if _ESCAPE.search(text):
        forms.append(_decoded(text))
    for form in forms:
        yield [piece for start, end, char in form for piece in _shown(start, end, char, "")]
        if not text.isascii() or form is not raw:
            yield [piece for start, end, char in form for piece in _shown(start, end, char, " ")]


def _decoded(text: str) -> list[Piece]:
    pieces: list[Piece] = []
    position = 0
    for found in _ESCAPE.finditer(text):
        pieces += [(at, at + 1, text[at]) for at in range(position, found.start())]
        pieces += [(found.start(), found.end(), char) for char in _meaning(found[0])]
        position = found.end()
    return pieces + [(at, at + 1, text[at]) for at in range(position, len(text))]


def _meaning(escape: str) -> str:
    if escape.startswith("%"):
        return unquote(escape, errors="replace")
    if escape.startswith("&"):
        return html.unescape(escape)
    kind, *codes = (part for part in re.split(r"\\+", escape) if part)
    if kind in ("n", "r", "t"):
        return " "
    if kind.startswith("x"):
        return bytes(int(code[1:], 16) for code in (kind, *codes)).decode("utf-8", "replace")
    units = b"".join(int(code[1:], 16).to_bytes(2, "big") for code in (kind, *codes))
    return units.decode("utf-16-be", "replace")


def _shown(start: int, end: int, char: str, hidden: str) -> list[Piece]:
    return [(start, end, plain) for plain in _plain(char, hidden)]


@lru_cache(maxsize=8192)
def _plain(char: str, hidden: str) -> str:
    """Digits of any script and shape as ASCII; what cannot be seen, and marks, as `hidden`."""
    if char == "➕":
        return "+"
    if hidden_characters(char) or unicodedata.category(char).startswith("M"):
        return hidden
    digit = unicodedata.digit(char, None)
    return unicodedata.normalize("NFKC", char) if digit is None else str(digit)


def _found(pieces: list[Piece]) -> Iterator[tuple[int, int, str]]:
    for found in _NUMBER.finditer("".join(char for _, _, char in pieces)):
        foreign = found["foreign"]
        digits = re.sub(r"\D", "", foreign or found["national"] or found["local"] or found["signs"])
        number = "+" + digits if foreign else "+886" + digits
        yield pieces[found.start()][0], pieces[found.end() - 1][1], number


def _replaced(text: str, spans: dict[tuple[int, int], str]) -> str:
    parts: list[str] = []
    position = 0
    for (start, end), mask in sorted(spans.items()):
        if start >= position:
            parts += [text[position:start], mask]
        position = max(position, end)
    return "".join([*parts, text[position:]])
