"""A later action on the same thing makes an earlier call repeatable.

Pause, resume, pause, resume: the second resume is no repetition of the first, since something else was done
to the launch in between. Without this it would find the first one's result and do nothing.
"""

from sqlalchemy import bindparam, select

from server.store.actions import Action, State
from server.store.plans import Connection
from server.store.rows import compare_and_set, in_state, step
from server.store.schema import ACTIONS

_SUPERSEDED = select(ACTIONS.c.id).where(
    in_state(State.SUCCEEDED),
    ACTIONS.c.live_key.is_not(None),
    ACTIONS.c.vendor == bindparam("same_vendor"),
    ACTIONS.c.target == bindparam("same_target"),
    ACTIONS.c.tool != bindparam("this_tool"),
)
_FREE = step()


def supersede(conn: Connection, action: Action) -> None:
    """Free the calls of other tools that succeeded on the target of this action."""
    if action.target:
        values = {"same_vendor": action.vendor, "same_target": action.target, "this_tool": action.tool}
        for each in conn.scalars(_SUPERSEDED, values).all():
            compare_and_set(conn, _FREE, each, live_key=None)
