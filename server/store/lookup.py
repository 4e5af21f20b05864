"""Looking an action up by its id or its batch."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, FromClause, ScalarSelect, and_, bindparam, exists, or_, select

from server.store.actions import Action
from server.store.plans import Connection
from server.store.rows import WHOLE, actions_where, by_id, fetch, fetch_one, first_where, remembered
from server.store.schema import ACTIONS
from tools.action_id import normalise_id

_IS_SEND = ACTIONS.c.risk == "spend"
"""An erasing names the batch of a send as well."""


def _spelt(actions: FromClause) -> ColumnElement[bool]:
    ways = ("as_written", "in_lower", "in_upper")
    return or_(*(actions.c.batch_id == bindparam(f"batch_{how}") for how in ways))


_OTHER = ACTIONS.alias("other")
_ROW_AND_OTHER = select(
    *WHOLE,
    and_(
        _IS_SEND,
        exists().where(_spelt(_OTHER), _OTHER.c.risk == "spend", _OTHER.c.id != bindparam("this_action")),
    ).label("has_other"),
).where(ACTIONS.c.id == bindparam("this_action"))
_BY_BATCH = first_where(_spelt(ACTIONS))
_BY_REQUESTS = actions_where(
    ACTIONS.c.principal == bindparam("of_principal"),
    ACTIONS.c.request_id.in_(bindparam("request_ids", expanding=True)),
)


def get(conn: Connection, action_id: str) -> Action | None:
    """The action with this id, in whatever way somebody typed it."""
    return by_id(conn, normalise_id(action_id))


def by_batch(conn: Connection, batch_id: str) -> Action | None:
    """The action that the vendor gave this batch to: the oldest that carries the id, in capitals or not."""
    return fetch_one(conn, _BY_BATCH, _spellings(batch_id)) if batch_id else None


def first_of(conn: Connection, action: Action) -> Action:
    """What a safe retry sends again; any other action is its own first."""
    return (get(conn, action.retry_of) if action.retry_of else None) or action


def by_requests(conn: Connection, principal: str, request_ids: Sequence[str]) -> list[Action]:
    """The actions of this principal that were asked for under one of these."""
    return fetch(conn, _BY_REQUESTS, {"of_principal": principal, "request_ids": [*request_ids]})


def _spellings(batch_id: str) -> dict[str, str]:
    return {
        "batch_as_written": batch_id,
        "batch_in_lower": batch_id.lower(),
        "batch_in_upper": batch_id.upper(),
    }


def owner_of_batch(conn: Connection, batch_id: str) -> str | None:
    """The principal whose send got this batch; None when no send of ours did.

    The vendor takes an id in capitals as well, so both are looked for.
    """
    spellings = [batch_id, batch_id.lower(), batch_id.upper()]
    found = select(ACTIONS.c.principal).where(ACTIONS.c.batch_id.in_(spellings), _IS_SEND)
    return conn.scalar(found.order_by(ACTIONS.c.sequence).limit(1))


def other_send_of(conn: Connection, batch_id: str, action_id: str) -> bool:
    """Whether this action is a send, and another send got this batch, however its id is written."""
    if not batch_id:
        return False
    row = conn.execute(_ROW_AND_OTHER, {**_spellings(batch_id), "this_action": action_id}).one_or_none()
    if row is None:
        return False
    # Whoever asks changes it next, and has to know what it was.
    *whole, has_other = row
    remembered(conn, whole)
    return bool(has_other)


def owner_of(batch_id: ColumnElement[str]) -> ScalarSelect[str]:
    """The same for a column of batches, within a query."""
    found = select(ACTIONS.c.principal).where(ACTIONS.c.batch_id == batch_id, _IS_SEND)
    return found.order_by(ACTIONS.c.sequence).limit(1).scalar_subquery()
