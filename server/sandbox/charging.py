"""What a message costs, in points (003_ 1.1 and 1.2, 簡訊平台之計價補充說明)."""

from decimal import Decimal

from server.sandbox.phone_numbers import Number

_LIMITS = (70, 134, 201, 268, 333)
_LONGEST = _LIMITS[-1]
_INTERNATIONAL_PART = 70
_INTERNATIONAL_FACTOR = 3
_SMALL_MMS = 50 * 1024
_MMS_POINTS = (Decimal(3), Decimal(5))
LARGEST_MMS = 300 * 1024


def length(text: str) -> int:
    """UTF-16 code units: an emoji is two characters."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def sms_points(number: Number, text: str) -> Decimal:
    """Points for one text; above 333 characters a further text begins (our reading)."""
    if number.kind == "international":
        return Decimal(-(-length(text) // _INTERNATIONAL_PART) * _INTERNATIONAL_FACTOR)
    whole, rest = divmod(length(text), _LONGEST)
    return Decimal(whole * len(_LIMITS) + _parts(rest))


def _parts(units: int) -> int:
    if not units:
        return 0
    return next(parts for parts, limit in enumerate(_LIMITS, 1) if units <= limit)


def mms_points(size: int) -> Decimal:
    """Points for an MMS of `size` bytes, image and text together."""
    return _MMS_POINTS[0] if size <= _SMALL_MMS else _MMS_POINTS[1]
