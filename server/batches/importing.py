"""A batch that was sent elsewhere becomes one of the records, as the vendor tells of it (2.2, 2.3)."""

from datetime import datetime

from server.batches.keeper import alike
from server.batches.memory import Memory
from server.batches.reports import look_again
from server.store.asking_plan import next_ask, went_out
from server.store.batches import ELSEWHERE, SENT, Batch, add_batch, batch_by_vendor_id
from server.store.elsewhere import free_id, perhaps_ours
from server.store.plans import Connection
from server.store.rows import taipei_day
from tools.every8d.delivery import Messages


async def imported(memory: Memory, batch_id: str, kind: str, found: Messages, principal: str) -> bool:
    """Keep it as this principal's, which uses the pages up; False when it came into the records meanwhile."""
    keeper = memory.keeper
    key = await keeper.key()
    # As the vendor writes it, whoever typed it: its reports are found by that.
    batch_id = batch_id.lower()

    def work(conn: Connection) -> Batch | None:
        if batch_by_vendor_id(conn, batch_id) is not None:
            return None
        now = keeper.clock()
        sent_at, send_at = _times(found, now)
        batch = Batch(
            id=free_id(conn),
            batch_id=batch_id,
            principal=principal,
            tool=ELSEWHERE,
            kind=kind,
            state=SENT,
            subject="",
            words="",
            # Its text is not known, so it is like no other.
            alike=alike(key, batch_id),
            day=taipei_day(sent_at),
            sent_at=sent_at,
            send_at=send_at,
            recipients=found.total,
            parts=None,
            points=None,
            next_at=next_ask(went_out(sent_at, send_at), 0, now),
        )
        add_batch(conn, batch)
        look_again(conn, batch_id)
        return batch

    batch = await keeper.write(work)
    if batch is None:
        return False
    reading = await memory.reading(batch)
    # Each page is let go once it is noted: all of them at once would be one long step.
    while found.pages:
        await reading.note(found.pages.pop(0))
    await reading.end(complete=found.complete)
    return True


async def may_be_ours(memory: Memory, batch: Batch) -> list[str]:
    """Sends of unknown outcome that it may be."""
    return await memory.keeper.read(lambda conn: perhaps_ours(conn, batch))


def _times(found: Messages, now: datetime) -> tuple[datetime, datetime | None]:
    """When it was sent, and for when it is booked where that lies ahead, by the first of its messages."""
    first = min((each.sent_at for each in found if each.sent_at), default=now)
    return (now, first) if first > now else (first, None)
