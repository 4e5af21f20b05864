"""Which numbers a list has had already: 12.5 MB for all Taiwanese mobiles, however long it is."""

from array import array

_TAIWANESE = 886_900_000_000
_HOW_MANY = 100_000_000


class Seen:
    """The numbers that came, and what they came with, so that a repeat can be told that differs."""

    def __init__(self) -> None:
        self._bits = bytearray(_HOW_MANY // 8)
        self._abroad: set[int] = set()
        self._numbers, self._digests = array("Q"), array("q")
        self._repeats: list[tuple[int, int, int]] = []

    def is_new(self, mobile: str, row: int, fields: tuple[str, ...]) -> bool:
        """Whether the number (E.164) comes for the first time; it is remembered."""
        number = int(mobile[1:])
        new = self._mark(number)
        if not new:
            self._repeats.append((number, row, hash(fields)))
        elif fields:
            self._numbers.append(number)
            self._digests.append(hash(fields))
        return new

    def _mark(self, number: int) -> bool:
        place = number - _TAIWANESE
        if not 0 <= place < _HOW_MANY:
            before = len(self._abroad)
            self._abroad.add(number)
            return len(self._abroad) > before
        byte, bit = place >> 3, 1 << (place & 7)
        if self._bits[byte] & bit:
            return False
        self._bits[byte] |= bit
        return True

    def differing(self) -> list[int]:
        """The rows that repeat a number with other fields than it came with first."""
        repeated = {number for number, _, _ in self._repeats}
        first = {
            number: digest
            for number, digest in zip(self._numbers, self._digests, strict=True)
            if number in repeated
        }
        return [row for number, row, digest in self._repeats if first.get(number, digest) != digest]
