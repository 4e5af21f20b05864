"""What can still go out: bookings ahead, campaigns, and actions that wait, are under way, or are unknown."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, case, or_, select

from server.store.actions import UNDECIDED, Action, State
from server.store.batches import SENT, UNKNOWN, Batch, BatchFilter, conditions_of
from server.store.campaign_tables import CAMPAIGNS, CHUNKS
from server.store.campaigns import OVER, RUNNING, STANDING
from server.store.plans import Connection
from server.store.record_tables import BATCHES
from server.store.rows import actions_where, fetch, in_state
from server.store.schema import ACTIONS


def booked(conn: Connection, wanted: BatchFilter, now: datetime, limit: int) -> list[Batch]:
    """Bookings of which a message is still to go out, or may be, the next one first."""
    query = (
        select(BATCHES)
        .where(BATCHES.c.last_at > now, BATCHES.c.state.in_((SENT, UNKNOWN)), *conditions_of(wanted))
        .order_by(BATCHES.c.send_at, BATCHES.c.id)
        .limit(limit)
    )
    found = (Batch(**row) for row in conn.execute(query).mappings())
    return [batch for batch in found if batch.pending]


def campaigns_under_way(conn: Connection, principal: str, now: datetime, limit: int) -> Sequence[str]:
    """This principal's campaigns that were started and are not over, or are still booked ahead: the ids.

    Those that are being sent come first, then the newest.
    """
    booked_ahead = (
        select(CHUNKS.c.campaign)
        .join(BATCHES, BATCHES.c.id == CHUNKS.c.action)
        .where(BATCHES.c.last_at > now, BATCHES.c.state.in_((SENT, UNKNOWN)))
    )
    state = CAMPAIGNS.c.state
    query = (
        select(CAMPAIGNS.c.id)
        .where(
            CAMPAIGNS.c.principal == principal,
            or_(state.in_((RUNNING, *STANDING)), and_(state.in_(OVER), CAMPAIGNS.c.id.in_(booked_ahead))),
        )
        .order_by(case((state == RUNNING, 0), else_=1), CAMPAIGNS.c.started_at.desc(), CAMPAIGNS.c.id)
        .limit(limit)
    )
    return conn.scalars(query).all()


def open_actions(conn: Connection, principal: str | None, now: datetime, limit: int) -> list[Action]:
    """Actions without an end, newest first: those that wait for a person, and those that were begun."""
    waits = and_(in_state(*UNDECIDED), ACTIONS.c.expires_at >= now)
    begun = in_state(State.DISPATCHING, State.UNKNOWN)
    whose = [] if principal is None else [ACTIONS.c.principal == principal]
    query = actions_where(or_(waits, begun), *whose).order_by(ACTIONS.c.sequence.desc())
    return fetch(conn, query.limit(limit))
