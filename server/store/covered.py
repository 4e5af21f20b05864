"""Tables whose rows the audit's chain knows: each row by its own key, or all rows of an action together."""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any, TypeAlias

from sqlalchemy import Column, Delete, Insert, Select, Table, bindparam, delete, insert, select
from sqlalchemy.sql.dml import ReturningDelete

from server.store.changes import Row, Stored, as_stored, changed
from server.store.columns import Moment, moment_text
from server.store.plans import Connection

_encoded = json.JSONEncoder(separators=(",", ":"), default=repr).encode

Values: TypeAlias = Mapping[str, object]
Read: TypeAlias = Sequence[Any]
"""A row as the driver has it: every column of its table, in their order."""


class CoveredRows:
    """A table whose rows are known by their primary key, each of them."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.columns = tuple(as_stored(column) for column in table.c)
        """Every column, to be selected or returned: what the other functions take as `Read`."""
        self._stored = Stored(tuple(table.c))
        self._key = [place for place, column in enumerate(table.c) if column.primary_key]
        self._insert = insert(table).returning(*self.columns)
        self._all = select(*self.columns)

    def insert(self, conn: Connection, values: Values) -> None:
        """Insert a row."""
        self.inserted(conn, conn.execute(self._insert, values).one())

    def inserted(self, conn: Connection, row: Read) -> None:
        """Report a row that was not there before."""
        changed(conn, self.table, self._name(row), self._stored.row(row), before=None)

    def updated(self, conn: Connection, before: Read, row: Read) -> None:
        """Report a row that has other values now."""
        changed(conn, self.table, self._name(row), self._stored.row(row), before=self._stored.row(before))

    def deleting(self, statement: Delete) -> ReturningDelete[Any]:
        """The statement for `delete`: to be made once, with the module."""
        return statement.returning(*self.columns)

    def delete(self, conn: Connection, statement: ReturningDelete[Any], values: Values | None = None) -> int:
        """Delete rows; how many there were."""
        rows = conn.execute(statement, values).all()
        for row in rows:
            changed(conn, self.table, self._name(row), None, before=self._stored.row(row))
        return len(rows)

    def rows(self, conn: Connection) -> Iterator[tuple[str, str]]:
        """Every row, by its name in the chain."""
        for row in conn.stream(self._all):
            yield self._name(row), self._stored.row(row)

    def _name(self, row: Read) -> str:
        return " ".join(str(row[place]) for place in self._key)


class CoveredSets:
    """A table whose rows are known together, by their action: a send may have thousands."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self._columns = tuple(as_stored(column) for column in table.c)
        names = tuple(table.c.keys())
        self._values: Callable[[Values], tuple[object, ...]] = itemgetter(*names)
        self._has_moments = any(isinstance(column.type, Moment) for column in table.c)
        self._at = names.index("action_id")
        action: Column[Any] = table.c.action_id
        self._insert: Insert = insert(table)
        self._of_action = select(*self._columns).where(action == bindparam("of_action"))
        self._delete = self.deleting(delete(table).where(action == bindparam("of_action")))
        self._all: Select[Any] = select(*self._columns).order_by(action)

    def insert(self, conn: Connection, action_id: str, rows: Sequence[Values]) -> None:
        """Insert the rows of an action, one at least, that has none yet."""
        conn.execute(self._insert, rows)
        stored = list(map(self._values, rows))
        if self._has_moments:
            stored = [tuple(map(_written, row)) for row in stored]
        changed(conn, self.table, action_id, _together(stored), before=None)

    def deleting(self, statement: Delete) -> ReturningDelete[Any]:
        """The statement for `delete`: to be made once, with the module."""
        return statement.returning(*self._columns)

    def delete(self, conn: Connection, statement: ReturningDelete[Any], values: Values) -> None:
        """Delete rows of whatever actions; of an action some may stay."""
        for action_id, rows in self._by_action(conn.execute(statement, values).all()):
            left = conn.execute(self._of_action, {"of_action": action_id}).all()
            changed(conn, self.table, action_id, _together(left), before=_together([*rows, *left]))

    def delete_of(self, conn: Connection, action_id: str) -> bool:
        """Delete the rows of an action; False when it has none."""
        rows = conn.execute(self._delete, {"of_action": action_id}).all()
        if rows:
            changed(conn, self.table, action_id, None, before=_together(rows))
        return bool(rows)

    def rows(self, conn: Connection) -> Iterator[tuple[str, str]]:
        """What the chain knows of each action's rows, by the action."""
        for action_id, rows in groupby(conn.stream(self._all), self._action_of):
            together = _together(list(rows))
            if together is not None:
                yield action_id, together

    def _by_action(self, rows: Iterable[Read]) -> Iterator[tuple[str, list[Read]]]:
        for action_id, those in groupby(sorted(rows, key=self._action_of), self._action_of):
            yield action_id, list(those)

    def _action_of(self, row: Read) -> str:
        return str(row[self._at])


def _written(value: object) -> object:
    return moment_text(value) if isinstance(value, datetime) else value


def _together(rows: Sequence[Read]) -> Row:
    """All rows of an action, in whatever order they were read."""
    if not rows:
        return None
    written = _encoded(_in_order(list(map(tuple, rows))))
    return f'{{"digest":"{hashlib.sha256(written.encode()).hexdigest()}","rows":{len(rows)}}}'


def _in_order(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    try:
        return sorted(rows)
    except TypeError:
        # Values of several kinds in one column: somebody edited them, and any order shows that.
        return sorted(rows, key=repr)
