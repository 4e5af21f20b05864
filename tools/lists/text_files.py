"""How a text file of a list is to be read: its encoding from its bytes, its delimiter from its first lines.

No guesser: the byte order mark, else UTF-8 if every byte fits, else cp950, Taiwan's Big5.
"""

import codecs
import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
DELIMITERS = "\t;,|"
_SEP_LINE = re.compile(r"sep=(.)", re.IGNORECASE)
_QUOTED = re.compile(r'"[^"]*"')
_BETWEEN_NUMBERS = re.compile(r"(?<=\d{6})\s*[;,\t|]\s*(?=\+?\d{6})")
"""What stands between two numbers says nothing: they may share a cell."""
_UNKNOWN = "\ufffd"


class Encoding(NamedTuple):
    """The codec, how long its mark is, and whether some bytes do not fit it."""

    codec: str
    mark: int = 0
    damaged: bool = False


def encoding_by_mark(opening: bytes) -> Encoding | None:
    """The encoding that a byte order mark names."""
    for mark, codec in MARKS:
        if opening.startswith(mark):
            return Encoding(codec, len(mark))
    return None


def encoding_of(pieces: Callable[[], Iterable[bytes]]) -> Encoding | None:
    """UTF-8 where every byte fits, else cp950; None for a text that is damaged and fits UTF-8 better.

    Some stray bytes make no other encoding of cp950; a UTF-8 text that holds one is none of cp950.
    `pieces` gives the whole text again at each call.
    """
    if _fits(pieces(), "utf-8"):
        return Encoding("utf-8")
    if _fits(pieces(), "cp950"):
        return Encoding("cp950")
    if _misfits(pieces(), "cp950") <= _misfits(pieces(), "utf-8"):
        return Encoding("cp950", damaged=True)
    return None


def _fits(pieces: Iterable[bytes], codec: str) -> bool:
    decoder = codecs.getincrementaldecoder(codec)()
    try:
        for piece in pieces:
            decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _misfits(pieces: Iterable[bytes], codec: str) -> int:
    decoder = codecs.getincrementaldecoder(codec)("replace")
    return sum(decoder.decode(piece).count(_UNKNOWN) for piece in pieces)


def sep_line(line: str) -> str:
    """The delimiter that Excel's own first line `sep=;` names; '' for any other line."""
    found = _SEP_LINE.fullmatch(line.rstrip("\r\n"))
    return found[1] if found else ""


def delimiter_of(opening: str) -> str:
    """The delimiter that most of the first lines hold, outside quotation marks."""
    plain = _BETWEEN_NUMBERS.sub(" ", _QUOTED.sub("", opening))
    lines = [line for line in re.split("[\r\n]+", plain) if line.strip(" ")]

    def held(delimiter: str) -> tuple[int, int]:
        return sum(delimiter in line for line in lines), lines[0].count(delimiter) if lines else 0

    best = max(DELIMITERS, key=held)
    return best if any(held(best)) else ","
