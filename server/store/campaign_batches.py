"""The batches of a campaign: each chunk that the vendor took is one."""

from collections.abc import Sequence

from sqlalchemy import bindparam, select

from server.store.batches import Batch
from server.store.plans import Connection
from server.store.record_tables import BATCHES
from server.store.schema import ACTIONS

_OF_CAMPAIGN = (
    select(BATCHES)
    .select_from(BATCHES.join(ACTIONS, ACTIONS.c.id == BATCHES.c.id))
    .where(ACTIONS.c.campaign == bindparam("wanted_id"), BATCHES.c.batch_id != "")
    .order_by(ACTIONS.c.sequence)
)


def batches_of_campaign(conn: Connection, campaign: str) -> Sequence[Batch]:
    """Those whose id at the vendor is known, in the order in which they were sent."""
    rows = conn.execute(_OF_CAMPAIGN, {"wanted_id": campaign}).mappings()
    return [Batch(**row) for row in rows]
