"""Statements of SQLAlchemy Core, compiled once and run on the database's own driver.

SQLAlchemy spends several times as long on the way to a statement as a database does on running it. A
statement that is made once, with its module, keeps its plan: the SQL, and how each value and each column is
converted (docs/decisions/0004-store.md has the figures). No other module knows of SQLAlchemy's compiler.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields
from functools import cache, partial
from operator import itemgetter
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, cast
from weakref import ref

from sqlalchemy import BindParameter, Column, Dialect, Executable

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Values = Mapping[str, Any]
Converter = Callable[[Any], Any]
_NOTHING: Values = {}


def cells_of(row: "DataclassInstance") -> dict[str, Any]:
    """A record's values by the names of its columns; `asdict` copies each value, in ten times as long."""
    return {name: getattr(row, name) for name in _names_of(type(row))}


@cache
def _names_of(kind: "type[DataclassInstance]") -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


class Found(NamedTuple):
    """What a driver gave for one statement."""

    rows: list[tuple[Any, ...]]
    changed: int
    """How many rows an INSERT, UPDATE or DELETE changed."""


class Rows:
    """What a statement gave: its rows, read whole."""

    __slots__ = ("_names", "_rows", "rowcount")

    def __init__(self, rows: list[Any], names: tuple[str, ...], rowcount: int) -> None:
        self._rows = rows
        self._names = names
        self.rowcount = rowcount

    def __iter__(self) -> Iterator[Any]:
        return iter(self._rows)

    def all(self) -> list[Any]:
        """Every row."""
        return self._rows

    def one_or_none(self) -> Any:
        """The row; None when there is none.

        Raises:
            LookupError: there are more.
        """
        if len(self._rows) > 1:
            raise LookupError("more rows than one")
        return self._rows[0] if self._rows else None

    def one(self) -> Any:
        """The row.

        Raises:
            LookupError: there is none, or there are more.
        """
        if len(self._rows) != 1:
            raise LookupError("not one row")
        return self._rows[0]

    def mappings(self) -> "Rows":
        """The rows by the columns' names."""
        named = [dict(zip(self._names, row, strict=True)) for row in self._rows]
        return Rows(named, self._names, self.rowcount)

    def scalars(self) -> "Rows":
        """The first column alone."""
        return Rows([row[0] for row in self._rows], self._names, self.rowcount)


class _Expansion(NamedTuple):
    """A statement for lists of certain lengths, and where each of its values is found."""

    sql: str
    binds: list[tuple[str, bool, Converter | None]]
    """Names in their order; of a list, whose members stand together, once."""


class Plan:
    """One statement for one set of named values."""

    def __init__(self, statement: Executable, dialect: Dialect, names: Sequence[str]) -> None:
        compiled: Any = cast("Any", statement).compile(dialect=dialect, column_keys=list(names) or None)
        self.sql = str(compiled)
        # A plan lives as long as its statement: whoever held that here would keep both for ever.
        compiled.statement = compiled.compile_state = compiled.dml_compile_state = None
        self._compiled = compiled
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
        # What no caller gives is converted once; a list is converted member by member, in `_expanded`.
        self._template = [
            None if name in names or self._lists else default if convert is None else convert(default)
            for name, default, convert in self._binds
        ]
        self._places = [
            (place, name, convert) for place, (name, _, convert) in enumerate(self._binds) if name in names
        ]
        columns: Any = getattr(statement, "exported_columns", ())
        self.names = tuple(column.key for column in columns)
        # Whole rows that were asked for by their table have no name.
        fields = {name: property(itemgetter(place)) for place, name in enumerate(self.names) if name}
        self._row: type[tuple[Any, ...]] = type("Row", (tuple,), fields)
        found = ((place, _reading(column, dialect)) for place, column in enumerate(columns))
        self._readings = [(place, reading) for place, reading in found if reading is not None]

    def given(self, values: Values) -> tuple[str, list[Any]]:
        """The SQL, and these values as the driver takes them, in its order."""
        if self._lists:
            return self._expanded(values)
        given = self._template.copy()
        for place, name, convert in self._places:
            given[place] = values[name] if convert is None else convert(values[name])
        return self.sql, given

    def read(self, found: Found) -> Rows:
        """The driver's rows, converted."""
        rows = map(self._converted, found.rows) if self._readings else found.rows
        return Rows(list(map(self._row, rows)), self.names, found.changed)

    def row(self, row: tuple[Any, ...]) -> tuple[Any, ...]:
        """One of the driver's rows, converted, with its columns as attributes."""
        return self._row(self._converted(row) if self._readings else row)

    def _expanded(self, values: Values) -> tuple[str, list[Any]]:
        """A list in the statement (IN) is written out once for each length, of which there are few."""
        whole: dict[str, Any] = {**self._known, **values}
        whole |= {name: _filled_up(whole[name]) for name in self._lists}
        lengths = tuple(len(whole[name]) for name in self._lists)
        known = self._expansions.get(lengths)
        if known is None:
            known = self._expansions[lengths] = self._expansion(whole)
        given: list[Any] = []
        for name, is_list, convert in known.binds:
            values_of = whole[name] if is_list else (whole[name],)
            given += values_of if convert is None else map(convert, values_of)
        return known.sql, given

    def _expansion(self, values: Values) -> "_Expansion":
        state = self._compiled.construct_expanded_state(values, escape_names=False)
        converters: dict[str, Converter | None] = {name: convert for name, _, convert in self._binds}
        converters |= cast("dict[str, Converter]", dict(state.processors))
        first = {names[0]: name for name, names in state.parameter_expansion.items() if names}
        further = {member for names in state.parameter_expansion.values() for member in names[1:]}
        binds = [
            (first.get(each, each), each in first, converters.get(each))
            for each in state.positiontup or ()
            if each not in further
        ]
        return _Expansion(state.statement, binds)

    def _converted(self, row: tuple[Any, ...]) -> Sequence[Any]:
        values = list(row)
        for place, reading in self._readings:
            values[place] = reading(values[place])
        return values

    def _binding(self, bound: BindParameter[Any]) -> Converter | None:
        return bound.type.dialect_impl(self._dialect).bind_processor(self._dialect)


def _filled_up(those: Sequence[Any]) -> Sequence[Any]:
    """The same for IN, up to a power of two: we and the driver keep a statement of each length."""
    missing = (1 << (len(those) - 1).bit_length()) - len(those) if those else 0
    return [*those, *[those[-1]] * missing] if missing else those


class Connection(ABC):
    """An open database, in one transaction at a time. Not for two threads at once."""

    dialect: Dialect
    errors: tuple[type[Exception], ...]
    """What the driver raises."""
    _plans: ClassVar[dict[int, "_Plans"]]
    """By the statement's own number: a weak dictionary takes longer to look into than a plan to find."""

    def __init__(self) -> None:
        self.reads = False
        """Whether the transaction that was begun last cannot write."""
        self.info: dict[str, Any] = {}
        """What its user keeps with it."""
        self.carried: dict[str, Any] = {}
        """What one work of a transaction that writes found out for those that follow in it."""
        self.once_committed: list[Callable[[], None]] = []
        """What the writer's thread does after the commit, and before anybody hears of it."""

    def __init_subclass__(cls) -> None:
        """The connections of a driver share their plans, in whatever threads they are."""
        super().__init_subclass__()
        cls._plans = {}

    def execute(self, statement: Executable, values: Values | Sequence[Values] | None = None) -> Rows:
        """Run a statement, once or for each of several sets of values of the same names."""
        if values is None:
            values = _NOTHING
        if not isinstance(values, Sequence):
            plan = self._plan(statement, values)
            return plan.read(self.run(*plan.given(values)))
        plan = self._plan(statement, values[0])
        given = [plan.given(each)[1] for each in values]
        if len(given) == 1:
            return Rows([], (), self.run(plan.sql, given[0]).changed)
        return Rows([], (), self.run_many(plan.sql, given))

    def scalar(self, statement: Executable, values: Values | None = None) -> Any:
        """The first column of the first row; None when there is none."""
        row = next(iter(self.execute(statement, values)), None)
        return None if row is None else row[0]

    def scalars(self, statement: Executable, values: Values | None = None) -> Rows:
        """The first column."""
        return self.execute(statement, values).scalars()

    def exec_driver_sql(self, statement: str) -> Rows:
        """Run SQL as it is written, as SQLAlchemy's connection does under this name."""
        found = self.run(statement, ())
        return Rows(found.rows, (), found.changed)

    def stream(self, statement: Executable, values: Values | None = None) -> Iterator[Any]:
        """The rows of a query, of which few are kept at a time."""
        plan = self._plan(statement, values or {})
        return map(plan.row, self.run_streaming(*plan.given(values or {})))

    @abstractmethod
    def run(self, sql: str, values: Sequence[Any]) -> Found:
        """Run SQL on the driver, and read all that it gives."""

    @abstractmethod
    def run_streaming(self, sql: str, values: Sequence[Any]) -> Iterator[tuple[Any, ...]]:
        """Run SQL on the driver, and read what it gives as it is wanted, within the transaction."""

    @abstractmethod
    def run_many(self, sql: str, rows: Sequence[Sequence[Any]]) -> int:
        """Run SQL without rows for each set of values; how many rows were changed, where the driver tells."""

    @abstractmethod
    def begin(self, *, reads: bool) -> None:
        """Begin a transaction: alone among writers, or one that cannot write and sees one moment."""

    def begin_at_once(self) -> bool:
        """Begin one that writes, where that waits for nobody; False where nothing was begun."""
        return False

    def renew(self) -> None:
        """See the store as it stands by now, where a transaction that reads sees it at one moment."""
        if self.reads:
            self.rollback()
            self.begin(reads=True)

    @abstractmethod
    def commit(self) -> None:
        """Keep what the transaction did."""

    @abstractmethod
    def rollback(self) -> None:
        """Undo it; nothing where none is open."""

    @abstractmethod
    def close(self) -> None:
        """Let go of the database."""

    def _plan(self, statement: Executable, values: Values) -> Plan:
        number = id(statement)
        known = self._plans.get(number)
        if known is None:
            known = self._plans[number] = _Plans(ref(statement, partial(_forgotten, self._plans, number)), {})
        names = tuple(values)
        plan = known.by_names.get(names)
        if plan is None:
            plan = known.by_names[names] = Plan(statement, self.dialect, names)
        return plan


class _Plans(NamedTuple):
    """The plans of one statement, kept as long as it lives."""

    statement: ref[Executable]
    by_names: dict[tuple[str, ...], Plan]


def _forgotten(plans: dict[int, _Plans], number: int, _: ref[Executable]) -> None:
    """Before another statement can have its number."""
    plans.pop(number, None)


def _default(column: Column[Any]) -> Any:
    """What the schema gives a column that a statement leaves out; only plain values stand there."""
    return getattr(column.default, "arg", None)


def _reading(column: Any, dialect: Dialect) -> Converter | None:
    return column.type.dialect_impl(dialect).result_processor(dialect, None)
