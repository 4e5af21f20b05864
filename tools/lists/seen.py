"""Which numbers a list has had already: 16 MB for a million of them, and no more with each row.

A table with open addressing in one block of words. A word holds the number itself, so that none is ever taken
for another, and beside it what is left of a word: a digest of the fields that the number came with first.
"""

from enum import Enum, auto
from secrets import randbits

from tools.lists.reasons import Reason

_TAIWANESE, _HOW_MANY = 886_900_000_000, 100_000_000
_IS_TAIWANESE = 1 << 27
"""Beside such a number's place among them; the longest other one (E.164: 15 digits) takes 50 bits."""
_OF_TAIWANESE, _OF_OTHERS = 36, 13
"""Bits of a word that are left beside the number."""
_WORD = 64
_SLOTS = 1 << 21
"""A million and a half fit in; most of the block is never touched by a short list."""
REFUSALS = (Reason.OPTED_OUT, Reason.OPENED, Reason.OPENED_BY_MACHINE)
"""What one row says of a person, and holds for their later rows as well."""
_REFUSED = len(REFUSALS)
"""A digest is never one of the numbers that mean a refusal."""
_REST_OF_TAIWANESE, _REST_OF_OTHERS = (1 << _OF_TAIWANESE) - _REFUSED, (1 << _OF_OTHERS) - _REFUSED


class Came(Enum):
    """How a number came that nobody refused."""

    NEW = auto()
    AGAIN = auto()
    DIFFERING = auto()
    """Again, and with other fields than at first."""


class Seen:
    """The numbers that came, each with what it came with first or why its person gets nothing."""

    def __init__(self, slots: int = _SLOTS) -> None:
        """`slots` is a power of two."""
        # Nobody who writes a list can know it, and make all numbers of the list fall together.
        self._odd = randbits(_WORD) | 1
        self._count = 0
        self._open(slots)

    def take(self, mobile: str, fields: tuple[str, ...]) -> Came | Reason:
        """How this number (E.164) comes, or what refused it; a new one is remembered."""
        # What `_key_of` and `_place_of` say, without a call for each of a million numbers.
        number = int(mobile[1:])
        place = number - _TAIWANESE
        if 0 <= place < _HOW_MANY:
            key, left, rest = place | _IS_TAIWANESE, _OF_TAIWANESE, _REST_OF_TAIWANESE
        else:
            key, left, rest = number, _OF_OTHERS, _REST_OF_OTHERS
        words, last = self._words, self._last
        at = key * self._odd >> self._shift & last
        while (slot := words[at]) and slot >> left != key:
            at = at + 1 & last
        word = key << left | hash(fields) % rest + _REFUSED
        if not slot:
            self._put(at, word)
            return Came.NEW
        if slot == word:
            return Came.AGAIN
        known = slot - (key << left)
        return REFUSALS[known] if known < len(REFUSALS) else Came.DIFFERING

    def refuse(self, mobile: str, reason: Reason) -> None:
        """Whatever comes of this number from now on is refused; the first of several reasons stands."""
        key, left = _key_of(mobile)
        at = self._place_of(key, left)
        word, slot = key << left | REFUSALS.index(reason), self._words[at]
        if not slot:
            self._put(at, word)
        elif slot - (key << left) >= len(REFUSALS):
            self._words[at] = word

    def _place_of(self, key: int, left: int) -> int:
        """Where the number stands, or would stand."""
        words, last = self._words, self._last
        at = key * self._odd >> self._shift & last
        while (slot := words[at]) and slot >> left != key:
            at = at + 1 & last
        return at

    def _put(self, at: int, word: int) -> None:
        self._words[at] = word
        self._count += 1
        if self._count * 4 > len(self._words) * 3:
            self._grow()

    def _grow(self) -> None:
        full = self._words
        self._open(2 * len(full))
        for word in full:
            if word:
                left = _OF_TAIWANESE if word >> _WORD - 1 else _OF_OTHERS
                self._words[self._place_of(word >> left, left)] = word

    def _open(self, slots: int) -> None:
        # Zeros that the system gives when they are touched.
        self._words = memoryview(bytearray(slots * _WORD // 8)).cast("Q")
        self._last = slots - 1
        self._shift = _WORD - self._last.bit_length()


def _key_of(mobile: str) -> tuple[int, int]:
    """The number as few bits, and how many of a word are left beside it."""
    number = int(mobile[1:])
    place = number - _TAIWANESE
    return (place | _IS_TAIWANESE, _OF_TAIWANESE) if 0 <= place < _HOW_MANY else (number, _OF_OTHERS)
