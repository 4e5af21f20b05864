"""Phone numbers in a text, however they are written. See `text_scan` for how a text is read.

What is a phone number: 09 with 8 more digits (in any grouping, or in the usual one between any signs); 0800,
0809 and 020x with 6 more; 070 with 8 more; 02, 04 and 049 with 10 digits in all and 03 to 08 with 9; 886,
also behind a dialling prefix, with a national number; any `+` or 00 with a number that its country can have;
412-8888 and 4128-185; a local number behind a word such as 電話. A landline's digits must hang together: in
one run, one by one, joined by hyphens, or in groups of three and more after the area code, so that lottery
numbers and times are none. Dates are none. A longer run of digits is an order number; one of a phone number's
very shape is reported. How long a gap is makes no difference.
"""

import re
import unicodedata
from collections.abc import Iterator

import phonenumbers

from tools.cleaning import clean, hidden_characters

_S = r"[ \t\-‐‒–—―−.()\[\]·•・_*]*"
_END = r"(?!\d)"
_DATES = re.compile(
    r"(?<!\d)(?:(?:19|20)\d\d[-./](?:0?[1-9]|1[0-2])[-./](?:0?[1-9]|[12]\d|3[01])"
    r"|\d{1,2}[-./]\d{1,2}[-./](?:19|20)\d\d)(?![\-.]?\d)"
)
_START = re.compile(r"\+|(?<!\d)\d")


def _digits(pattern: str, more: int) -> str:
    """The pattern's characters and so many more digits, with separators between all of them."""
    head = _S.join(re.findall(r"\[[^\]]+\]|.", pattern))
    return head + rf"(?:{_S}\d){{{more}}}" + _END


_TAIWANESE = re.compile(
    rf"(?:\+|00[2-9]?|019)?{_S}8{_S}8{_S}6{_S}(?:0{_S})?(?P<national>[2-9](?:{_S}\d){{7,8}}){_END}"
)
_MOBILE = re.compile(_digits("09", 8))
_MOBILE_BY_SIGNS = re.compile(rf"09\d\d[\W_]+\d{{3}}[\W_]*\d{{3}}{_END}")
"""In its usual groups with any sign between them (`0912/345/678`, a line break, an emoji)."""
_SERVICES = [re.compile(_digits(*shape)) for shape in (("070", 8), ("080[09]", 6), ("020", 7))]
_LANDLINES = [re.compile(_digits(*shape)) for shape in (("049", 7), ("0[24]", 8), ("0[3-8]", 7))]
_FOREIGN = [
    re.compile(rf"(?:{prefix}){_S}(?P<national>[1-9](?:{_S}\d){{6,14}}){_END}")
    for prefix in (r"\+|00", "00[25679]|01[679]")
]
_NATIONAL_RATE = re.compile(r"412[ \-]+8\d{3}(?!\d)|4128[ \-]+\d{3}(?!\d)")
_LABELLED = re.compile(
    rf"(?i)(?:電話|專線|熱線|致電|撥打|客服|手機|tel|phone|call)[:.\s]*"
    rf"(?P<local>[2-9]\d{{2,3}}{_S}\d{{4}}){_END}"
)


def find_phone_numbers(text: str) -> tuple[str, ...]:
    """Return every phone number in a text as digits, each once.

    With `+` where a country code was written, else with the leading 0; a local number as it stands.
    """
    cleaned = clean(text, limit=4 * len(text) + 4, lines=True)
    joined = "".join(char for char in cleaned if not hidden_characters(char))
    apart = "".join(" " if hidden_characters(char) else char for char in text)
    bare = "".join(" " if _could_be_none(char) else char for char in apart)
    readings = dict.fromkeys(_DATES.sub("日", _plain(form)) for form in (joined, apart, bare))
    return tuple(dict.fromkeys(number for reading in readings for number in _numbers(reading)))


def _could_be_none(char: str) -> bool:
    """Whether one reader takes a character for a digit or for nothing, and another one for a sign."""
    return not char.isascii() and (
        unicodedata.category(char).startswith(("M", "N"))
        or any(map(str.isdigit, unicodedata.normalize("NFKC", char)))
    )


def international(number: str) -> str:
    """Return a number as `find_phone_numbers` gives it, with +886 for a leading 0, to compare two of them."""
    return "+886" + number[1:] if number.startswith("0") else number


def _plain(text: str) -> str:
    """Digits of any script or shape as ASCII; marks that strike through or enclose one are dropped."""
    digits = "".join(str(unicodedata.digit(char, char)) for char in text.replace("➕", "+"))
    folded = unicodedata.normalize("NFKC", digits)
    return "".join(char for char in folded if not unicodedata.category(char).startswith("M"))


def _numbers(text: str) -> Iterator[str]:
    position = 0
    while start := _START.search(text, position):
        end, number = _number_at(text, start.start())
        position = max(end, start.end())
        if number:
            yield number
    yield from (re.sub(r"\D", "", found[0]) for found in _NATIONAL_RATE.finditer(text))
    yield from (re.sub(r"\D", "", found["local"]) for found in _LABELLED.finditer(text))


def _number_at(text: str, start: int) -> tuple[int, str]:
    if found := _TAIWANESE.match(text, start):
        return found.end(), "+886" + re.sub(r"\D", "", found["national"])
    if found := _MOBILE.match(text, start) or _MOBILE_BY_SIGNS.match(text, start):
        return found.end(), re.sub(r"\D", "", found[0])
    for shape in (*_SERVICES, *_LANDLINES):
        found = shape.match(text, start)
        if found and _hangs_together(found[0]):
            return found.end(), re.sub(r"\D", "", found[0])
    for shape in _FOREIGN:
        found = shape.match(text, start)
        if found and (number := _foreign(found["national"])):
            return found.start("national") + len(number[0]), number[1]
    return start, ""


def _hangs_together(written: str) -> bool:
    _, *groups = (len(group) for group in re.findall(r"\d+", written))
    if not groups or set(groups) == {1} or min(groups) >= 3:  # noqa: PLR2004 - see the rule at the top
        return True
    return not re.search(r"[^\d\-]", written)


def _foreign(written: str) -> tuple[str, str] | None:
    """The longest run of digit groups that its country's plan allows for: as written, and as a number."""
    while digits := re.sub(r"\D", "", written):
        try:
            number = phonenumbers.parse("+" + digits)
        except phonenumbers.NumberParseException:
            number = None
        possible = phonenumbers.ValidationResult.IS_POSSIBLE
        if number and phonenumbers.is_possible_number_with_reason(number) == possible:
            return written, "+" + digits
        written = re.sub(r"\D*\d+\D*$", "", written)
    return None
