"""What a transaction changed, row by row: what the audit's entry of the transaction says of it.

Whatever changes a row of a table that the audit covers reports the row as it is then, and as it was before
(`changed`). The journal collects these reports and writes short keyed hashes into the chain, in the same
transaction. So no place has to think of it, and `comparing` can hold the tables against the chain: what each
row is, and that nothing else changed it between two steps of ours.
"""

import json
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from json.encoder import encode_basestring_ascii as _quoted
from typing import Any, TypeAlias

from sqlalchemy import Boolean, Column, Integer, Table, type_coerce
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.types import NullType

from server.store.keys import keyed
from server.store.plans import Connection

Row: TypeAlias = str | None
"""A row as `Stored.row` says it; None: there is no such row any more."""

Rows: TypeAlias = Mapping[str, Mapping[str, str]]
"""The hashes of rows, by table and key."""

GONE = ""
"""In the place of a hash: there is no such row, any more or yet."""

BETWEEN = ":"
"""Stands between the hash of a row as it was and that of the row as it is."""

_COLLECTED = "rows that this transaction changed"
_DIGITS = 32
_encoded = json.JSONEncoder(separators=(",", ":"), default=repr).encode


class Changes:
    """The rows that one transaction changed: before its first change of each, and after the last."""

    def __init__(self) -> None:
        self._rows: dict[str, dict[str, tuple[Row, Row]]] = {}
        self.read: dict[str, Sequence[Any]] = {}
        """Actions as they stand, by id: what this transaction read or wrote of them, as the driver has it."""

    def add(self, table: str, key: str, row: Row, before: Row) -> None:
        """A row as it is now, and as it was."""
        rows = self._rows.setdefault(table, {})
        first = rows[key][0] if key in rows else before
        rows[key] = (first, row)

    def has(self, table: str, key: str) -> bool:
        """Whether a row was reported."""
        return key in self._rows.get(table, ())

    def keys_of(self, table: str) -> list[str]:
        """Which rows of a table were changed, in the order of their first change."""
        return [key for key, (before, row) in self._rows.get(table, {}).items() if before != row]

    def hashed(self, key: bytes) -> Rows:
        """What is written into the chain."""
        said: dict[str, dict[str, str]] = {}
        for table, rows in self._rows.items():
            for name, (before, row) in rows.items():
                if before == row:
                    continue
                was, then = (_hash(key, table, name, each) for each in (before, row))
                said.setdefault(table, {})[name] = was + BETWEEN + then
        return said


@contextmanager
def collecting(conn: Connection) -> Generator[Changes]:
    """Collect what is changed within the block, which is a transaction that writes alone."""
    changes = conn.info[_COLLECTED] = Changes()
    try:
        yield changes
    finally:
        del conn.info[_COLLECTED]


def collected(conn: Connection) -> Changes | None:
    """What the transaction changed so far; None where nobody collects."""
    return conn.info.get(_COLLECTED)


def changed(conn: Connection, table: Table, key: str, row: Row, *, before: Row) -> None:
    """Report a row that was changed, as it is after that and as it was; `key` is its name in the chain.

    Of a row that was reported in this transaction already, what it was before counts no more.
    """
    changes = collected(conn)
    if changes is not None:
        changes.add(table.name, key, row, before)


def _hash(key: bytes, table: str, name: str, row: Row) -> str:
    return GONE if row is None else row_hash(key, table, name, row)


def row_hash(key: bytes, table: str, name: str, row: str) -> str:
    """The keyed hash of a row, in hexadecimal."""
    return keyed(key, "row", f"[{_quoted(table)},{_quoted(name)},{row}]")[:_DIGITS]


def as_stored(column: Column[Any]) -> ColumnElement[Any]:
    """A column without the conversion of its values: what somebody wrote there by hand can be anything."""
    return type_coerce(column, NullType())


class Stored:
    """How rows of a table are said to the chain; `columns` are those that are read, in their order."""

    def __init__(self, columns: Sequence[Column[Any]]) -> None:
        places = sorted(range(len(columns)), key=lambda place: columns[place].name)
        self._said = tuple((f"{_quoted(columns[at].name)}:", at, _empty(columns[at])) for at in places)

    def row(self, values: Sequence[Any]) -> str:
        """A row as the driver has it, as canonical JSON: of every value that is not empty, by name.

        Of a column that may be NULL only that is empty. A column that a migration adds, and leaves empty,
        thus changes no hash.
        """
        said = [name + _said(values[at]) for name, at, empty in self._said if values[at] != empty]
        return f"{{{','.join(said)}}}"


def _empty(column: Column[Any]) -> object:
    if column.nullable:
        return None
    return 0 if isinstance(getattr(column.type, "impl", column.type), Integer | Boolean) else ""


def _said(value: object) -> str:
    if type(value) is str:
        return _quoted(value)
    return str(value) if type(value) is int else _encoded(value)
