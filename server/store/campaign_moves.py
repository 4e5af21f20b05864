"""Parts of a campaign that can have another time: what waits, what certainly failed, and what is booked.

A booked part waits again only once its booking was erased whole. Of any other nobody can tell who gets it.
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import and_, bindparam, or_, select, update

from server.store.actions import State
from server.store.batches import ERASED, SENT
from server.store.campaign_chunks import TAKEN, TRIAL, UNTIMED, WAITING
from server.store.campaign_tables import CHUNKS
from server.store.plans import Connection
from server.store.record_tables import BATCHES
from server.store.schema import ACTIONS

_CHUNK = CHUNKS.c
_OF_ONE = _CHUNK.campaign == bindparam("wanted_id")
_AHEAD = BATCHES.c.last_at > bindparam("after_moment", type_=BATCHES.c.last_at.type)
_JOINED = CHUNKS.outerjoin(ACTIONS, ACTIONS.c.id == _CHUNK.action).outerjoin(
    BATCHES, BATCHES.c.id == _CHUNK.action
)
_FAILED = and_(_CHUNK.state == TAKEN, ACTIONS.c.state == State.FAILED)
_BOOKED = and_(
    _CHUNK.state == TAKEN,
    ACTIONS.c.state == State.SUCCEEDED,
    BATCHES.c.state.in_((SENT, ERASED)),
    _AHEAD,
)
_MOVABLE = (
    select(_CHUNK.number, _CHUNK.phase, _CHUNK.recipients, _CHUNK.sealed)
    .select_from(_JOINED)
    .where(_OF_ONE, _CHUNK.sealed != "", or_(_CHUNK.state.in_((WAITING, UNTIMED)), _FAILED, _BOOKED))
    .order_by(_CHUNK.number)
)
_UNTIMED = select(_CHUNK.number, _CHUNK.points, _CHUNK.recipients).where(_OF_ONE, _CHUNK.state == UNTIMED)
_HAVE = (
    update(CHUNKS)
    .where(_OF_ONE, _CHUNK.number == bindparam("wanted_number"), _CHUNK.state == WAITING)
    .values(sealed=bindparam("new_sealed"))
)
_WAIT = (
    update(CHUNKS)
    .where(_OF_ONE, _CHUNK.number == bindparam("wanted_number"), _CHUNK.state == UNTIMED)
    .values(state=WAITING, action=None, left_out=0)
)


class Movable(NamedTuple):
    """A part that can have another time."""

    number: int
    phase: str
    recipients: int
    sealed: str


class Again(NamedTuple):
    """What waits again: its points and recipients are reserved anew."""

    points: Decimal
    recipients: int


def movable(conn: Connection, campaign: str, now: datetime) -> list[Movable]:
    """The parts, in the order in which they are sent: those of a trial first."""
    rows = [
        Movable(*row) for row in conn.execute(_MOVABLE, {"wanted_id": campaign, "after_moment": now}).all()
    ]
    return sorted(rows, key=lambda each: (each.phase != TRIAL, each.number))


def give_contents(conn: Connection, campaign: str, contents: Mapping[int, str]) -> None:
    """Those of these parts that wait get these contents."""
    for number, sealed in contents.items():
        conn.execute(_HAVE, {"wanted_id": campaign, "wanted_number": number, "new_sealed": sealed})


def wait_anew(conn: Connection, campaign: str, contents: Mapping[int, str]) -> Again:
    """Booked parts that were erased whole wait again, with these contents."""
    those = [row for row in conn.execute(_UNTIMED, {"wanted_id": campaign}).all() if row.number in contents]
    for row in those:
        conn.execute(_WAIT, {"wanted_id": campaign, "wanted_number": row.number})
    give_contents(conn, campaign, {row.number: contents[row.number] for row in those})
    return Again(sum((row.points for row in those), Decimal(0)), sum(row.recipients for row in those))
