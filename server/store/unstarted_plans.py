"""Plans that nobody started: each goes after a day, and sooner where nobody makes it any more."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import and_, bindparam, delete, func, or_, select, update

from server.store.campaign_tables import CAMPAIGNS, CHUNKS, RECIPIENTS
from server.store.campaigns import PLANNED, PLANNING
from server.store.plans import Connection

KEPT = timedelta(days=1)
"""How long a plan waits for its start."""
SILENT = timedelta(minutes=10)
"""So long nothing was written of a plan that is being made: whoever made it was ended."""

_CAMPAIGN = CAMPAIGNS.c
_HEARD = func.coalesce(_CAMPAIGN.heartbeat, _CAMPAIGN.created_at)
_OVER = select(_CAMPAIGN.id).where(
    or_(
        and_(
            _CAMPAIGN.state.in_((PLANNED, PLANNING)),
            _CAMPAIGN.created_at < bindparam("over_before", type_=_CAMPAIGN.created_at.type),
        ),
        and_(
            _CAMPAIGN.state == PLANNING,
            bindparam("heard_before", type_=_CAMPAIGN.heartbeat.type) > _HEARD,
        ),
    )
)
_PLAN = select(_CAMPAIGN.id).where(
    _CAMPAIGN.id == bindparam("wanted_id"), _CAMPAIGN.state.in_((PLANNED, PLANNING))
)
_BEAT = (
    update(CAMPAIGNS)
    .where(_CAMPAIGN.id == bindparam("wanted_id"), _CAMPAIGN.state == PLANNING)
    .values(heartbeat=bindparam("at_moment", type_=_CAMPAIGN.heartbeat.type))
)
_TABLES = (
    (CHUNKS, CHUNKS.c.campaign),
    (RECIPIENTS, RECIPIENTS.c.campaign),
    (CAMPAIGNS, _CAMPAIGN.id),
)


def is_being_made(conn: Connection, id_: str, now: datetime) -> bool:
    """Note that a plan is still being made; False when it is gone, and nothing must be kept for it."""
    return conn.execute(_BEAT, {"wanted_id": id_, "at_moment": now}).rowcount == 1


def forget(conn: Connection, id_: str) -> None:
    """Forget a plan with everything of it, as long as it was not started."""
    for plan in conn.scalars(_PLAN, {"wanted_id": id_}).all():
        for table, column in _TABLES:
            conn.execute(delete(table).where(column == plan))


def over_plans(conn: Connection, now: datetime) -> Sequence[str]:
    """The plans that nobody started in time, or whose making was cut off."""
    return conn.scalars(_OVER, {"over_before": now - KEPT, "heard_before": now - SILENT}).all()


def forget_plans(conn: Connection, now: datetime) -> int:
    """Forget them; how many they were."""
    over = over_plans(conn, now)
    for plan in over:
        forget(conn, plan)
    return len(over)
