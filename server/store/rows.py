"""Rows of the ledger: reading one as an `Action`, and the compare-and-set that every step is.

The statements of every call are made once, with the module: to build one takes ten times as long as SQLite
takes to run it.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from operator import attrgetter
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Executable, Select, bindparam, or_, select, update
from sqlalchemy.sql.dml import ReturningUpdate

from server.store.actions import Action, CallKey, State
from server.store.changes import Stored, as_stored, collected
from server.store.columns import Moment, Points, moment_of, points_of, units_of
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

Read: TypeAlias = Sequence[Any]
"""A row as the driver has it: the columns of `WHOLE`."""

Step: TypeAlias = ReturningUpdate[Any]
"""A change of one action under conditions, as `step` makes it."""

SEALED = attrgetter(*(name for name in _NAMES if name not in ("seal", "recipients_returned")))
"""What the seal of an action is made of: nothing is returned before its claim, which ends the seal."""

Seal: TypeAlias = Callable[[Action], str]
"""The seal of an action as it stands (`sealing.seal_of`)."""

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
    return None if row is None else _action(remembered(conn, row))


def by_id(conn: Connection, action_id: str) -> Action | None:
    """The action with this id in the shown form."""
    row = _row(conn, action_id)
    return None if row is None else _action(row)


def _row(conn: Connection, action_id: str) -> Read | None:
    """The row as the driver has it. Where changes are collected nobody else writes, and it is read once."""
    changes = collected(conn)
    known = None if changes is None else changes.read.get(action_id)
    if known is not None:
        return known
    row = conn.execute(_BY_ID, {"wanted_id": action_id}).one_or_none()
    return None if row is None else remembered(conn, row)


def remembered(conn: Connection, row: Read) -> Read:
    """A row that was read, kept for whoever needs it in this transaction."""
    changes = collected(conn)
    if changes is not None:
        changes.read[row[0]] = row
    return row


def step(*conditions: ColumnElement[bool]) -> Step:
    """The statement of a step: to be made once, with the module. Now is `AT` in the conditions."""
    chosen = update(ACTIONS).where(ACTIONS.c.id == bindparam("wanted_id"), *conditions)
    return chosen.returning(*WHOLE)


def compare_and_set(
    conn: Connection, change: Step, action_id: str, sealed_by: Seal | None = None, /, **values: object
) -> Action | None:
    """Change one action if the step's conditions still hold; None when they do not and nothing was changed.

    `values` are the columns' new values, and those of the conditions' parameters (`at_moment`).
    """
    # As it was: so an edit is found although this step changes the row again.
    before = None if collected(conn) is None and sealed_by is None else _row(conn, action_id)
    return stepped(conn, change, {"wanted_id": action_id, **values}, before, sealed_by=sealed_by)


def stepped(
    conn: Connection,
    statement: Executable,
    values: Mapping[str, object],
    before: Read | None = None,
    *,
    sealed_by: Seal | None = None,
) -> Action | None:
    """The action as a statement that returns `WHOLE` left it, reported as changed; None when it left none.

    `before` is the row as it was: None when there was none, or when nobody collects. `sealed_by`: the same
    statement gives it the seal of the row that it makes.
    """
    if sealed_by is None:
        return _stepped(conn, statement, values, before)
    foreseen = _foreseen(before, values)
    made = _stepped(conn, statement, {**values, "seal": sealed_by(foreseen)}, before)
    if made is None or SEALED(made) == SEALED(foreseen):
        return made
    # The store keeps something else than it was given, as of a text that holds NUL: that is what is sealed.
    return _stepped(conn, _SEAL, {"wanted_id": made.id, "seal": sealed_by(made)}, before)


def _stepped(
    conn: Connection, statement: Executable, values: Mapping[str, object], before: Read | None
) -> Action | None:
    row = conn.execute(statement, values).one_or_none()
    if row is None:
        return None
    _report(conn, remembered(conn, row), before)
    return _action(row)


def _report(conn: Connection, row: Read, before: Read | None) -> None:
    changes = collected(conn)
    if changes is None:
        return
    # Of a row that was reported before, what it was then counts.
    was = None if before is None or changes.has(ACTIONS.name, row[0]) else STORED.row(before)
    changes.add(ACTIONS.name, row[0], STORED.row(row), was)


def _foreseen(before: Read | None, values: Mapping[str, object]) -> Action:
    """The action that these values make of a row, or of none."""
    given = {name: _as_read(value) for name, value in values.items() if name in _BLANK}
    return Action(**{**(_BLANK if before is None else _fields(before)), **given})


def _as_read(value: Any) -> Any:
    return points_of(units_of(value)) if isinstance(value, Decimal) else value


def in_state(*states: State) -> ColumnElement[bool]:
    """The condition that an action stands in one of these states."""
    # Not IN: SQLAlchemy writes its list anew at every execution.
    return or_(*(ACTIONS.c.state == state for state in states))


def live_key(key: CallKey) -> str:
    """The key that only one live action of the same call can hold."""
    return _live_key(key.principal, key.tool, key.digest, key.request_id)


@lru_cache(maxsize=1_000)
def _live_key(*parts: str) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def taipei_day(moment: datetime) -> str:
    """The day in Asia/Taipei, `2026-01-31`: the caps' days are the operator's days."""
    return as_taipei(moment).date().isoformat()


def _action(row: Read) -> Action:
    return Action(**_fields(row))


def _fields(row: Read) -> dict[str, Any]:
    values = dict(zip(_NAMES, row, strict=False))
    for name, read in _READINGS:
        values[name] = read(values[name])
    return values


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


_READINGS = tuple((name, read) for name in _NAMES if (read := _reading(name)) is not None)
_BLANK: Mapping[str, Any] = {name: getattr(ACTIONS.c[name].default, "arg", None) for name in _NAMES}
"""What a new row has where nothing is given."""
_SEAL = step()
