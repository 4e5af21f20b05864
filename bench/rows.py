"""A row of the table: what is measured, what came out, and what it may be."""

import json
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A figure and its bar: the most that it may be, or the least where more is better."""

    measure: str
    unit: str
    bar: float
    more_is_better: bool = False

    def passes(self, value: float) -> bool:
        """Whether this figure keeps to the bar."""
        return value >= self.bar if self.more_is_better else value <= self.bar

    def at(self, value: float, note: str = "") -> "Measured":
        """The row with its figure; `note` is what the figure was made of."""
        return Measured(row=self, value=value, note=note)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A row with its figure; without one the measuring itself failed, and `note` says how."""

    row: Row
    value: float | None
    note: str = ""

    @property
    def passed(self) -> bool:
        """Whether there is a figure that keeps to the bar."""
        return self.value is not None and self.row.passes(self.value)

    def facts(self) -> dict[str, object]:
        """For machines."""
        return {
            "measure": self.row.measure,
            "value": None if self.value is None else round(self.value, 3),
            "unit": self.row.unit,
            "bar": self.row.bar,
            "more_is_better": self.row.more_is_better,
            "passed": self.passed,
            "note": self.note,
        }


def found_in(line: str, rows: Iterable[Row]) -> Measured:
    """What another process measured of one of these rows, from its line of JSON."""
    told: Mapping[str, Any] = json.loads(line)
    row = next(row for row in rows if row.measure == told["measure"])
    return Measured(row=row, value=told["value"], note=told["note"])


def least(work: Callable[[], object], runs: int) -> float:
    """Seconds of the processor in the quickest of several runs."""
    best = float("inf")
    for _ in range(runs):
        began = time.process_time()
        work()
        best = min(best, time.process_time() - began)
    return best
