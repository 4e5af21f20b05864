"""Who had several texts lately, by the records."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, func, select

from server.store.batches import WENT_OUT
from server.store.plans import Connection
from server.store.record_tables import BATCHES, MESSAGES
from server.store.slices import slices

_OFTEN = 2
_RECENT = BATCHES.c.sent_at >= bindparam("since", type_=BATCHES.c.sent_at.type)
_ANY = select(BATCHES.c.id).where(_RECENT).limit(1)
_SEVERAL = (
    select(MESSAGES.c.number)
    .select_from(MESSAGES.join(BATCHES, BATCHES.c.id == MESSAGES.c.batch))
    .where(
        MESSAGES.c.number.in_(bindparam("those", expanding=True)),
        MESSAGES.c.state != "cancelled",
        _RECENT,
        WENT_OUT,
    )
    .group_by(MESSAGES.c.number)
    .having(func.count() >= bindparam("at_least"))
)


def texted_often(conn: Connection, numbers: Sequence[str], since: datetime) -> int:
    """How many of these half hashes had two texts or more since then."""
    if conn.scalar(_ANY, {"since": since}) is None:
        return 0
    asked = ({"those": those, "since": since, "at_least": _OFTEN} for those in slices(numbers))
    return sum(len(conn.scalars(_SEVERAL, each).all()) for each in asked)
