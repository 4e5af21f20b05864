"""Lists of recipients that a reference stood for: the same again as long as its approval can wait."""

from datetime import datetime

from sqlalchemy import bindparam, delete, insert, select

from server.store.plans import Connection
from server.store.record_tables import FROZEN_LISTS

_FIND = select(FROZEN_LISTS.c.sealed).where(
    FROZEN_LISTS.c.key == bindparam("wanted_key"),
    FROZEN_LISTS.c.until > bindparam("still_at", type_=FROZEN_LISTS.c.until.type),
)
_CLEAR = delete(FROZEN_LISTS).where(
    FROZEN_LISTS.c.until <= bindparam("over_at", type_=FROZEN_LISTS.c.until.type)
)
_INSERT = insert(FROZEN_LISTS)


def frozen_list(conn: Connection, key: str, now: datetime) -> str | None:
    """The sealed list of this key, while it is held."""
    return conn.scalar(_FIND, {"wanted_key": key, "still_at": now})


def freeze_list(conn: Connection, key: str, sealed: str, until: datetime, now: datetime) -> str:
    """Hold the list, unless another process was faster; the one that is held."""
    conn.execute(_CLEAR, {"over_at": now})
    held = frozen_list(conn, key, now)
    if held is None:
        conn.execute(_INSERT, {"key": key, "sealed": sealed, "until": until})
    return held or sealed
