"""Text from outside, made fit to be shown: replies, names, messages of a vendor."""

import re
import unicodedata
from functools import lru_cache
from itertools import islice

_ELLIPSIS = "…"
_LINE_BREAK = re.compile("\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_GOES_ON = re.compile(r"[\W_]{0,4}\d")
_DIGITS = re.compile(r"\+?(?:\d[\W_]{0,4}){1,15}\Z")
_LONGEST_NUMBER = 76
"""A plus, and 15 digits (E.164) with all that may stand between them."""
_SPACES = "\n\t\r"
_HIDDEN_CATEGORIES = frozenset({"Cf", "Cc", "Co", "Cs", "Cn"})
_SEPARATORS = frozenset({"Zl", "Zp"})
_BREAKS = _SEPARATORS | {"Cc"}
# Characters that show nothing, though their category is that of a letter, a mark or a symbol.
BLANKS = frozenset(
    [
        0x034F,  # combining grapheme joiner
        0x115F,  # Hangul fillers
        0x1160,
        0x3164,
        0xFFA0,
        0x17B4,  # Khmer inherent vowels
        0x17B5,
        *range(0x180B, 0x1810),  # Mongolian variation selectors
        0x2800,  # Braille blank
        *range(0xFE00, 0xFE10),  # variation selectors
        0x13441,  # Egyptian blanks
        0x13442,
        0x16FE4,  # Khitan filler
        0x1D159,  # musical null notehead
        *range(0xE0000, 0xE1000),  # tags and variation selectors: whole sentences can hide in them
    ]
)
_JOINERS = "\u200d\ufe0f"
_EMOJI = (
    "[\u203c\u2049\u2122\u2139\u2194-\u2199\u21a9\u21aa\u231a\u231b\u2328\u23cf\u23e9-\u23fa\u24c2"
    "\u25aa\u25ab\u25b6\u25c0\u25fb-\u25fe\u2600-\u27bf\u2934\u2935\u2b05-\u2b07\u2b1b\u2b1c\u2b50"
    "\u2b55\u3030\u303d\u3297\u3299\U0001f000-\U0001faff]"
)
# Between emoji they are seen: they make one of several, or give one its colours. Elsewhere they hide.
_STRAY = re.compile(
    f"\ufe0f(?<!{_EMOJI}\ufe0f)(?!(?<=[0-9#*]\ufe0f)\u20e3)"
    f"|\u200d(?:(?<!{_EMOJI}\u200d)(?<!{_EMOJI}\ufe0f\u200d)|(?!{_EMOJI}))"
)
_SEEN = re.compile("[!-~\u4e00-\u9fff]")
"""Some of the characters that are seen: nearly every text has one."""
_NO_CLOSING = str.maketrans("「」｢｣﹁﹂", "『』『』『』")


def clean(text: str, *, limit: int = 1000, lines: bool = False) -> str:
    r"""Return a text from outside without anything that a person cannot see, in at most `limit` characters.

    Invisible and bidirectional characters go (a person would approve something else than the machine
    reads); line breaks and TABs become a space, or with `lines` line breaks become `\n`; the rest is
    normalised to NFC; a text that is too long ends in `…`. Cleaning twice changes nothing. What joins two
    emoji to one stays, and so does what colours one; characters newer than Python's Unicode tables go.
    """
    if len(text) <= limit and text.isascii() and text.isprintable():
        return text
    broken = _LINE_BREAK.sub("\n" if lines else " ", text).replace("\t", " ")
    visible = (char for char in broken if char == "\n" or char in _JOINERS or not _is_hidden(char))
    # NFC makes one character of four at most, and takes quadratic time on endless combining marks.
    kept = "".join(islice(visible, 4 * limit + 4))
    shown = unicodedata.normalize("NFC", _STRAY.sub("", kept))
    # A cut may leave a joiner with nothing behind it.
    return _STRAY.sub("", shortened(shown, limit))


def is_blank(text: str) -> bool:
    """Whether nothing of a text can be seen."""
    return _SEEN.search(text) is None and not clean(text).strip()


def shortened(text: str, limit: int) -> str:
    """Return the text in at most `limit` characters, with `…` where it was cut, and never within a number.

    What is left of a number that was cut would not be known for one, and would be shown unmasked.
    """
    if len(text) <= limit:
        return text
    end = max(0, limit - 1)
    if _GOES_ON.match(text, end):
        found = _DIGITS.search(text, max(0, end - _LONGEST_NUMBER), end)
        end = end if found is None else found.start()
    return text[:end] + _ELLIPSIS


def hidden_characters(text: str) -> list[str]:
    """Return the names of the characters that a cleaned text cannot hold, each once, in their order.

    `U+200B ZERO WIDTH SPACE`. Line breaks and TABs of a keyboard are not among them.
    """
    kept = "".join(char for char in text if char in _JOINERS or not _is_hidden(char))
    stray = _JOINERS if len(kept) < 2 else _STRAY.findall(kept)  # noqa: PLR2004 - a joiner joins two
    found = dict.fromkeys(
        char
        for char in text
        if char not in _SPACES and _is_hidden(char) and (char not in _JOINERS or char in stray)
    )
    return [f"U+{ord(char):04X} {unicodedata.name(char, 'WITHOUT A NAME')}" for char in found]


def without_hidden(text: str) -> str:
    """Return a text without what shows nothing; control characters, line breaks among them, stay."""
    if text.isascii():
        return text
    return "".join(char for char in text if unicodedata.category(char) in _BREAKS or not _is_hidden(char))


def is_plain_line(text: str) -> bool:
    """Whether a text is one line without control and format characters; any kind of space is welcome.

    `str.isprintable` alone refuses the full-width space, with which names and titles are written in Taiwan.
    """
    return all(char.isprintable() or unicodedata.category(char) == "Zs" for char in text)


def quote(text: str, *, limit: int = 1000) -> str:
    """Return a text from outside, cleaned, on one line, in 「…」 that it cannot close by itself."""
    return f"「{clean(text, limit=limit).translate(_NO_CLOSING)}」"


@lru_cache(maxsize=8192)
def _is_hidden(char: str) -> bool:
    category = unicodedata.category(char)
    return category in _HIDDEN_CATEGORIES or category in _SEPARATORS or ord(char) in BLANKS
