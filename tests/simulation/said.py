"""What the vendor said of each text when it was asked, as the records have it: the judge is told of it."""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.judge.witness import Witness

_HALF = 32
"""Characters of a number's hash that stand for it in the records."""
_ASKED = "SELECT batch, number, state FROM messages WHERE heard = 2"


@dataclass(slots=True, kw_only=True)
class Said:
    """Looks inside each transaction, with plain SQL."""

    witness: Witness
    hashes: Mapping[str, str]
    """The keyed hash of each number of the world."""
    _known: dict[tuple[str, str], str] = field(default_factory=dict[tuple[str, str], str])

    def look(self, raw: sqlite3.Connection) -> None:
        """Write down what is new."""
        for batch, half, state in raw.execute(_ASKED):
            if self._known.get((batch, half)) == state:
                continue
            self._known[batch, half] = state
            for number, hashed in self.hashes.items():
                if hashed[:_HALF] == half:
                    self.witness.told(batch.replace("-", ""), number, state)
