"""What a cell means as a mobile number: exactly one number, or the reason why there is none.

Whether a text is a number is decided by `tools.mobile` alone; here only the reason is found out.
"""

import re
import unicodedata
from typing import NamedTuple

from tools.cleaning import without_hidden
from tools.lists.cells import Cell, Special, is_blank, is_error
from tools.lists.reasons import Reason
from tools.mobile import NotAMobileError, WhyNot, normalise_mobile

_SCIENTIFIC = re.compile(r"\s*[+-]?\d+(?:[.,]\d+)?E[+-]?\d+\s*", re.IGNORECASE | re.ASCII)
_EXTENSION = re.compile(
    r"\d\s*[)）]?\s*[,;]?\s*(?:#|\bext(?:ension)?\b\.?|\bx(?=\s*\d)|(?<=\d)x(?=\d)|分機|轉|內線)\s*[:.]?\s*\d{1,6}(?!\d)",
    re.IGNORECASE | re.ASCII,
)
_APART = re.compile(
    r":::|[/、;；,，|｜&＆~\r\n\v\f\u2028\u2029]|(?<=\d)\+(?=\s*0)|或|和|及|與|\bor\b|\band\b", re.IGNORECASE
)
"""What people write between two numbers."""
_DIGITS = re.compile(r"[+(]?\d[\d\s().\-]*\d", re.ASCII)
_SHORT = re.compile(r"1\d{2,3}", re.ASCII)
"""110, 165, 1922: no numbering plan lists them beside the others."""
_FIRST_DIGIT = re.compile(r"\d")
_SERVICE: frozenset[WhyNot] = frozenset({"landline", "service"})
_WORDS: dict[WhyNot, Reason] = {
    "masked": Reason.NOT_A_NUMBER,
    "unreadable": Reason.NOT_A_NUMBER,
    "no_such_number": Reason.NO_SUCH_NUMBER,
    "landline": Reason.LANDLINE,
    "service": Reason.NOT_A_MOBILE,
}


_LONGEST = 200
"""Characters of a cell in which a number is looked for."""


class ReadMobile(NamedTuple):
    """A number in E.164, or the reason; `restored` when its leading 0 had been lost."""

    mobile: str = ""
    reason: Reason | None = None
    restored: bool = False


def read_mobile(cell: Cell) -> ReadMobile:
    """The one number of a cell."""
    if not isinstance(cell, str):
        return _of_value(cell)
    if len(cell) > _LONGEST:
        cell = cell.strip()
    if len(cell) > _LONGEST:
        return ReadMobile(reason=Reason.NOT_A_NUMBER)
    try:
        mobile = normalise_mobile(cell)
    except NotAMobileError as error:
        return _unread(cell, error.why)
    return ReadMobile(mobile, restored=_lost_zero(cell))


def _lost_zero(written: str) -> bool:
    """A Taiwanese number whose first digit is the 9; only nine digits are taken for one."""
    if written[0] == "0":
        return False
    first = _FIRST_DIGIT.search(written)
    return first is not None and unicodedata.digit(first[0]) == 9 and "+" not in written  # noqa: PLR2004


def _of_value(cell: float | Special) -> ReadMobile:
    """A number cell is exact; a fraction is not cut, and TRUE is not 1."""
    if cell is Special.UNCALCULATED:
        return ReadMobile(reason=Reason.FORMULA_WITHOUT_VALUE)
    if cell is Special.ERROR:
        return ReadMobile(reason=Reason.ERROR_VALUE)
    if isinstance(cell, bool) or cell < 0 or cell != cell // 1:
        return ReadMobile(reason=Reason.NOT_A_NUMBER)
    return read_mobile(f"{cell:.0f}")


def _unread(written: str, why: WhyNot) -> ReadMobile:
    if is_blank(without_hidden(written)):
        return ReadMobile(reason=Reason.MISSING)
    if is_error(written.strip()):
        return ReadMobile(reason=Reason.ERROR_VALUE)
    text = unicodedata.normalize("NFKC", without_hidden(written)).strip()
    if _SCIENTIFIC.fullmatch(text):
        return ReadMobile(reason=Reason.SCIENTIFIC_NOTATION)
    if _SHORT.fullmatch(text):
        return ReadMobile(reason=Reason.NOT_A_MOBILE)
    if why in _SERVICE:
        return ReadMobile(reason=_WORDS[why])
    return _among_others(text, why)


def _among_others(text: str, why: WhyNot) -> ReadMobile:
    """A text that is no number by itself: it may hold some."""
    if _EXTENSION.search(text):
        return ReadMobile(reason=Reason.EXTENSION)
    found = _numbers_in(text)
    if len(found) > 1:
        return ReadMobile(reason=Reason.SEVERAL_NUMBERS)
    if not found:
        return ReadMobile(reason=_WORDS[why])
    ((number, rest),) = found.items()
    if not _APART.sub("", rest).strip():
        return _said_twice(number)
    return ReadMobile(reason=_beside(number, rest))


def _said_twice(number: str) -> ReadMobile:
    """The same number twice is one number."""
    return ReadMobile(number) if number.startswith("+") else ReadMobile(reason=Reason.LANDLINE)


def _beside(number: str, rest: str) -> Reason:
    if not number.startswith("+"):
        return Reason.LANDLINE
    return Reason.EXTRA_TEXT


def _numbers_in(text: str) -> dict[str, str]:
    """Each different number in a text (a landline as its digits), and what stands beside all of them."""
    rest, found = text, dict[str, str]()
    for written in _written(text):
        number = _number(written)
        if number:
            rest = rest.replace(written, "", 1)
            found[number] = ""
    return dict.fromkeys(found, rest)


def _written(text: str) -> list[str]:
    """What could be numbers: runs of digits, cut at spaces where only the pieces are numbers."""
    runs = [
        each for piece in _APART.split(text) for each in _DIGITS.findall(piece) if not _glued(piece, each)
    ]
    return [part for run in runs for part in ([run] if _number(run) else _pieces(run))]


def _pieces(run: str) -> list[str]:
    pieces = run.split()
    return pieces if any(map(_number, pieces)) else [run]


def _glued(text: str, written: str) -> bool:
    """Whether a Latin letter hangs on to the digits: then they are none."""
    start = text.find(written)
    around = text[max(0, start - 1) : start] + text[start + len(written) : start + len(written) + 1]
    return any(char.isascii() and char.isalpha() for char in around)


def _number(written: str) -> str:
    """E.164 of a mobile, the digits of a landline or service number, '' for none."""
    try:
        return normalise_mobile(written)
    except NotAMobileError as error:
        return "".join(filter(str.isdigit, written)) if error.why in _SERVICE else ""
