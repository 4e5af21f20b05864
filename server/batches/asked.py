"""What the vendor answered when it was asked for a batch (EVERY8D 2.2, 2.3), noted message by message."""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime

from server.batches.numbers import NumberSeal, Who
from server.batches.unpacking import unpack_messages
from server.store.batches import ELSEWHERE, Batch, count_again, is_reduced, set_batch
from server.store.elsewhere import charged
from server.store.keys import HALF, forgotten_hash, hash_numbers
from server.store.messages import (
    BY_ASKING,
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
_STATE = 2
"""Behind name and number, a message is what became of it."""
_MOST_ALIKE = 10_000


class Asked:
    """One reading of a batch, page by page: several texts to one number are told apart by their order."""

    def __init__(self, batch: Batch, key: bytes, seal: NumberSeal, at: datetime) -> None:
        self._batch = batch
        self._key = key
        self._seal = seal
        self._at = at
        self._times: Counter[str] = Counter()
        self._alike: dict[tuple[Told, tuple[object, ...]], Told | None] = {}

    def note(self, conn: Connection, messages: Sequence[DeliveryMessage]) -> None:
        """Note some of its messages, in the vendor's order."""
        if is_reduced(conn, self._batch.id):
            return
        unpack_messages(conn, self._batch.id, self._key, self._seal)
        numbers = [each[:HALF] for each in hash_numbers(self._key, (each.mobile for each in messages))]
        told, forgotten = self._told(conn, set(numbers))
        changes, missing = dict[_Which, Told](), list[MessageRow]()
        for number, message in zip(numbers, messages, strict=True):
            nth = self._times[number]
            self._times[number] += 1
            which = (forgotten.get(number, number), nth)
            known = told.get(which)
            if known is None:
                if number not in forgotten:
                    missing.append(self._row(number, nth, message))
            elif (after := self._news(known, message)) is not None:
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

    def _news(self, known: Told, message: DeliveryMessage) -> Told | None:
        """What is known then, where that is new. Many messages of a batch went alike."""
        which = (known, message[_STATE:])
        if which not in self._alike:
            if len(self._alike) == _MOST_ALIKE:
                self._alike.clear()
            after = told_after(known, self._said(message))
            # That it was asked for again is the batch's to know: no row is written for it.
            self._alike[which] = None if after._replace(heard_at=known.heard_at) == known else after
        return self._alike[which]

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

    def _said(self, message: DeliveryMessage) -> Told:
        return Told(
            code=message.status_code,
            state=message.status_class,
            heard=BY_ASKING,
            heard_at=self._at,
            sent_at=message.sent_at,
            received_at=message.received_at,
            points=message.points,
        )

    def _row(self, number: str, nth: int, message: DeliveryMessage) -> MessageRow:
        return MessageRow(
            batch=self._batch.id,
            number=number,
            nth=nth,
            sealed=self._seal.seal(Who(message.mobile, message.name), self._batch.id),
            **told_after(Told(), self._said(message))._asdict(),
        )
