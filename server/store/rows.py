"""Rows of the ledger: reading one as an `Action`, and the compare-and-set that every step is.

The statements of every call are made once, with the module: to build one takes ten times as long as SQLite
takes to run it.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Connection, Executable, Select, bindparam, or_, select, update
from sqlalchemy.sql.dml import ReturningUpdate

from server.store.actions import Action, CallKey, State
from server.store.columns import Moment
from server.store.schema import ACTIONS
from tools.taipei import as_taipei

_NAMES = tuple(field.name for field in fields(Action))
_STATE = _NAMES.index("state")

WHOLE = tuple(ACTIONS.c[name] for name in _NAMES)
"""The columns of an action, in the order of its fields: to be selected or returned."""

AT: ColumnElement[datetime] = bindparam("at_moment", type_=Moment())
"""Now, in the conditions of a step."""

Step: TypeAlias = ReturningUpdate[Any]
"""A change of one action under conditions, as `step` makes it."""

_SELECT = select(*WHOLE)
_BY_ID = _SELECT.where(ACTIONS.c.id == bindparam("wanted_id"))


def actions_where(*conditions: ColumnElement[bool]) -> Select[Any]:
    """A query of whole actions."""
    return _SELECT.where(*conditions)


def first_where(*conditions: ColumnElement[bool]) -> Select[Any]:
    """A query of the first action, in the order of the proposals, that meets the conditions."""
    return actions_where(*conditions).order_by(ACTIONS.c.sequence).limit(1)


def fetch(conn: Connection, query: Select[Any], values: Mapping[str, object] | None = None) -> list[Action]:
    """The actions that a query of `actions_where` finds."""
    return [_action(row) for row in conn.execute(query, values)]


def fetch_one(
    conn: Connection, statement: Executable, values: Mapping[str, object] | None = None
) -> Action | None:
    """The one action that a statement over `WHOLE` finds or returns, if any."""
    row = conn.execute(statement, values).one_or_none()
    return None if row is None else _action(row)


def by_id(conn: Connection, action_id: str) -> Action | None:
    """The action with this id in the shown form."""
    return fetch_one(conn, _BY_ID, {"wanted_id": action_id})


def step(*conditions: ColumnElement[bool]) -> Step:
    """The statement of a step: to be made once, with the module. Now is `AT` in the conditions."""
    chosen = update(ACTIONS).where(ACTIONS.c.id == bindparam("wanted_id"), *conditions)
    return chosen.returning(*WHOLE)


def compare_and_set(conn: Connection, change: Step, action_id: str, **values: object) -> Action | None:
    """Change one action if the step's conditions still hold; None when they do not and nothing was changed.

    `values` are the columns' new values, and those of the conditions' parameters (`at_moment`).
    """
    return fetch_one(conn, change, {"wanted_id": action_id, **values})


def in_state(*states: State) -> ColumnElement[bool]:
    """The condition that an action stands in one of these states."""
    # Not IN: SQLAlchemy writes its list anew at every execution.
    return or_(*(ACTIONS.c.state == state for state in states))


def live_key(key: CallKey) -> str:
    """The key that only one live action of the same call can hold."""
    parts = [key.principal, key.tool, key.digest, key.request_id]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def taipei_day(moment: datetime) -> str:
    """The day in Asia/Taipei, `2026-01-31`: the caps' days are the operator's days."""
    return as_taipei(moment).date().isoformat()


def _action(row: Sequence[Any]) -> Action:
    values: dict[str, Any] = dict(zip(_NAMES, row, strict=True))
    values["state"] = State(row[_STATE])
    return Action(**values)
