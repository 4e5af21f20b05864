"""What people decided on, the newest decision first."""

from sqlalchemy import func, select

from server.store.actions import BY_PERSONS, Action
from server.store.plans import Connection
from server.store.rows import actions_where, fetch
from server.store.schema import ACTIONS

LOOKED_THROUGH = 50_000
"""Among how many of the newest actions they are looked for: no index knows who decided."""


def decided(conn: Connection, page: int, size: int) -> tuple[list[Action], int, int, bool]:
    """A page of them, its number, how many pages there are, and whether older ones were left out."""
    newest = conn.scalar(select(func.max(ACTIONS.c.sequence))) or 0
    conditions = [
        ACTIONS.c.sequence > newest - LOOKED_THROUGH,
        ACTIONS.c.channel.in_(BY_PERSONS),
        ACTIONS.c.decided_at.is_not(None),
    ]
    total = conn.scalar(select(func.count()).select_from(ACTIONS).where(*conditions)) or 0
    pages = max(1, -(-total // size))
    page = min(max(1, page), pages)
    query = actions_where(*conditions).order_by(ACTIONS.c.decided_at.desc(), ACTIONS.c.sequence.desc())
    found = fetch(conn, query.limit(size).offset((page - 1) * size))
    return found, page, pages, newest > LOOKED_THROUGH
