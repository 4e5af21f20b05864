"""A text with places for values: which of them goes where."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class Filling:
    """The text for Python's `%`, and for each of its places the number of the value that goes there."""

    pattern: str
    places: tuple[int, ...]

    @classmethod
    def between(cls, words: Iterable[str], places: Iterable[int]) -> Self:
        """A text whose places lie between these words."""
        return cls("%s".join(piece.replace("%", "%%") for piece in words), tuple(places))

    def of(self, values: Sequence[str]) -> str:
        """The text with these values."""
        return self.of_each((values,))[0]

    def of_each(self, those: Iterable[Sequence[str]]) -> list[str]:
        """The same for many, in their order."""
        pattern, places = self.pattern, self.places
        return [pattern % tuple([values[place] for place in places]) for values in those]
