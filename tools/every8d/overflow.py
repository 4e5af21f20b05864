"""Which characters of a text cost it another part, and what would save that part (EVERY8D 1.1)."""

from collections import Counter
from collections.abc import Iterator
from itertools import accumulate

from tools.cleaning import quote
from tools.every8d.charging import JOINED_PART, PRICED_UNITS, SINGLE_PART, sms_parts, units

_SHOWN = 30


def overflow_cautions(text: str) -> Iterator[str]:
    """For a dry run: how many characters are too many for one part less, which, and what counts double.

    Of a text beyond the documented prices nothing is said: where the vendor splits it is not known.
    """
    length, fewer = units(text), sms_parts(text, domestic=True) - 1
    if not SINGLE_PART < length <= PRICED_UNITS:
        return
    # The only part of a text holds more than each of several.
    fits = max(SINGLE_PART, JOINED_PART * fewer)
    end = quote(_from_unit(text, fits), limit=_SHOWN)
    yield f"{length} characters are {fewer + 1} parts: {length - fits} too many for {fewer}, from {end} on."
    double = Counter(character for character in text if units(character) > 1)
    if double:
        named = ", ".join(f"{character} ×{count}" for character, count in double.most_common(3))
        yield f"Characters that count as two: {named}."


def _from_unit(text: str, start: int) -> str:
    """The end of a text from the character on that this unit is in."""
    ends = accumulate(map(units, text))
    return text[next(index for index, end in enumerate(ends) if end > start) :]
