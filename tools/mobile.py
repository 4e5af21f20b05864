"""Mobile numbers: read in any usual spelling, kept as E.164, written as the vendors want them."""

import re
import unicodedata
from typing import Literal

from tools.cleaning import without_hidden
from tools.sentence import sentence

_USUAL = re.compile(r" *(?:(?:\+|00)?886[ -]?0?|0?)(9[0-8]\d)[ -]?(\d{3})[ -]?(\d{3}) *", re.ASCII)
"""Taiwanese numbers in their usual spellings; the plan of phonenumbers has 09[0-8] and any seven digits."""
_SEPARATORS = re.compile(r"[\s\-().]+")
_ASCII_NUMBER = re.compile(r"\+?\d{5,20}")
_AS_TEXT = re.compile(r"'(?P<apostrophe>[^'\"]+)|=\"(?P<formula>[^'\"]+)\"")
"""How people keep a spreadsheet from taking the leading 0 away."""
_TEL = re.compile(r"tel:\s*", re.IGNORECASE)
_HOME = re.compile(r"(?:\+|00[25679]?)?886[ \-]*(?:\(0\)|0)?[ \-]*(?=9)")
"""The country code, also behind a dialling prefix, with the 0 that some keep behind it."""
_LOCAL = re.compile(r"09\d{8}")
_WITHOUT_PLUS = re.compile(r"886\d{9}")
_DECIMAL = re.compile(r"((?:\+?886|0)?9\d{8})\.0{1,2}")
_DASHES = str.maketrans(dict.fromkeys("\u2212\u2043\u02d7\u30fc", "-"))
"""Those whose category is not that of a dash."""
TAIWAN = "+886"
_MASKED = re.compile(r"[*•●○#xX_?…]{2}|…")


WhyNot = Literal["masked", "unreadable", "no_such_number", "landline", "service"]


class NotAMobileError(ValueError):
    """A text is no mobile number, and why: whoever reads a list counts the kinds."""

    def __init__(self, said: str, why: WhyNot) -> None:
        super().__init__(said)
        self.why: WhyNot = why


def normalise_mobile(written: str) -> str:
    """The number as E.164.

    The one reader of numbers that people write: arguments, settings, the file of blocked numbers. Accepts
    0912345678, 912345678, 886…, +886 (0)912-345-678, 00886…, `tel:`, any dash and space, full-width digits,
    what cannot be seen within (copied from an address book), a spreadsheet's `'0912…`, `="0912…"` and
    `912345678.0`, and international numbers with their `+`. One number alone: an extension, a second number
    or a line break makes it none. Whether it exists is decided by the numbering plans in phonenumbers.

    Raises:
        NotAMobileError: the text is not a mobile number. The text itself is not repeated.
    """
    if found := _USUAL.fullmatch(written):
        return TAIWAN + found[1] + found[2] + found[3]
    return by_numbering_plan(written)


def by_numbering_plan(written: str) -> str:
    """What `normalise_mobile` answers, for any spelling and any country, at forty times the cost.

    Raises:
        NotAMobileError: as there.
    """
    if _MASKED.search(unicodedata.normalize("NFC", written).replace("＊", "*")):
        raise NotAMobileError(
            sentence(
                "is masked: nobody can tell the whole number from it. Take it whole from the person or the "
                "list that it came from."
            ),
            "masked",
        )
    plain = _plain(written)
    if not plain.isascii() or _ASCII_NUMBER.fullmatch(plain) is None:
        said = sentence("not a mobile number. Write it as 0912345678 or +886912345678.")
        raise NotAMobileError(said, "unreadable")
    if plain.startswith("886"):
        plain = "+" + plain
    return _checked(plain)


def _plain(written: str) -> str:
    """The digits with their `+`; whatever else was written stays where it is, and makes it no number."""
    seen = unicodedata.normalize("NFKC", without_hidden(written.strip()).translate(_DASHES))
    text = "".join("-" if unicodedata.category(char) == "Pd" else char for char in seen).strip(" ")
    if not text.isprintable():
        return text
    if found := _AS_TEXT.fullmatch(text):
        text = found["apostrophe"] or found["formula"]
    text = _TEL.sub("", text, count=1) if _TEL.match(text) else text
    if found := _DECIMAL.fullmatch(text):
        text = found[1]
    text = _HOME.sub("+886", text, count=1) if _HOME.match(text) else text
    return _SEPARATORS.sub("", text)


def _checked(plain: str) -> str:
    import phonenumbers  # noqa: PLC0415 - the metadata is only needed once a number is checked

    try:
        number = phonenumbers.parse(plain, "TW")
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_valid_number(number):
        said = sentence("no such number in its country's numbering plan. Check the digits.")
        raise NotAMobileError(said, "no_such_number")
    kinds = phonenumbers.PhoneNumberType
    kind = phonenumbers.number_type(number)
    if kind not in (kinds.MOBILE, kinds.FIXED_LINE_OR_MOBILE):
        said = sentence("not a mobile number (a landline or a service number). Give a mobile number.")
        raise NotAMobileError(said, "landline" if kind == kinds.FIXED_LINE else "service")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def is_taiwanese(e164: str) -> bool:
    """Whether the vendor charges the domestic price (EVERY8D 1.1: 非+886開頭 is international)."""
    return e164.startswith(TAIWAN)


def as_dest(e164: str) -> str:
    """The number as DEST and Mobile take it: 0912345678 for Taiwan, +… for the rest (EVERY8D 1.1)."""
    return "0" + e164.removeprefix(TAIWAN) if is_taiwanese(e164) else e164


def from_vendor(written: str) -> str:
    """A number as the vendor prints it, as E.164 where that can be told; otherwise as it stands.

    Nothing is validated here: the vendor also lists numbers that do not exist.
    """
    plain = written if written.isalnum() else _SEPARATORS.sub("", written)
    if _LOCAL.fullmatch(plain):
        return TAIWAN + plain[1:]
    return "+" + plain if _WITHOUT_PLUS.fullmatch(plain) else plain


def mask_mobile(number: str) -> str:
    """`0912***678`: enough to recognise a number that one knows, too little to call it."""
    local = "0" + number[len(TAIWAN) :] if number.startswith(TAIWAN) else number
    if len(local) < 8:  # noqa: PLR2004 - nothing shorter can show seven digits and still hide some
        return "***"
    return f"{local[:4]}***{local[-3:]}"
