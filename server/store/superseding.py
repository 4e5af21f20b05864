"""A later action on the same thing makes an earlier call repeatable.

Pause, resume, pause, resume: the second resume is no repetition of the first, since something else was done
to the launch in between. Without this it would find the first one's result and do nothing.
"""

from sqlalchemy import Connection, update

from server.store.actions import State
from server.store.rows import by_id, in_state
from server.store.schema import ACTIONS


def supersede(conn: Connection, action_id: str) -> None:
    """Free the calls of other tools that succeeded on the target of this action."""
    action = by_id(conn, action_id)
    if action is None or not action.target:
        return
    conn.execute(
        update(ACTIONS)
        .where(
            in_state(State.SUCCEEDED),
            ACTIONS.c.live_key.is_not(None),
            ACTIONS.c.vendor == action.vendor,
            ACTIONS.c.target == action.target,
            ACTIONS.c.tool != action.tool,
        )
        .values(live_key=None)
    )
