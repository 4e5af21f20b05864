"""What the store says of itself: a few named values."""

from sqlalchemy import bindparam, select, update

from server.store.covered import CoveredRows
from server.store.plans import Connection
from server.store.schema import META

VALUES = CoveredRows(META)
_THIS = META.c.name == bindparam("this_name")
_VALUE = select(META.c.value).where(_THIS)
_ROW = select(*VALUES.columns).where(_THIS)
_CHANGE = update(META).where(_THIS).values(value=bindparam("new_value")).returning(*VALUES.columns)


def value_of(conn: Connection, name: str) -> str | None:
    """The value of this name; None when there is none."""
    return conn.scalar(_VALUE, {"this_name": name})


def set_value(conn: Connection, name: str, value: str) -> None:
    """Give the name this value."""
    before = conn.execute(_ROW, {"this_name": name}).one_or_none()
    if before is None:
        VALUES.insert(conn, {"name": name, "value": value})
    else:
        row = conn.execute(_CHANGE, {"this_name": name, "new_value": value}).one()
        VALUES.updated(conn, before, row)
