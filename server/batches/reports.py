"""Reports of 2.1 become states of messages, and replies; what fits nothing goes to the quarantine."""

from datetime import datetime

from server.batches.inbox import Inbox, Reply
from server.batches.numbers import Who
from server.batches.unpacking import unpack_messages
from server.store.batches import ELSEWHERE, Batch, batch_by_vendor_id, set_batch
from server.store.events import DeliveryEvent, fold, unfold, unfolded
from server.store.forgetting import is_forgotten
from server.store.keys import HALF, forgotten_hash
from server.store.messages import BY_CALLBACK, Heard, hear, sealed_of
from server.store.plans import Connection
from server.store.quarantine import ASIDE, NOTED, count_callbacks, set_aside, take_back
from server.store.reports import reached
from tools.every8d.callbacks import REPLY, points_of, status_of

NO_BATCH, NO_MESSAGE = "no such batch", "no such message in the batch"
REDUCED = "the batch was reduced to counts"


def fold_reports(conn: Connection, inbox: Inbox, now: datetime, at_most: int) -> int:
    """Note what the newest reports say; how many there were. Each is noted once."""
    events = unfolded(conn, at_most)
    batches: dict[str, Batch | None] = {}
    changed: set[str] = set()
    aside: list[tuple[str, str, str]] = []
    for event in events:
        if event.batch_id not in batches:
            batches[event.batch_id] = batch_by_vendor_id(conn, event.batch_id)
        batch = batches[event.batch_id]
        why = NO_BATCH if batch is None else _noted(conn, event, batch, inbox)
        if batch is not None and not why:
            changed.add(batch.id)
        if why:
            aside.append((event.key, event.batch_id, why))
    set_aside(conn, aside, now)
    count_callbacks(conn, now, ASIDE, len(aside))
    count_callbacks(conn, now, NOTED, len(events) - len(aside))
    for batch_id in changed:
        set_batch(conn, batch_id, uncounted=True, heard_at=now)
    fold(conn, [event.key for event in events])
    return len(events)


def look_again(conn: Connection, batch_id: str) -> None:
    """A batch is known from now on: reports can come before what they are about is written down."""
    if batch_id:
        unfold(conn, batch_id)
        take_back(conn, batch_id)


def _noted(conn: Connection, event: DeliveryEvent, batch: Batch, inbox: Inbox) -> str:
    """Notes a report; why it fits no message, or ''."""
    if batch.reduced_at is not None:
        return _late(conn, event, batch, inbox)
    unpack_messages(conn, batch.id, inbox.key, inbox.seal)
    number = event.number[:HALF]
    sealed = sealed_of(conn, batch.id, number)
    forgotten = sealed is None and is_forgotten(conn, batch.id, number, inbox.key)
    if sealed is None and not forgotten:
        if batch.tool == ELSEWHERE and batch.asked_at is None:
            # Its messages are not all known yet: the vendor is asked for them.
            set_batch(conn, batch.id, next_at=event.received_at)
            return ""
        return NO_MESSAGE
    code, status = status_of(event.status)
    if code == REPLY and forgotten:
        inbox.hear_wish(conn, _reply(event, batch, None))
    elif code == REPLY:
        inbox.keep(conn, _reply(event, batch, inbox.seal.who(sealed or "", batch.id)))
    heard = Heard(
        batch=batch.id,
        number=forgotten_hash(inbox.key, number) if forgotten else number,
        record=event.record,
        code=code,
        state=status.kind,
        heard=BY_CALLBACK,
        heard_at=event.reported_at or event.received_at,
        sent_at=event.sent_at,
        received_at=event.reported_at if status.kind == "delivered" and code != REPLY else None,
        points=points_of(event.charge),
    )
    hear(conn, heard)
    return ""


def _late(conn: Connection, event: DeliveryEvent, batch: Batch, inbox: Inbox) -> str:
    """A batch that was reduced stays as it is; but whoever wants nothing more is heard all the same."""
    if status_of(event.status)[0] == REPLY and reached(conn, batch.id, event.number):
        inbox.hear_wish(conn, _reply(event, batch, None))
    return REDUCED


def _reply(event: DeliveryEvent, batch: Batch, who: Who | None) -> Reply:
    return Reply(
        batch=batch.id,
        number=event.number,
        who=who,
        text=event.text,
        at=event.reported_at,
        heard_at=event.received_at,
    )
