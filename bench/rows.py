"""What reading costs: one function a row of the table, each against the least that could do the same.

Minima of many runs: they measure the code, and not what else the machine does. `python bench/rows.py` prints
the rows, and fails when one is above its bar.
"""

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

from pydantic import TypeAdapter

from tools.values import MobileArgument


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One measured figure, and the most that it may be."""

    measure: str
    value: float
    bar: float
    unit: str

    def facts(self) -> dict[str, object]:
        """For machines."""
        return {
            "measure": self.measure,
            "value": round(self.value, 2),
            "bar": self.bar,
            "unit": self.unit,
            "passed": self.value <= self.bar,
        }


def least(work: Callable[[], object], runs: int) -> float:
    """Seconds of the quickest of several runs."""
    best = float("inf")
    for _ in range(runs):
        began = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - began)
    return best


def validating_a_number() -> list[Row]:
    """A number as a caller writes it, through the type that every argument has."""
    numbers = [f"09{12_000_000 + 37 * number:08d}" for number in range(1000)]
    adapter: TypeAdapter[list[str]] = TypeAdapter(list[MobileArgument])
    took = least(lambda: adapter.validate_python(numbers), 15)
    return [Row(measure="validating a number", value=took * 1000, bar=3.0, unit="µs")]


ROWS: tuple[Callable[[], list[Row]], ...] = (validating_a_number,)


def main() -> int:
    """Measure every row, and print it."""
    rows = [row for measure in ROWS for row in measure()]
    for row in rows:
        print(f"{row.measure:60} {row.value:8.2f} {row.unit}, at most {row.bar}")
    return 0 if all(row.value <= row.bar for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
