"""Plain BM25, the keyword search of hosts that load tools late: no stemming, no weights, no synonyms."""

import math
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence

Divide = Callable[[str], Sequence[str]]
"""How a run of Chinese characters becomes terms; hosts differ."""

_K1, _B = 1.5, 0.75
_PIECE = re.compile(r"[a-z0-9]+|[\u4e00-\u9fff]+")


def bigrams(run: str) -> Sequence[str]:
    """Each two neighbours; a character that stands alone is a term of its own."""
    return [run[at : at + 2] for at in range(len(run) - 1)] or [run]


def unigrams(run: str) -> Sequence[str]:
    """Each character."""
    return list(run)


def both(run: str) -> Sequence[str]:
    """Characters and pairs."""
    return [*unigrams(run), *(bigrams(run) if len(run) > 1 else ())]


class Index:
    """Texts by name, and what is nearest to a question."""

    def __init__(self, texts: Mapping[str, str], divide: Divide) -> None:
        """Count the terms of each text."""
        self._divide = divide
        self._counts = {name: Counter(self._terms(text)) for name, text in texts.items()}
        self._lengths = {name: counts.total() for name, counts in self._counts.items()}
        self._average = sum(self._lengths.values()) / len(texts)
        self._holding = Counter(term for counts in self._counts.values() for term in counts)

    def nearest(self, question: str) -> list[str]:
        """The names of what shares a term with the question, best first; a tie goes by name."""
        terms = list(self._terms(question))
        scores = {name: sum(self._score(term, name) for term in terms) for name in self._counts}
        return sorted((name for name in scores if scores[name] > 0), key=lambda name: (-scores[name], name))

    def _score(self, term: str, name: str) -> float:
        count = self._counts[name][term]
        holding = self._holding[term]
        rarity = math.log(1 + (len(self._counts) - holding + 0.5) / (holding + 0.5))
        length = 1 - _B + _B * self._lengths[name] / self._average
        return rarity * count * (_K1 + 1) / (count + _K1 * length)

    def _terms(self, text: str) -> Iterator[str]:
        for piece in _PIECE.findall(text.lower()):
            yield from [piece] if piece.isascii() else self._divide(piece)
