"""Statements of SQLAlchemy Core, compiled once and run on SQLite's driver itself.

SQLAlchemy spends several times as long on the way to a statement as SQLite does on running it. A statement
that is made once, with its module, keeps its plan: the SQL, and how each value and each column is converted.
"""

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Any, NamedTuple, TypeVar, cast
from weakref import WeakKeyDictionary

from sqlalchemy import BindParameter, Column, Connection, Executable
from sqlalchemy.dialects.sqlite.base import SQLiteDialect
from sqlalchemy.sql.compiler import SQLCompiler

T = TypeVar("T")
Values = Mapping[str, Any]
Converter = Callable[[Any], Any]
_NONE: Values = {}


class Rows:
    """What a statement gave: the part of SQLAlchemy's result that the store uses."""

    __slots__ = ("_names", "_rows", "rowcount")

    def __init__(self, rows: list[tuple[Any, ...]], names: tuple[str, ...], rowcount: int) -> None:
        self._rows = rows
        self._names = names
        self.rowcount = rowcount

    def __iter__(self) -> Iterator[Any]:
        return iter(self._rows)

    def all(self) -> list[Any]:
        """Every row."""
        return list(self._rows)

    def one_or_none(self) -> Any:
        """The row; None when there is none."""
        if len(self._rows) > 1:
            raise LookupError("more rows than one")
        return self._rows[0] if self._rows else None

    def one(self) -> Any:
        """The row."""
        (row,) = self._rows
        return row

    @property
    def cursor(self) -> "Rows":
        """What the audit takes its rows from, a piece at a time."""
        return self

    def fetchall(self) -> list[Any]:
        """Every row, as of a driver's cursor."""
        return self._rows

    def close(self) -> None:
        """All was read already."""

    def mappings(self) -> "Rows":
        """The rows by the columns' names."""
        named = [dict(zip(self._names, row, strict=True)) for row in self._rows]
        return Rows(cast("list[tuple[Any, ...]]", named), self._names, self.rowcount)

    def scalars(self) -> "Rows":
        """The first column alone."""
        return Rows([row[0] for row in self._rows], self._names, self.rowcount)


class _Expansion(NamedTuple):
    """A statement for lists of certain lengths, and where each of its values is found."""

    sql: str
    binds: "list[tuple[str, int | None, Converter | None]]"


class Plan:
    """One statement for one set of named values."""

    def __init__(self, statement: Executable, dialect: SQLiteDialect, names: Sequence[str]) -> None:
        compiled: Any = cast("Any", statement).compile(dialect=dialect, column_keys=list(names) or None)
        self._compiled = cast("SQLCompiler", compiled)
        self._sql = str(compiled)
        self._dialect = dialect
        bound: dict[BindParameter[Any], str] = compiled.bind_names
        if any(each.literal_execute for each in bound):
            raise LookupError("a value is written into the statement itself, so it has no plan")
        self._lists = [name for each, name in bound.items() if each.expanding]
        self._expansions: dict[tuple[int, ...], _Expansion] = {}
        by_name = {name: each for each, name in bound.items()}
        prefetched = {column.key: _default(column) for column in compiled.insert_prefetch}
        self._known: dict[str, Any] = prefetched | {
            name: each.value for name, each in by_name.items() if not each.required and name not in prefetched
        }
        self._binds = [
            (each, self._known.get(each), self._binding(by_name[each])) for each in compiled.positiontup or ()
        ]
        columns: Any = getattr(statement, "exported_columns", ())
        self._names = tuple(column.key for column in columns)
        fields = {name: property(itemgetter(place)) for place, name in enumerate(self._names)}
        self._row: type[tuple[Any, ...]] = type("Row", (tuple,), fields)
        found = ((place, _reading(column, dialect)) for place, column in enumerate(columns))
        self._readings = [(place, reading) for place, reading in found if reading is not None]

    def run(self, raw: sqlite3.Connection, values: Values) -> Rows:
        """Run it with these values."""
        sql, given = self._expanded(values) if self._lists else (self._sql, self._given(values))
        cursor = raw.execute(sql, given)
        return Rows(self._read(cursor.fetchall()), self._names, cursor.rowcount)

    def _given(self, values: Values) -> list[Any]:
        given: list[Any] = []
        for name, default, convert in self._binds:
            value = values.get(name, default)
            given.append(value if convert is None else convert(value))
        return given

    def _expanded(self, values: Values) -> tuple[str, list[Any]]:
        """A list in the statement (IN) is written out once for each length."""
        whole: dict[str, Any] = {**self._known, **values}
        lengths = tuple(len(whole[name]) for name in self._lists)
        known = self._expansions.get(lengths)
        if known is None:
            known = self._expansions[lengths] = self._expansion(values)
        given: list[Any] = []
        for name, place, convert in known.binds:
            value = whole[name] if place is None else whole[name][place]
            given.append(value if convert is None else convert(value))
        return known.sql, given

    def _expansion(self, values: Values) -> "_Expansion":
        state = self._compiled.construct_expanded_state(values, escape_names=False)
        converters: dict[str, Converter | None] = {name: convert for name, _, convert in self._binds}
        converters |= cast("dict[str, Converter]", dict(state.processors))
        members = {
            member: (name, place)
            for name, names in state.parameter_expansion.items()
            for place, member in enumerate(names)
        }
        binds: list[tuple[str, int | None, Converter | None]] = []
        for each in state.positiontup or ():
            name, place = members.get(each, (each, None))
            binds.append((name, place, converters.get(each)))
        return _Expansion(state.statement, binds)

    def _read(self, rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        return [self._row(self._converted(row)) for row in rows]

    def _converted(self, row: tuple[Any, ...]) -> Sequence[Any]:
        if not self._readings:
            return row
        values = list(row)
        for place, reading in self._readings:
            values[place] = reading(values[place])
        return values

    def _binding(self, bound: BindParameter[Any]) -> Converter | None:
        return bound.type.dialect_impl(self._dialect).bind_processor(self._dialect)


class PlannedConnection:
    """The part of SQLAlchemy's `Connection` that the store uses, over a database in memory."""

    def __init__(self, content: bytes) -> None:
        self.raw = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        self.raw.deserialize(content)
        self.raw.execute("PRAGMA foreign_keys = ON")
        self.dialect = SQLiteDialect()
        self.info: dict[str, object] = {}
        self._plans: WeakKeyDictionary[Executable, dict[tuple[str, ...], Plan]] = WeakKeyDictionary()

    def execute(self, statement: Executable, values: Values | Sequence[Values] | None = None) -> Rows:
        """Run a statement, once or for each of several sets of values."""
        if values is None or isinstance(values, Mapping):
            values = values or _NONE
            return self._plan(statement, values).run(self.raw, values)
        plan = self._plan(statement, values[0])
        for each in values:
            plan.run(self.raw, each)
        return Rows([], (), len(values))

    def scalar(self, statement: Executable, values: Values | None = None) -> Any:
        """The first column of the first row; None when there is none."""
        return next(iter(self.scalars(statement, values)), None)

    def scalars(self, statement: Executable, values: Values | None = None) -> Rows:
        """The first column."""
        return self.execute(statement, values).scalars()

    def transact(self, work: Callable[[Connection], T]) -> T:
        """One transaction: committed at the end, or rolled back by any exception."""
        self.raw.execute("BEGIN IMMEDIATE")
        try:
            # What the store's functions use of a Connection is all here.
            done = work(cast("Connection", self))
        except BaseException:
            self.raw.execute("ROLLBACK")
            raise
        self.raw.execute("COMMIT")
        return done

    def _plan(self, statement: Executable, values: Values) -> Plan:
        known = self._plans.setdefault(statement, {})
        names = tuple(values)
        plan = known.get(names)
        if plan is None:
            plan = known[names] = Plan(statement, self.dialect, names)
        return plan


def _default(column: Column[Any]) -> Any:
    """What the schema gives a column that a statement leaves out; only plain values stand there."""
    return getattr(column.default, "arg", None)


def _reading(column: Any, dialect: SQLiteDialect) -> Converter | None:
    return column.type.dialect_impl(dialect).result_processor(dialect, None)
