"""Whether the store still has the past that the head outside of it remembers.

A store has a generation, and so has the head. A store that was restored, deleted or replaced by another one
has another generation, or its audit no longer holds the entry that the head names.
"""

import secrets
from datetime import UTC, datetime, timedelta
from math import ceil

from server.store.meta import set_value, value_of
from server.store.plans import Connection

ASKING = timedelta(hours=24)
"""How long after an accepted loss every send is asked for: as long as a repeated call finds its action."""

_NAME = "generation"


def generation_of(conn: Connection) -> str:
    """The store's generation; '' when it has none yet."""
    return value_of(conn, _NAME) or ""


def set_generation(conn: Connection, generation: str) -> None:
    """Give the store a generation: its first, or the one after an accepted loss."""
    set_value(conn, _NAME, generation)


def new_generation(accepted: datetime | None = None) -> str:
    """A name that none had. It says when a loss was accepted: nobody can change that alone."""
    return f"{secrets.token_hex(8)}-{0 if accepted is None else ceil(accepted.timestamp())}"


def asking_until(generation: str) -> datetime | None:
    """Until when every send is asked for, because a loss was accepted at the begin of this generation."""
    accepted = generation.rpartition("-")[2]
    if not accepted.isdecimal() or int(accepted) == 0:
        return None
    return datetime.fromtimestamp(int(accepted), UTC) + ASKING
