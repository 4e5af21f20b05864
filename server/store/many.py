"""Many keys of one look as one JSON text: written out one by one, they cost more than to look for them."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sqlalchemy import JSON, Select, String, TableValuedAlias, bindparam, cast, func

from server.store.plans import Connection, Rows

Look = Select[tuple[Any, ...]]
_KEYS = bindparam("keys", type_=String())
_LISTED = {
    "sqlite": func.json_each(_KEYS).table_valued("value", name="listed"),
    "postgresql": func.json_array_elements_text(cast(_KEYS, JSON)).table_valued("value", name="listed"),
}


def looks(made: Callable[[TableValuedAlias], Look]) -> Mapping[str, Look]:
    """The look that a function makes of the table of keys (its column is `value`), for each engine."""
    return {name: made(listed) for name, listed in _LISTED.items()}


def found_of(conn: Connection, made: Mapping[str, Look], hashes: Iterable[str], **values: object) -> Rows:
    """What such a look finds of these different keys; hexadecimal, so that nothing is escaped."""
    written = '","'.join(hashes)
    return conn.execute(made[conn.dialect.name], {"keys": f'["{written}"]' if written else "[]", **values})
