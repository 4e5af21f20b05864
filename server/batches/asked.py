"""What the vendor answered when it was asked for a batch (EVERY8D 2.2, 2.3), noted message by message."""

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import datetime

from server.batches.numbers import NumberSeal, Who
from server.store.batches import ELSEWHERE, Batch, count_again, is_reduced, set_batch
from server.store.elsewhere import charged
from server.store.keys import forgotten_hash, half_hash
from server.store.messages import (
    BY_ASKING,
    Heard,
    MessageRow,
    Told,
    add_messages,
    tell_each,
    told_after,
    told_of,
)
from server.store.plans import Connection
from tools.every8d.delivery import DeliveryMessage

_Which = tuple[str, int]
"""A message of a batch: the half hash of its number, and which of several to that number."""


class Asked:
    """One reading of a batch, page by page: several texts to one number are told apart by their order."""

    def __init__(self, batch: Batch, key: bytes, seal: NumberSeal, at: datetime) -> None:
        self._batch = batch
        self._key = key
        self._seal = seal
        self._at = at
        self._times: Counter[str] = Counter()

    def note(self, conn: Connection, messages: Iterable[DeliveryMessage]) -> None:
        """Note some of its messages, in the vendor's order."""
        if is_reduced(conn, self._batch.id):
            return
        heard = [(self._next(message), message) for message in messages]
        told, forgotten = self._told(conn, {each.number for each, _ in heard})
        changes, missing = dict[tuple[str, int], Told](), list[MessageRow]()
        for each, message in heard:
            which = (forgotten.get(each.number, each.number), each.nth)
            known = told.get(which)
            if known is None:
                if each.number not in forgotten:
                    missing.append(self._row(each, message))
                continue
            after = told_after(known, each)
            # That it was asked for again is the batch's to know: no row is written for it.
            if after._replace(heard_at=known.heard_at) != known:
                changes[which] = after
        tell_each(conn, self._batch.id, changes)
        add_messages(conn, missing)

    def _told(self, conn: Connection, numbers: Collection[str]) -> tuple[dict[_Which, Told], dict[str, str]]:
        """What is known of these numbers' messages; and of those that are forgotten, what stands for them."""
        told = told_of(conn, self._batch.id, [*numbers])
        missing = set(numbers) - {number for number, _ in told}
        perhaps = {forgotten_hash(self._key, number): number for number in missing}
        of_forgotten = told_of(conn, self._batch.id, [*perhaps])
        return told | of_forgotten, {perhaps[other]: other for other, _ in of_forgotten}

    def _next(self, message: DeliveryMessage) -> Heard:
        number = half_hash(self._key, message.mobile)
        nth = self._times[number]
        self._times[number] += 1
        return self._heard(number, nth, message)

    def done(self, conn: Connection, *, complete: bool) -> None:
        """Count, and note when the vendor was asked; a batch that was sent elsewhere learns its size."""
        if is_reduced(conn, self._batch.id):
            return
        heard_at = self._batch.heard_at
        newest = self._at if heard_at is None else max(heard_at, self._at)
        total = sum(self._times.values())
        known = {"recipients": total} if complete and total > self._batch.recipients else {}
        asked = {"asked_at": self._at} if complete else {}
        if self._batch.tool == ELSEWHERE:
            asked |= {"points": charged(conn, self._batch.id)}
        set_batch(conn, self._batch.id, heard_at=newest, **known, **asked)
        count_again(conn, self._batch.id)

    def _heard(self, number: str, nth: int, message: DeliveryMessage) -> Heard:
        return Heard(
            batch=self._batch.id,
            number=number,
            nth=nth,
            code=message.status_code,
            state=message.status_class,
            heard=BY_ASKING,
            heard_at=self._at,
            sent_at=message.sent_at,
            received_at=message.received_at,
            points=message.points,
        )

    def _row(self, heard: Heard, message: DeliveryMessage) -> MessageRow:
        return MessageRow(
            batch=heard.batch,
            number=heard.number,
            nth=heard.nth,
            sealed=self._seal.seal(Who(message.mobile, message.name), heard.batch),
            **told_after(Told(), heard)._asdict(),
        )
