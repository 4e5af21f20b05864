"""What the engines reckon with the times that the store keeps as text: a difference, and the day."""

from typing import Any

from sqlalchemy import Integer, String
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction


class SecondsBetween(GenericFunction[int]):
    """`SecondsBetween(later, earlier)`: whole seconds, less than zero where the first is the earlier."""

    type = Integer()
    inherit_cache = True


class TaipeiDay(GenericFunction[str]):
    """`TaipeiDay(moment)`: the day in Asia/Taipei, as `2026-01-31`."""

    type = String()
    inherit_cache = True


@compiles(SecondsBetween, "sqlite")
def _seconds_sqlite(element: SecondsBetween, compiler: SQLCompiler, **more: Any) -> str:
    later, earlier = (compiler.process(each, **more) for each in element.clauses)
    return f"(strftime('%s', {later}) - strftime('%s', {earlier}))"


@compiles(SecondsBetween, "postgresql")
def _seconds_postgres(element: SecondsBetween, compiler: SQLCompiler, **more: Any) -> str:
    later, earlier = (compiler.process(each, **more) for each in element.clauses)
    seconds = (f"floor(extract(epoch from ({each})::timestamptz))" for each in (later, earlier))
    return f"({' - '.join(seconds)})::int"


@compiles(TaipeiDay, "sqlite")
def _day_sqlite(element: TaipeiDay, compiler: SQLCompiler, **more: Any) -> str:
    (moment,) = (compiler.process(each, **more) for each in element.clauses)
    return f"date({moment}, '+8 hours')"


@compiles(TaipeiDay, "postgresql")
def _day_postgres(element: TaipeiDay, compiler: SQLCompiler, **more: Any) -> str:
    (moment,) = (compiler.process(each, **more) for each in element.clauses)
    return f"to_char(({moment})::timestamptz at time zone 'UTC' + interval '8 hours', 'YYYY-MM-DD')"
