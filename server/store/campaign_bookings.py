"""What of a campaign is booked at the vendor and still ahead."""

from datetime import datetime

from sqlalchemy import bindparam, select

from server.store.batches import SENT, UNKNOWN, Batch
from server.store.campaign_tables import CHUNKS
from server.store.plans import Connection
from server.store.record_tables import BATCHES

_BOOKED = (
    select(BATCHES)
    .join(CHUNKS, CHUNKS.c.action == BATCHES.c.id)
    .where(
        CHUNKS.c.campaign == bindparam("wanted_id"),
        BATCHES.c.last_at > bindparam("after_moment", type_=BATCHES.c.last_at.type),
        BATCHES.c.state.in_((SENT, UNKNOWN)),
    )
    .order_by(BATCHES.c.send_at, BATCHES.c.id)
)


def bookings_of(conn: Connection, campaign: str, now: datetime) -> list[Batch]:
    """Its parts of which a message is still to go out, or may be, the next one first."""
    rows = conn.execute(_BOOKED, {"wanted_id": campaign, "after_moment": now}).mappings()
    return [batch for batch in (Batch(**row) for row in rows) if batch.pending]
