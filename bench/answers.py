"""What the parts of an answer cost, each against the least that could do the same.

Minima of many runs: they measure the code, and not what else the machine does.
"""

import csv
import io
from collections.abc import Iterator
from datetime import UTC, datetime

from pydantic import TypeAdapter

from bench.rows import Measured, Row, least
from server.gate.masking import present
from tools.every8d.delivery import GET_SMS_DELIVERY, DeliveryParams
from tools.operation import Reply, Surroundings
from tools.values import MobileArgument

NUMBER = Row(measure="validating a number", unit="µs", bar=3.0)
DELIVERY = Row(measure="1,000 delivery rows to the masked answer / csv.reader", unit="×", bar=12.0)
ROWS = (NUMBER, DELIVERY)


def measure() -> Iterator[Measured]:
    """Both rows."""
    yield _validating_a_number()
    yield _delivery_rows()


def _validating_a_number() -> Measured:
    """A number as a caller writes it, through the type that every argument has."""
    numbers = [f"09{12_000_000 + 37 * number:08d}" for number in range(1000)]
    adapter: TypeAdapter[list[str]] = TypeAdapter(list[MobileArgument])
    took = least(lambda: adapter.validate_python(numbers), 15)
    return NUMBER.at(took * 1000)


def _delivery_rows() -> Measured:
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
    return DELIVERY.at(took / floor, f"{took * 1000:.1f} ms, csv {floor * 1000:.2f} ms")
