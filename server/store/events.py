"""Delivery events: what the vendor's callback reported (EVERY8D 2.1), each once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from operator import attrgetter

from sqlalchemy import bindparam, func, insert, or_, select, update

from server.store.lookup import owner_of
from server.store.plans import Connection
from server.store.schema import DELIVERY_EVENTS


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryEvent:
    """One callback. `key` is the same for every repetition of it (up to ten, EVERY8D 2.1).

    `record` is MR, `message_id` MSGID, `number` the keyed hash of RM and `mobile` what people may see of it,
    `status` STATUS, `reported_at` RT, `sent_at` ST, `text` SM, `reference` SUBJECT, `charge` CHARGE.
    """

    key: str
    batch_id: str
    record: str
    number: str
    mobile: str
    status: str
    reported_at: datetime | None
    sent_at: datetime | None = None
    message_id: str = ""
    text: str = ""
    reference: str = ""
    charge: str = ""
    received_at: datetime


_EVENTS = select(*(column for column in DELIVERY_EVENTS.c if column.name != "folded"))
_NAMES = tuple(field.name for field in fields(DeliveryEvent))
_values_of = attrgetter(*_NAMES)
_KNOWN = select(DELIVERY_EVENTS.c.key).where(DELIVERY_EVENTS.c.key.in_(bindparam("those", expanding=True)))
_INSERT = insert(DELIVERY_EVENTS)


def record_event(conn: Connection, delivery: DeliveryEvent) -> bool:
    """Keep an event; False when it is known already, and then nothing changes."""
    return bool(record_events(conn, [delivery]))


def record_events(conn: Connection, deliveries: Iterable[DeliveryEvent]) -> list[DeliveryEvent]:
    """Keep those that are not known yet, each once; these, in their order."""
    by_key: dict[str, DeliveryEvent] = {}
    for each in deliveries:
        by_key.setdefault(each.key, each)
    known = set(conn.scalars(_KNOWN, {"those": _padded(list(by_key))}))
    fresh = [each for key, each in by_key.items() if key not in known]
    if fresh:
        conn.execute(_INSERT, [dict(zip(_NAMES, _values_of(each), strict=True)) for each in fresh])
    return fresh


def _padded(keys: list[str]) -> list[str]:
    """As many as the next power of two, so that few lengths of the statement are made."""
    return keys + keys[-1:] * ((1 << (len(keys) - 1).bit_length()) - len(keys)) if keys else keys


def list_events(
    conn: Connection, batch_id: str, page: int = 1, page_size: int = 50
) -> tuple[list[DeliveryEvent], int]:
    """A page of a batch's events in the order of their reports, whenever they came in; and how many."""
    table = DELIVERY_EVENTS.c
    query = (
        _EVENTS.where(table.batch_id == batch_id)
        .order_by(table.reported_at.asc().nulls_first(), table.key)
        .limit(page_size)
        .offset((page - 1) * page_size)
    )
    count = select(func.count()).select_from(DELIVERY_EVENTS).where(table.batch_id == batch_id)
    events = [DeliveryEvent(**row) for row in conn.execute(query).mappings()]
    return events, conn.scalar(count) or 0


def newest_events(
    conn: Connection, batch_id: str = "", limit: int = 2_000, *, whose: tuple[str, bool] | None = None
) -> list[DeliveryEvent]:
    """The newest events of a batch, or of all when it is empty; at most `limit`.

    `whose` leaves those of a principal's batches; when its second is true, those sent elsewhere as well.
    """
    table = DELIVERY_EVENTS.c
    query = _EVENTS.order_by(table.received_at.desc(), table.key).limit(limit)
    if batch_id:
        query = query.where(table.batch_id == batch_id)
    if whose is not None:
        principal, elsewhere = whose
        owner = owner_of(table.batch_id)
        own = owner == principal
        query = query.where(or_(own, owner.is_(None)) if elsewhere else own)
    return [DeliveryEvent(**row) for row in conn.execute(query).mappings()]


_WITH_REFERENCE = _EVENTS.where(
    or_(
        DELIVERY_EVENTS.c.reference == bindparam("alone"),
        DELIVERY_EVENTS.c.reference.like(bindparam("before_a_note")),
    )
).order_by(DELIVERY_EVENTS.c.received_at, DELIVERY_EVENTS.c.key)


def events_with_reference(conn: Connection, reference: str) -> list[DeliveryEvent]:
    """Events whose SUBJECT begins with this reference; SB is the reference, then the sender's own note.

    A reference is one of ours, of digits and letters alone.
    """
    begins = {"alone": reference, "before_a_note": f"{reference} %"}
    return [DeliveryEvent(**row) for row in conn.execute(_WITH_REFERENCE, begins).mappings()]


_UNFOLDED = (
    _EVENTS.where(DELIVERY_EVENTS.c.folded.is_(False))
    .order_by(DELIVERY_EVENTS.c.received_at, DELIVERY_EVENTS.c.key)
    .limit(bindparam("at_most"))
)
_FOLD = update(DELIVERY_EVENTS).where(DELIVERY_EVENTS.c.key == bindparam("of_key")).values(folded=True)

_UNFOLD = (
    update(DELIVERY_EVENTS)
    .where(DELIVERY_EVENTS.c.batch_id == bindparam("of_batch"), DELIVERY_EVENTS.c.folded.is_(True))
    .values(folded=False)
)


def unfolded(conn: Connection, at_most: int) -> list[DeliveryEvent]:
    """Events that the messages do not know of yet, oldest first."""
    return [DeliveryEvent(**row) for row in conn.execute(_UNFOLDED, {"at_most": at_most}).mappings()]


def fold(conn: Connection, keys: Sequence[str]) -> None:
    """The messages know of these events now."""
    if keys:
        conn.execute(_FOLD, [{"of_key": key} for key in keys])


def unfold(conn: Connection, batch_id: str) -> None:
    """A batch is known from now on: what was reported of it before is looked at again."""
    conn.execute(_UNFOLD, {"of_batch": batch_id})
