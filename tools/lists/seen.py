"""Which numbers a list has had already: 12.5 MB for all Taiwanese mobiles, and 8 bytes a row with fields."""

from array import array

_TAIWANESE = 886_900_000_000
_HOW_MANY = 100_000_000
_DIGEST = 0xFFFF_FFFF


class Seen:
    """The numbers that came, and what they came with, so that a repeat can be told that differs."""

    def __init__(self) -> None:
        self._bits = bytearray(_HOW_MANY // 8)
        self._abroad: dict[int, int] = {}
        """Numbers that are not Taiwanese mobiles, and what they came with."""
        self._places, self._digests = array("I"), array("I")
        self._repeats: list[tuple[int, int, int]] = []

    def is_new(self, mobile: str, row: int, fields: tuple[str, ...]) -> bool:
        """Whether the number (E.164) comes for the first time; it is remembered."""
        place, digest = int(mobile[1:]) - _TAIWANESE, hash(fields) & _DIGEST
        if not 0 <= place < _HOW_MANY:
            new = place not in self._abroad
            self._abroad.setdefault(place, digest)
        else:
            new = self._mark(place)
            if new and fields:
                self._places.append(place)
                self._digests.append(digest)
        if not new:
            self._repeats.append((place, row, digest))
        return new

    def _mark(self, place: int) -> bool:
        byte, bit = place >> 3, 1 << (place & 7)
        if self._bits[byte] & bit:
            return False
        self._bits[byte] |= bit
        return True

    def differing(self) -> list[int]:
        """The rows that repeat a number with other fields than it came with first."""
        repeated = {place for place, _, _ in self._repeats}
        pairs = zip(self._places, self._digests, strict=True)
        first = self._abroad | {place: digest for place, digest in pairs if place in repeated}
        return [row for place, row, digest in self._repeats if first.get(place, digest) != digest]
