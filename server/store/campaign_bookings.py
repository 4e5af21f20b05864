"""What of a campaign is booked at the vendor and still ahead."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import and_, bindparam, select

from server.store.actions import ERASINGS, State
from server.store.batches import SENT, UNKNOWN, Batch
from server.store.campaign_tables import CHUNKS
from server.store.plans import Connection
from server.store.record_tables import BATCHES
from server.store.schema import ACTIONS

_LATER = and_(
    BATCHES.c.last_at > bindparam("after_moment", type_=BATCHES.c.last_at.type),
    BATCHES.c.state.in_((SENT, UNKNOWN)),
)
_BOOKED = (
    select(BATCHES)
    .join(CHUNKS, CHUNKS.c.action == BATCHES.c.id)
    .where(
        CHUNKS.c.campaign == bindparam("wanted_id"),
        _LATER,
    )
    .order_by(BATCHES.c.send_at, BATCHES.c.id)
)
_AHEAD = (
    select(CHUNKS.c.campaign)
    .distinct()
    .join(BATCHES, CHUNKS.c.action == BATCHES.c.id)
    .where(
        CHUNKS.c.campaign.in_(bindparam("wanted_ids", expanding=True)),
        _LATER,
        BATCHES.c.recipients
        > BATCHES.c.delivered
        + BATCHES.c.failed_retryable
        + BATCHES.c.failed_permanent
        + BATCHES.c.cancelled
        + BATCHES.c.unknown,
    )
)
_IN_DOUBT = (
    select(ACTIONS.c.id)
    .join(BATCHES, BATCHES.c.batch_id == ACTIONS.c.target)
    .join(CHUNKS, CHUNKS.c.action == BATCHES.c.id)
    .where(
        CHUNKS.c.campaign == bindparam("wanted_id"),
        ACTIONS.c.vendor == "every8d",
        ACTIONS.c.tool.in_(ERASINGS),
        ACTIONS.c.state == State.UNKNOWN,
    )
    .order_by(ACTIONS.c.sequence)
)


def erasings_in_doubt(conn: Connection, campaign: str) -> Sequence[str]:
    """The actions that asked the vendor to erase parts of it, and of whose outcome nobody knows."""
    return conn.scalars(_IN_DOUBT, {"wanted_id": campaign}).all()


def bookings_of(conn: Connection, campaign: str, now: datetime) -> list[Batch]:
    """Its parts of which a message is still to go out, or may be, the next one first."""
    rows = conn.execute(_BOOKED, {"wanted_id": campaign, "after_moment": now}).mappings()
    return [batch for batch in (Batch(**row) for row in rows) if batch.pending]


def booked_ahead(conn: Connection, campaigns: Sequence[str], now: datetime) -> Collection[str]:
    """Those of these campaigns that have such parts."""
    return set(conn.scalars(_AHEAD, {"wanted_ids": list(campaigns), "after_moment": now}).all())
