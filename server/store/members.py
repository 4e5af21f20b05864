"""A long list in a statement as one value, and as a table to be joined.

To bind 500 values and to write them out for IN takes SQLite two to three times as long as to look them up.
"""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Dialect, String, TableValuedAlias, Text, TypeDecorator, bindparam, column
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction


class _Listed(TypeDecorator[Sequence[str]]):
    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Sequence[str] | None, dialect: Dialect) -> str | None:
        return None if value is None else json.dumps([*value])


class _Members(GenericFunction[str]):
    type = String()
    inherit_cache = True


def members(name: str) -> TableValuedAlias:
    """The texts of the list that a call gives under this name, in the column `value`: one that stands in it
    twice is there twice.
    """
    return _Members(bindparam(name, type_=_Listed())).table_valued(column("value", String()))


@compiles(_Members, "sqlite")
def _members_sqlite(element: _Members, compiler: SQLCompiler, **more: Any) -> str:
    return f"json_each({compiler.process(element.clauses.clauses[0], **more)})"


@compiles(_Members, "postgresql")
def _members_postgres(element: _Members, compiler: SQLCompiler, **more: Any) -> str:
    return f"json_array_elements_text(CAST({compiler.process(element.clauses.clauses[0], **more)} AS json))"
