"""The messages of a send as the records keep them."""

from collections import Counter
from collections.abc import Mapping, Sequence

from server.batches.numbers import NumberSeal, Who
from server.store.messages import MessageRow
from tools.every8d.sent import Addressed


def message_rows(
    batch: str, messages: Sequence[Addressed], halves: Mapping[str, str], seal: NumberSeal
) -> Sequence[MessageRow]:
    """A row for each; several texts to one number are told apart by their order.

    `halves` has the half of each number's keyed hash, which finds it in the records.
    """
    times: Counter[str] = Counter()
    rows: list[MessageRow] = []
    sealed = seal.seal_each([Who(each.mobile, each.name) for each in messages], batch)
    for each, hidden in zip(messages, sealed, strict=True):
        number = halves[each.mobile]
        rows.append(
            MessageRow(
                batch=batch,
                number=number,
                nth=times[number],
                record=each.record,
                sealed=hidden,
            )
        )
        times[number] += 1
    return rows
