"""What reading costs: one function a row of the table, each against the least that could do the same.

Minima of many runs: they measure the code, and not what else the machine does. `python bench/rows.py` prints
the rows, and fails when one is above its bar.
"""

import csv
import io
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from pydantic import TypeAdapter

from server.gate.masking import present
from tools.every8d.delivery import GET_SMS_DELIVERY, DeliveryParams
from tools.operation import Reply, Surroundings
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
        began = time.process_time()
        work()
        best = min(best, time.process_time() - began)
    return best


def validating_a_number() -> list[Row]:
    """A number as a caller writes it, through the type that every argument has."""
    numbers = [f"09{12_000_000 + 37 * number:08d}" for number in range(1000)]
    adapter: TypeAdapter[list[str]] = TypeAdapter(list[MobileArgument])
    took = least(lambda: adapter.validate_python(numbers), 15)
    return [Row(measure="validating a number", value=took * 1000, bar=3.0, unit="µs")]


def delivery_rows() -> list[Row]:
    """A page of 1,000 messages, sent at once and received within five minutes: from text to answer."""
    rows = "".join(
        f"\t09{12_000_000 + n:08d}\t2026/03/02 14:25:55\t1.0\t{103 if n % 3 else 100}"
        f"\t2026/03/02 14:{26 + n % 300 // 60}:{n % 60:02d}\n"
        for n in range(1000)
    )
    text = f"1000\r\n{rows}"
    reply = Reply(status=200, body=text.encode())
    params = DeliveryParams(batch_id="220478cc-8506-49b2-93b7-2505f651c12e").model_copy(
        update={"page_size": 1000}
    )

    def answer() -> None:
        steps = GET_SMS_DELIVERY.steps(params, Surroundings(now=datetime.now(UTC)))
        next(steps)
        try:
            steps.send(reply)
        except StopIteration as end:
            present(end.value, show_numbers=False)

    floor = least(lambda: list(csv.reader(io.StringIO(text), delimiter="\t")), 60)
    took = least(answer, 30)
    return [Row(measure="1,000 delivery rows to the answer / csv", value=took / floor, bar=12.0, unit="×")]


ROWS: tuple[Callable[[], list[Row]], ...] = (validating_a_number, delivery_rows)


def main() -> int:
    """Measure every row, and print it."""
    rows = [row for measure in ROWS for row in measure()]
    for row in rows:
        print(f"{row.measure:60} {row.value:8.2f} {row.unit}, at most {row.bar}")
    return 0 if all(row.value <= row.bar for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
