"""Looking actions up: one by its id or its batch, many by page."""

from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Select, bindparam, exists, func, or_, select

from server.store.actions import Action, ActionFilter
from server.store.plans import Connection
from server.store.rows import actions_where, by_id, fetch, fetch_one, first_where
from server.store.schema import ACTIONS
from tools.action_id import normalise_id

COUNT_LIMIT = 1_000
"""How far filtered rows are counted: counting a million takes longer than reading a page."""

_IS_SEND = ACTIONS.c.risk == "spend"
"""An erasing names the batch of a send as well."""

_SPELT = or_(
    *(ACTIONS.c.batch_id == bindparam(f"batch_{how}") for how in ("as_written", "in_lower", "in_upper"))
)
_THIS = ACTIONS.alias("this")
_IS_A_SEND_ITSELF = exists().where(_THIS.c.id == bindparam("this_action"), _THIS.c.risk == "spend")
_OTHER_SEND = (
    select(ACTIONS.c.id)
    .where(_SPELT, _IS_SEND, ACTIONS.c.id != bindparam("this_action"), _IS_A_SEND_ITSELF)
    .limit(1)
)
_BY_BATCH = first_where(_SPELT)


def get(conn: Connection, action_id: str) -> Action | None:
    """The action with this id, in whatever way somebody typed it."""
    return by_id(conn, normalise_id(action_id))


def by_batch(conn: Connection, batch_id: str) -> Action | None:
    """The action that the vendor gave this batch to: the oldest that carries the id, in capitals or not."""
    return fetch_one(conn, _BY_BATCH, _spellings(batch_id)) if batch_id else None


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
    return conn.scalar(_OTHER_SEND, {**_spellings(batch_id), "this_action": action_id}) is not None


def owner_of(batch_id: ColumnElement[str]) -> ScalarSelect[str]:
    """The same for a column of batches, within a query."""
    found = select(ACTIONS.c.principal).where(ACTIONS.c.batch_id == batch_id, _IS_SEND)
    return found.order_by(ACTIONS.c.sequence).limit(1).scalar_subquery()


def list_actions(
    conn: Connection, wanted: ActionFilter, page: int = 1, page_size: int = 50
) -> tuple[list[Action], int]:
    """A page of actions, newest first, pages counted from 1; and how many there are.

    The number is exact without a filter. With one it is exact below `COUNT_LIMIT`, or below the end of the
    page where that is further; from there on it means "at least".
    """
    skipped = (page - 1) * page_size
    conditions = _conditions(wanted)
    if not conditions:
        total = conn.scalar(select(func.max(ACTIONS.c.sequence))) or 0
        # No row is ever deleted, so the sequence tells where the page starts.
        query = actions_where(ACTIONS.c.sequence <= total - skipped)
        return fetch(conn, _newest_first(query).limit(page_size)), total
    query = _newest_first(actions_where(*conditions)).limit(page_size).offset(skipped)
    return fetch(conn, query), _count(conn, conditions, max(COUNT_LIMIT, skipped + page_size + 1))


def _newest_first(query: Select[Any]) -> Select[Any]:
    return query.order_by(ACTIONS.c.sequence.desc())


def _count(conn: Connection, conditions: list[ColumnElement[bool]], limit: int) -> int:
    some = select(ACTIONS.c.sequence).where(*conditions).limit(limit).subquery()
    return conn.scalar(select(func.count()).select_from(some)) or 0


def _conditions(wanted: ActionFilter) -> list[ColumnElement[bool]]:
    values = {
        ACTIONS.c.principal: wanted.principal,
        ACTIONS.c.tool: wanted.tool,
        ACTIONS.c.state: wanted.state,
        ACTIONS.c.day: wanted.day,
        ACTIONS.c.batch_id: wanted.batch_id,
        ACTIONS.c.campaign: wanted.campaign,
    }
    return [column == value for column, value in values.items() if value is not None]
