"""What a reference stood for: the same numbers again as long as an approval can wait.

Beside them the digests of calls whose arguments refer to something that may change.
"""

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
_REMOVE = delete(FROZEN_LISTS).where(FROZEN_LISTS.c.key == bindparam("wanted_key"))


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


def keep_instead(conn: Connection, key: str, sealed: str, until: datetime, now: datetime) -> None:
    """Hold this in place of what was held by the key."""
    conn.execute(_CLEAR, {"over_at": now})
    conn.execute(_REMOVE, {"wanted_key": key})
    conn.execute(_INSERT, {"key": key, "sealed": sealed, "until": until})
