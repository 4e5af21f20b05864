"""What a campaign comes to, counted text by text while its list is read."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from heapq import heappush, heappushpop

from tools.every8d.charging import INTERNATIONAL_FACTOR, PRICED_UNITS, parts_of, units, units_of_each
from tools.mobile import is_taiwanese

_LONGEST = 3


@lru_cache(maxsize=4096)
def _parts_of(length: int, domestic: bool) -> int:  # noqa: FBT001 - by place, for the cache
    return parts_of(length, domestic=domestic)


@dataclass(slots=True)
class Tally:
    """Recipients, parts and points, the longest texts, and who was left out for which reason."""

    recipients: int = 0
    points: int = 0
    by_parts: Counter[int] = field(default_factory=Counter[int])
    points_by_parts: Counter[int] = field(default_factory=Counter[int])
    excluded: Counter[str] = field(default_factory=Counter[str])
    estimates: int = 0
    """Texts longer than the vendor gives a price for."""
    abroad: int = 0
    texted: int = 0
    """Who had the very same text within 24 hours."""
    _longest: list[tuple[int, int, Sequence[str]]] = field(
        default_factory=list[tuple[int, int, Sequence[str]]]
    )

    def add(self, mobile: str, text: str, values: Sequence[str]) -> int:
        """Count a text, and the values that it was made with; its points."""
        return self._add(mobile, units(text), values)

    def add_each(
        self, mobiles: Iterable[str], texts: Sequence[str], values: Iterable[Sequence[str]]
    ) -> list[int]:
        """The same for many, in their order."""
        return [*map(self._add, mobiles, units_of_each(texts), values)]

    def _add(self, mobile: str, length: int, values: Sequence[str]) -> int:
        domestic = is_taiwanese(mobile)
        # Most of a list's texts are of a few lengths.
        parts = _parts_of(length, domestic)
        points = parts if domestic else parts * INTERNATIONAL_FACTOR
        self.recipients += 1
        self.points += points
        self.by_parts[parts] += 1
        self.points_by_parts[parts] += points
        self.estimates += length > PRICED_UNITS
        self.abroad += not domestic
        if len(self._longest) < _LONGEST:
            heappush(self._longest, (length, -self.recipients, values))
        elif length > self._longest[0][0]:
            heappushpop(self._longest, (length, -self.recipients, values))
        return points

    @property
    def longest(self) -> list[Sequence[str]]:
        """The values of the longest texts, the longest first."""
        return [values for _, _, values in sorted(self._longest, reverse=True)]

    @property
    def segments(self) -> list[tuple[int, int, int]]:
        """Parts, recipients whose text has so many, and their points; the fewest parts first."""
        return [(parts, count, self.points_by_parts[parts]) for parts, count in sorted(self.by_parts.items())]

    @property
    def parts(self) -> int:
        """Of the longest text."""
        return max(self.by_parts, default=0)

    @property
    def cost(self) -> Decimal:
        """All points."""
        return Decimal(self.points)
