"""How many different values came, in one block of words: some 16 bytes for each, and all let go at once.

The values of a set are objects: to spread half a million over a larger table, or to let them go, is one step
of the interpreter, in which nobody else has a turn for a twentieth of a second.
"""

_WORD = 64
_ANY = (1 << _WORD) - 1
_SLOTS = 1 << 10


class Distinct:
    """Values that are told apart by their hashes (`hash`), of which no one is expected to fall on another's.

    A table with open addressing. It grows word by word, so that others have their turns.
    """

    def __init__(self, slots: int = _SLOTS) -> None:
        """`slots` is a power of two."""
        self._count = 0
        self._open(slots)

    def __len__(self) -> int:
        return self._count

    def __contains__(self, hashed: int) -> bool:
        return bool(self._words[self._place_of(_word_of(hashed))])

    def add(self, hashed: int) -> bool:
        """Whether this one is new."""
        word = _word_of(hashed)
        at = self._place_of(word)
        if self._words[at]:
            return False
        self._words[at] = word
        self._count += 1
        if self._count * 4 > len(self._words) * 3:
            self._grow()
        return True

    def _place_of(self, word: int) -> int:
        """Where the word stands, or would stand."""
        words, last = self._words, self._last
        at = word & last
        while (slot := words[at]) and slot != word:
            at = at + 1 & last
        return at

    def _grow(self) -> None:
        full = self._words
        self._open(2 * len(full))
        for word in full:
            if word:
                self._words[self._place_of(word)] = word

    def _open(self, slots: int) -> None:
        # Zeros that the system gives when they are touched.
        self._words = memoryview(bytearray(slots * _WORD // 8)).cast("Q")
        self._last = slots - 1


def _word_of(hashed: int) -> int:
    """Never the zero of an empty place."""
    return hashed & _ANY or 1
