"""What a campaign comes to, counted text by text while its list is read."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from heapq import heappush, heappushpop

from tools.every8d.charging import INTERNATIONAL_FACTOR, PRICED_UNITS, parts_of, units_of_each
from tools.mobile import is_taiwanese

_LONGEST = 3


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
        return self.add_each([mobile], [text], [values])[0]

    def add_each(
        self, mobiles: Iterable[str], texts: Sequence[str], values: Sequence[Sequence[str]]
    ) -> list[int]:
        """The same for many, in their order."""
        lengths = units_of_each(texts)
        kinds = [*zip(lengths, map(is_taiwanese, mobiles), strict=True)]
        # Most of a list's texts are of a few lengths.
        alike = Counter(kinds)
        points = {kind: self._add(*kind, count) for kind, count in alike.items()}
        self._note_longest(lengths, values)
        self.recipients += len(texts)
        return [points[kind] for kind in kinds]

    def _add(self, length: int, domestic: bool, count: int) -> int:  # noqa: FBT001 - by place, for many
        """Count so many texts of a length; the points of each."""
        parts = parts_of(length, domestic=domestic)
        points = parts if domestic else parts * INTERNATIONAL_FACTOR
        self.points += points * count
        self.by_parts[parts] += count
        self.points_by_parts[parts] += points * count
        self.estimates += count * (length > PRICED_UNITS)
        self.abroad += 0 if domestic else count
        return points

    def _note_longest(self, lengths: Sequence[int], values: Sequence[Sequence[str]]) -> None:
        longest = self._longest
        if len(longest) == _LONGEST and max(lengths, default=0) <= longest[0][0]:
            return
        for number, (length, those) in enumerate(zip(lengths, values, strict=True), self.recipients + 1):
            if len(longest) < _LONGEST:
                heappush(longest, (length, -number, those))
            elif length > longest[0][0]:
                heappushpop(longest, (length, -number, those))

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
