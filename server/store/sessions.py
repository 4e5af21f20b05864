"""A session, as the store knows it. Without SQLAlchemy, which is imported at the first use of the store."""

from datetime import timedelta
from typing import NamedTuple

RENEWED = timedelta(hours=1)
"""Not every look writes: what is kept is at most so much older than the last outside text."""
HELD = timedelta(hours=24) + RENEWED
"""How long outside text counts, for 24 hours at least: a model has it before it, or in what it wrote down."""


class Session(NamedTuple):
    """A principal's session. Where the transport has none of its own, `session` is the principal."""

    principal: str
    session: str
