"""What a send costs in points (EVERY8D 1.1, 1.2), before it is sent.

A character is a UTF-16 code unit, so an emoji is two (decision: the document says only 字).
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from tools.mobile import is_taiwanese

SINGLE_PART = 70
JOINED_PART = 67
PRICED_UNITS = 333
"""The longest text with a documented price; the vendor splits longer ones by itself."""
_MOST_PARTS = 5
INTERNATIONAL_FACTOR = 3
MMS_SMALL = 50_000
"""50 KB in the reading that costs more (1,000 bytes), so that a preview never shows too little."""
MMS_LARGEST = 300 * 1024
"""300 KB in the reading that allows more (1,024 bytes): the vendor refuses with -314, which costs nothing."""

MMS_SMALL_POINTS = 3
MMS_LARGE_POINTS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """The parts of the longest message, the points of all, and whether the document leaves them open."""

    parts: int
    points: Decimal
    estimate: bool = False


def units(text: str) -> int:
    """The length of a text as it is charged, in UTF-16 code units."""
    return len(text.encode("utf-16-le")) // 2


def units_of_each(texts: Sequence[str]) -> list[int]:
    """The same for many, in their order."""
    # Without surrogate pairs a text has as many code units as characters, and most have none.
    lengths = [*map(len, texts)]
    written = "".join(texts)
    return lengths if written.isascii() or units(written) == len(written) else [*map(units, texts)]


def sms_parts(text: str, *, domestic: bool) -> int:
    """The parts of one message."""
    return parts_of(units(text), domestic=domestic)


def parts_of(length: int, *, domestic: bool) -> int:
    """The parts of so many units: 70, then 67 a part; abroad always 70, as long texts are split there.

    Above 333 units a further text begins, in the reading that costs more: a preview never shows too little.
    """
    if not domestic:
        return max(1, -(-length // SINGLE_PART))
    whole, rest = divmod(length, PRICED_UNITS)
    return max(1, whole * _MOST_PARTS + _joined_parts(rest))


def _joined_parts(length: int) -> int:
    if length <= SINGLE_PART:
        return min(length, 1)
    return -(-length // JOINED_PART)


def sms_price(text: str, mobiles: Sequence[str]) -> Price:
    """The price of one text to E.164 numbers. Numbers outside +886 cost three times as much (1.1)."""
    abroad = sum(not is_taiwanese(mobile) for mobile in mobiles)
    at_home, away = sms_parts(text, domestic=True), sms_parts(text, domestic=False)
    points = (len(mobiles) - abroad) * at_home + abroad * away * INTERNATIONAL_FACTOR
    parts = at_home if abroad < len(mobiles) else away
    return Price(parts=parts, points=Decimal(points), estimate=units(text) > PRICED_UNITS)


def price_by_count(text: str, count: int) -> Price:
    """The price of one text to so many numbers in Taiwan."""
    return _price(units(text), count, domestic=True)


def charging_table() -> dict[str, object]:
    """The table of 1.1 and 1.2, for people and models to look up."""
    ends = [SINGLE_PART, *(JOINED_PART * parts for parts in range(2, 5)), PRICED_UNITS]
    return {
        "unit": "points a recipient; a character is a UTF-16 code unit, an emoji is two",
        "sms": [{"up_to_characters": end, "points": parts} for parts, end in enumerate(ends, 1)],
        "sms_longer": f"beyond {PRICED_UNITS} characters the vendor splits the text: an estimate only",
        "international": f"numbers outside +886: {INTERNATIONAL_FACTOR} times, split at {SINGLE_PART}",
        "mms": [
            {"up_to_bytes": MMS_SMALL, "points": MMS_SMALL_POINTS},
            {"up_to_bytes": MMS_LARGEST, "points": MMS_LARGE_POINTS},
        ],
    }


def mms_price(size: int, recipients: int) -> Price:
    """The price of an MMS of `size` bytes, image and text together: 3 points up to 50 KB, 5 above (1.2)."""
    each = MMS_SMALL_POINTS if size <= MMS_SMALL else MMS_LARGE_POINTS
    return Price(parts=1, points=Decimal(each * recipients))


def price_of_each(texts: Sequence[str], mobiles: Sequence[str]) -> Price:
    """The price of a text to each number, in their order."""
    alike = Counter(zip(units_of_each(texts), map(is_taiwanese, mobiles), strict=True))
    return together(_price(length, count, domestic=home) for (length, home), count in alike.items())


def _price(length: int, count: int, *, domestic: bool) -> Price:
    """The price of so many units to so many numbers."""
    parts = parts_of(length, domestic=domestic)
    each = parts if domestic else parts * INTERNATIONAL_FACTOR
    return Price(parts=parts, points=Decimal(each * count), estimate=length > PRICED_UNITS)


def together(prices: Iterable[Price]) -> Price:
    """The price of several sends at once."""
    listed = tuple(prices)
    return Price(
        parts=max((price.parts for price in listed), default=0),
        points=sum((price.points for price in listed), Decimal(0)),
        estimate=any(price.estimate for price in listed),
    )
