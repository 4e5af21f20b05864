"""Which delivery report is about which send (EVERY8D 2.1): a report settles nothing else."""

from datetime import timedelta

from sqlalchemy import select

from server.store.actions import Action
from server.store.events import DeliveryEvent, events_with_reference
from server.store.lookup import other_send_of
from server.store.packed_texts import packed_of
from server.store.plans import Connection
from server.store.schema import ACTIONS, RECIPIENT_TEXTS
from tools.action_id import reference_of

_CLOCKS_APART = timedelta(minutes=10)
_MMS = "send_mms"
"""The one send whose SUBJECT is the sender's own, so that it can be the reference of another."""


def report_about(conn: Connection, action: Action) -> DeliveryEvent | None:
    """A report that proves that this send arrived."""
    found = events_with_reference(conn, reference_of(action.id))
    return next((event for event in found if is_about(conn, event, action)), None)


def is_about(conn: Connection, event: DeliveryEvent, action: Action) -> bool:
    """Whether a report is about this send: its vendor, kind, reference, batch, time and one of its numbers.

    An MMS can have the reference as its subject, which its recipients see and the sender chooses.
    """
    return (
        (action.vendor, action.risk) == ("every8d", "spend")
        and action.tool != _MMS
        and event.reference.partition(" ")[0] == reference_of(action.id)
        and _came_after(event, action)
        and reached(conn, action.id, event.number)
        and not other_send_of(conn, event.batch_id, action.id)
        and not _is_subject_of_an_mms(conn, action)
    )


def _came_after(event: DeliveryEvent, action: Action) -> bool:
    sent, reported = action.dispatched_at, event.reported_at
    return sent is not None and reported is not None and reported >= sent - _CLOCKS_APART


def reached(conn: Connection, action_id: str, number: str) -> bool:
    """Whether a send texted this number, by its keyed hash."""
    table = RECIPIENT_TEXTS.c
    found = select(table.action_id).where(table.action_id == action_id, table.recipient == number)
    if conn.scalar(found.limit(1)) is not None:
        return True
    packed = packed_of(conn, action_id)
    return packed is not None and number in packed.recipients


def _is_subject_of_an_mms(conn: Connection, action: Action) -> bool:
    """Asked only for a report that would settle an unknown outcome, which is rare."""
    holds = ACTIONS.c.arguments.contains(reference_of(action.id), autoescape=True)
    return conn.scalar(select(ACTIONS.c.id).where(ACTIONS.c.tool == _MMS, holds).limit(1)) is not None
