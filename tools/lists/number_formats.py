"""Formats of a spreadsheet's numbers, by which a person reads another text than the number."""

from collections.abc import Callable

_AS_IT_IS = ("general", "@")
_WHOLE = 1
_BUILT_IN = {*range(2, 14), *range(37, 45), 48}
"""Formats of numbers without a text of their own in the file (ECMA-376, 18.8.30), without dates."""

Differs = Callable[[str], bool]
"""Whether a number, as the file has it, is shown otherwise."""


def shown_otherwise(number: int, format_code: str) -> Differs | None:
    """What tells it of numbers in this format; None for a format that shows every number as it is."""
    code = format_code.strip().casefold()
    if code == "0" or (not code and number == _WHOLE):
        return _is_no_whole_number
    if code:
        return None if code in _AS_IT_IS else _always
    return _always if number in _BUILT_IN else None


def _is_no_whole_number(written: str) -> bool:
    return not written.lstrip("-").isdecimal()


def _always(_written: str) -> bool:
    return True
