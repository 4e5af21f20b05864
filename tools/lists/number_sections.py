"""One section of a spreadsheet's number format, taken apart, and what it makes of a number."""

import operator
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Context, Decimal
from math import isfinite

from tools.lists.general_numbers import general

_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"?|\\(?P<escaped>.)|!(?P<forced>[.,])|(?P<padding>[_*].)|\[(?P<bracket>[^\]]*)\]'
    r"|(?P<general>general|g/通用格式)|(?P<power>e[+-])|(?P<place>[0#?])|(?P<end>;)|(?P<other>.)",
    re.IGNORECASE | re.DOTALL,
)
_CURRENCY = re.compile(r"\$([^-]*)(?:-.*)?", re.DOTALL)
_OTHER_DIGITS = re.compile(r"DBNum\d|NatNum\d.*|\$[^-]*-[0-9A-F]{1,2}[0-9A-F]{6}", re.IGNORECASE)
"""Chinese numerals, or those of another script: the first digits of a long locale name it."""
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)\s*(-?\d+(?:\.\d+)?)")
_COMPARED: dict[str, Callable[[Decimal, Decimal], bool]] = {
    "<=": operator.le,
    ">=": operator.ge,
    "<>": operator.ne,
    "<": operator.lt,
    ">": operator.gt,
    "=": operator.eq,
}
_EMPTY = {"0": "0", "#": "", "?": " "}
"""What stands at a place without a digit."""
_KINDS = {".": "point", ",": "comma", "%": "percent", "@": "cell"}
_DATE_LETTERS = frozenset("ymdhsegab")
_MOST_DIGITS = 15
"""Of a number in a spreadsheet."""
_PLAIN = re.compile(r"(t*)(?:(#,##0)|(0+))((?:\.0+)?)t*")
_SIGNS = {"text": "t", "percent": "%", "general": "G", "cell": "@"}
_EXACTLY = 1e15
_MOST_PLACES = 60
_LARGEST = 1e20
_EXACT = Context(prec=200, rounding=ROUND_HALF_UP)
_GROUP = 3

Condition = tuple[str, Decimal]
Part = tuple[str, str]
"""Its kind (text, place, point, comma, percent, general, cell), and what stands there."""


@dataclass(slots=True)
class Section:
    """See the module."""

    condition: Condition | None = None
    parts: list[Part] = field(default_factory=list[Part])
    is_rendered: bool = True
    says_sign: bool = False
    """It is for numbers below 0 alone: it has their sign itself, or means them to have none."""
    quickly: Callable[[int], str] | None = None
    """What writes whole numbers above 0, where the section is as most are."""
    doubts_sign: bool = False
    """Conditions choose it, and spreadsheets differ in whether a number below 0 keeps its sign there."""

    @property
    def is_of_texts(self) -> bool:
        """Whether it is for the texts of cells."""
        return any(kind == "cell" for kind, _ in self.parts)

    def around(self, written: str) -> str:
        """The text of a cell in this section."""
        return "".join(written if kind == "cell" else text for kind, text in self.parts)

    def takes(self, value: float) -> bool:
        """Whether its condition holds."""
        if self.condition is None or not isfinite(value):
            return False
        sign, bound = self.condition
        return _COMPARED[sign](_decimal(value), bound)

    def shown(self, value: float) -> str | None:
        """The number in this section; None where it is not rendered."""
        if not self.is_rendered or not abs(value) < _LARGEST or (value < 0 and self.doubts_sign):
            return None
        if self.quickly is not None and 0 < value < _EXACTLY and value.is_integer():
            return self.quickly(int(value))
        filled = self._filled(abs(_decimal(value)))
        is_below = value < 0 and not self.says_sign
        return f"-{filled}" if is_below and filled != self._filled(Decimal(0)) else filled

    def prepare(self) -> None:
        """Look once at what it is made of, when all of it is there."""
        kinds = [kind for kind, _ in self.parts]
        if kinds.count("place") > _MOST_PLACES or kinds.count("point") > 1:
            self.is_rendered = False
        self.quickly = _quick_way(self.parts)

    def _filled(self, value: Decimal) -> str:
        whole, fraction = _halves(self.parts)
        percents = sum(kind == "percent" for kind, _ in self.parts)
        scaled = value.scaleb(2 * percents - _GROUP * (_thousands(whole) + _thousands(fraction)), _EXACT)
        if any(kind == "general" for kind, _ in self.parts):
            return "".join(general(float(scaled)) if kind == "general" else text for kind, text in self.parts)
        decimals = sum(kind == "place" for kind, _ in fraction)
        rounded = scaled.quantize(Decimal(1).scaleb(-decimals), context=_EXACT)
        before, _, behind = f"{rounded:f}".partition(".")
        return "".join((*_whole(whole, before.lstrip("0")), *_fraction(fraction, behind)))


def sections_of(code: str) -> list[Section]:
    """The sections of a format."""
    sections = [Section()]
    for found in _TOKEN.finditer(code):
        if found["end"]:
            sections.append(Section())
        else:
            _take(sections[-1], found)
    for section in sections:
        section.prepare()
    return sections


def numbers_of(sections: Sequence[Section]) -> list[Section]:
    """Those for numbers; none where the only one shows them as texts."""
    some = [section for section in sections if not section.is_of_texts][:3]
    by_condition = any(section.condition is not None for section in some)
    for section in some:
        section.says_sign = _is_below_zero(section.condition)
        section.doubts_sign = by_condition and not section.says_sign
    if len(some) > 1 and not by_condition:
        some[1].says_sign = True
    return some


def _is_below_zero(condition: Condition | None) -> bool:
    return condition is not None and condition[0] in ("<", "<=") and condition[1] <= 0


def _take(section: Section, found: re.Match[str]) -> None:
    """Add a token to its section."""
    literal = found["quoted"] or found["escaped"] or found["forced"]
    if found["bracket"] is not None:
        _take_bracket(section, found["bracket"])
    elif found["general"]:
        section.parts.append(("general", ""))
    elif found["place"]:
        section.parts.append(("place", found["place"]))
    elif found["power"]:
        section.is_rendered = False
    elif literal:
        section.parts.append(("text", literal))
    elif found["other"]:
        _take_other(section, found["other"])


def _take_other(section: Section, char: str) -> None:
    if char == "/" or char.lower() in _DATE_LETTERS:
        section.is_rendered = False
    section.parts.append((_KINDS.get(char, "text"), char))


def _take_bracket(section: Section, inside: str) -> None:
    """A condition, a currency, or what only colours a cell."""
    condition = _CONDITION.fullmatch(inside.strip())
    if condition:
        section.condition = condition[1], Decimal(condition[2])
    elif _OTHER_DIGITS.fullmatch(inside):
        section.is_rendered = False
    elif currency := _CURRENCY.fullmatch(inside):
        section.parts.append(("text", currency[1]))


def _quick_way(parts: Sequence[Part]) -> Callable[[int], str] | None:
    """What writes whole numbers in a section of plain digits (`#,##0`, `000`, `0.00`) between words."""
    shape = "".join(text if kind in ("place", "point", "comma") else _SIGNS[kind] for kind, text in parts)
    found = _PLAIN.fullmatch(shape)
    if found is None:
        return None
    before, behind = (
        "".join(text for _, text in some) for some in (parts[: found.end(1)], parts[found.end(4) :])
    )
    digits = "{:,}" if found[2] else f"{{:0{len(found[3])}d}}"
    written = f"{_braced(before)}{digits}{found[4]}{_braced(behind)}"
    return written.format


def _braced(words: str) -> str:
    return words.replace("{", "{{").replace("}", "}}")


def _halves(parts: Sequence[Part]) -> tuple[Sequence[Part], Sequence[Part]]:
    """What stands before the point, and from the point on."""
    at = next((at for at, (kind, _) in enumerate(parts) if kind == "point"), len(parts))
    return parts[:at], parts[at:]


def _thousands(half: Sequence[Part]) -> int:
    """How often it divides by 1,000: the commas behind its last digit."""
    last = max((at for at, (kind, _) in enumerate(half) if kind == "place"), default=len(half))
    return sum(kind == "comma" for kind, _ in half[last:])


def _whole(half: Sequence[Part], digits: str) -> Iterator[str]:
    places = [at for at, (kind, _) in enumerate(half) if kind == "place"]
    first, last = (places[0], places[-1]) if places else (len(half), -1)
    grouped = any(kind == "comma" and first < at < last for at, (kind, _) in enumerate(half))
    left = len(places)
    for at, (kind, text) in enumerate(half):
        if kind == "place":
            # What has no place of its own stands at the first one.
            end = max(0, len(digits) - left + 1)
            some = digits[(0 if at == first else max(0, end - 1)) : end]
            yield from _grouped(some or _EMPTY[text], left, grouped=grouped)
            left -= 1
        elif kind != "comma":
            yield text


def _grouped(digits: str, left: int, *, grouped: bool) -> Iterator[str]:
    """Digits, of which the last one is followed by so many less one."""
    for behind, digit in zip(range(left + len(digits) - 2, -1, -1), digits, strict=False):
        yield digit
        if grouped and behind and behind % _GROUP == 0:
            yield ","


def _fraction(half: Sequence[Part], digits: str) -> Iterator[str]:
    at = 0
    for kind, text in half:
        if kind == "place":
            rest = digits[at:]
            yield digits[at] if text == "0" or rest.strip("0") else _EMPTY[text]
            at += 1
        elif kind != "comma":
            yield text


def _decimal(value: float) -> Decimal:
    return Decimal(f"{value:.{_MOST_DIGITS}g}")
