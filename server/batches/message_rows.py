"""The messages of a send as the records keep them."""

from collections import Counter
from collections.abc import Sequence

from server.batches.numbers import NumberSeal, Who
from server.store.keys import half_hash
from server.store.messages import MessageRow
from tools.every8d.sent import Addressed


def message_rows(
    batch: str, messages: Sequence[Addressed], key: bytes, seal: NumberSeal
) -> Sequence[MessageRow]:
    """A row for each; several texts to one number are told apart by their order."""
    times: Counter[str] = Counter()
    rows: list[MessageRow] = []
    for each in messages:
        number = half_hash(key, each.mobile)
        rows.append(
            MessageRow(
                batch=batch,
                number=number,
                nth=times[number],
                record=each.record,
                sealed=seal.seal(Who(each.mobile, each.name), batch),
            )
        )
        times[number] += 1
    return rows
