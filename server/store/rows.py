"""Rows of the ledger: reading one as an `Action`, and the compare-and-set that every step is.

The statements of every call are made once, with the module: to build one takes ten times as long as SQLite
takes to run it.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Executable, Select, bindparam, or_, select, update
from sqlalchemy.sql.dml import ReturningUpdate

from server.store.actions import Action, CallKey, State
from server.store.changes import Stored, as_stored, changed, reported
from server.store.columns import Moment, Points, moment_of, points_of
from server.store.plans import Connection
from server.store.schema import ACTIONS
from tools.taipei import as_taipei

_NAMES = tuple(field.name for field in fields(Action))
_COLUMNS = (*(ACTIONS.c[name] for name in _NAMES), *(each for each in ACTIONS.c if each.name not in _NAMES))
STORED = Stored(_COLUMNS)
"""How the audit's chain says a row of `WHOLE`."""

WHOLE = tuple(as_stored(column) for column in _COLUMNS)
"""The columns of an action, first those of its fields, in their order: to be selected or returned."""

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
    # As it was: so an edit is found although this step changes the row again. Once a transaction.
    known = reported(conn, ACTIONS, action_id)
    before = None if known else conn.execute(_BY_ID, {"wanted_id": action_id}).one_or_none()
    return stepped(conn, change, {"wanted_id": action_id, **values}, before)


def stepped(
    conn: Connection,
    statement: Executable,
    values: Mapping[str, object],
    before: Sequence[Any] | None = None,
) -> Action | None:
    """The action as a statement that returns `WHOLE` left it, reported as changed; None when it left none.

    `before` is the row as it was: None when there was none, or when it was reported in this transaction.
    """
    row = conn.execute(statement, values).one_or_none()
    if row is None:
        return None
    was = None if before is None else STORED.row(before)
    changed(conn, ACTIONS, row[0], STORED.row(row), before=was)
    return _action(row)


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
    values = zip(_READINGS, row, strict=False)
    return Action(**{name: value if read is None else read(value) for (name, read), value in values})


def _reading(name: str) -> Callable[[Any], Any] | None:
    """How a field is made of what the driver gives; None where it is the same."""
    if name == "state":
        return State
    if name == "out_of_band":
        return bool
    if isinstance(ACTIONS.c[name].type, Moment):
        return lambda text: text and moment_of(text)
    if isinstance(ACTIONS.c[name].type, Points):
        return lambda units: None if units is None else points_of(units)
    return None


_READINGS = tuple((name, _reading(name)) for name in _NAMES)
