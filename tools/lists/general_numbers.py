"""A number as a spreadsheet shows it where its cell has no format of its own: General."""

from math import floor, log10

_ROOM = 10
"""Digits that a fraction has room for: eleven characters with its point."""
_DECIMALS = 9
"""Of a number below 1."""
_SMALLEST = 1e-4
"""Of the fractions that are shown without a power of ten, unless they are short."""
_LARGEST = 1e11
"""From here on a fraction is shown as it was typed: what looks like a number of an order stays one."""
_MOST_DIGITS = 15
"""Of a number in a spreadsheet."""
_EXACT, _ENDLESS = 1e15, 1e25
"""Below the one every digit counts; from the other on a whole number is shown with a power of ten."""


def general(value: float) -> str:
    """The number in digits: whole numbers whole, fractions rounded as a person sees them.

    Excel shows a whole number of 12 digits and more with a power of ten, LibreOffice and Google Sheets do
    not: nobody means a power of ten by the number of an order.
    """
    size = abs(value)
    if value.is_integer() and size < _ENDLESS:
        # Python's own digits beyond the fifteenth are none of the spreadsheet's.
        return str(int(value if size < _EXACT else float(f"{value:.{_MOST_DIGITS}g}")))
    if not size < _LARGEST:
        return f"{value:.{_MOST_DIGITS}g}"
    if size < _SMALLEST:
        return _small(value)
    places = min(_DECIMALS, _ROOM - 1 - floor(log10(size)))
    return _unpadded(f"{float(f'{value:.{_MOST_DIGITS}g}'):.{max(0, places)}f}")


def _small(value: float) -> str:
    written = _unpadded(f"{value:.{_DECIMALS}f}")
    if float(written) == float(f"{value:.{_MOST_DIGITS}g}"):
        return written
    digits, _, power = f"{value:.5E}".partition("E")
    return f"{_unpadded(digits)}E{power}"


def _unpadded(written: str) -> str:
    return written.rstrip("0").rstrip(".") if "." in written else written
