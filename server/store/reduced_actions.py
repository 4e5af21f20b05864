"""Actions of the ledger whose people are taken out: of those that have ended, and whose messages are old."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, bindparam, func, select

from server.store.actions import TERMINAL, Action
from server.store.plans import Connection
from server.store.record_tables import BATCHES
from server.store.rows import compare_and_set, in_state, step
from server.store.schema import ACTIONS

_ENDED = in_state(*sorted(TERMINAL))
_TOLD_OF_PEOPLE = and_(ACTIONS.c.vendor != "omis", ACTIONS.c.risk.in_(("spend", "destroy")))
"""Sends, campaigns' starts and ends, and the erasing of bookings: their questions showed texts."""
_MESSAGES_ARE_KEPT = (
    select(BATCHES.c.id).where(BATCHES.c.id == ACTIONS.c.id, BATCHES.c.reduced_at.is_(None)).exists()
)
_OLD = and_(
    _TOLD_OF_PEOPLE,
    _ENDED,
    ACTIONS.c.reduced_at.is_(None),
    ACTIONS.c.created_at < bindparam("before", type_=ACTIONS.c.created_at.type),
    ~_MESSAGES_ARE_KEPT,
)
_SOME_OLD = select(ACTIONS.c.id).where(_OLD).order_by(ACTIONS.c.sequence).limit(bindparam("at_most"))
_COUNT_OLD = select(func.count()).select_from(ACTIONS).where(_OLD)
_REDUCE = step(_ENDED, ACTIONS.c.reduced_at.is_(None))
_CHANGE = step(_ENDED)


def old_actions(conn: Connection, before: datetime, limit: int) -> Sequence[str]:
    """Ended actions that were proposed before this time, whose messages are not kept (any more), by age.

    A send that was denied, that expired or that failed has none.
    """
    return conn.scalars(_SOME_OLD, {"before": before, "at_most": limit}).all()


def count_old_actions(conn: Connection, before: datetime) -> int:
    """How many there are."""
    return conn.scalar(_COUNT_OLD, {"before": before}) or 0


def take_out_everybody(conn: Connection, left: Action, now: datetime) -> Action | None:
    """Leave of an action that has ended what is given; None when it has not, or when that was done before."""
    changed = {"arguments": left.arguments, "preview": left.preview, "outcome": left.outcome}
    return compare_and_set(conn, _REDUCE, left.id, **changed, vendor_answer="", reduced_at=now)


def take_out_one(
    conn: Connection, action_id: str, *, arguments: str, preview: str, vendor_answer: str
) -> Action | None:
    """Give an action that has ended these; None when it has not."""
    changed = {"arguments": arguments, "preview": preview, "vendor_answer": vendor_answer}
    return compare_and_set(conn, _CHANGE, action_id, **changed)


def holding(conn: Connection, text: str) -> tuple[Sequence[str], Sequence[str]]:
    """Actions whose arguments, preview or answer hold this text: those that have ended, and the others."""
    columns = (ACTIONS.c.arguments, ACTIONS.c.preview, ACTIONS.c.vendor_answer)
    found = select(ACTIONS.c.id).where(_TOLD_OF_PEOPLE, _holds(columns, text))
    return conn.scalars(found.where(_ENDED)).all(), conn.scalars(found.where(~_ENDED)).all()


def _holds(columns: Sequence[ColumnElement[str]], text: str) -> ColumnElement[bool]:
    first, *rest = (column.contains(text, autoescape=True) for column in columns)
    for each in rest:
        first |= each
    return first
