"""Campaigns that have ended, and whom they still know: who was in them goes, their counts stay."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import and_, bindparam, delete, func, or_, select, update

from server.store.campaign_tables import CAMPAIGNS, CHUNKS, RECIPIENTS
from server.store.campaigns import OVER, change
from server.store.plans import Connection

ENDED, PLANS = "ended campaigns", "plans that nobody started"
_CAMPAIGN = CAMPAIGNS.c
_SEALED = and_(CHUNKS.c.campaign == _CAMPAIGN.id, CHUNKS.c.sealed != "")
_IS_OLD = and_(
    _CAMPAIGN.state.in_(OVER),
    _CAMPAIGN.ended_at < bindparam("before", type_=_CAMPAIGN.ended_at.type),
    or_(
        select(RECIPIENTS.c.number).where(RECIPIENTS.c.campaign == _CAMPAIGN.id).exists(),
        select(CHUNKS.c.number).where(_SEALED).exists(),
    ),
)
_COUNT = select(func.count()).select_from(CAMPAIGNS).where(_IS_OLD)
_SOME = (
    select(_CAMPAIGN.id, _CAMPAIGN.plan)
    .where(_IS_OLD)
    .order_by(_CAMPAIGN.ended_at)
    .limit(bindparam("at_most"))
)
_WANTED = bindparam("wanted_id", type_=_CAMPAIGN.id.type)
_EMPTY = update(CHUNKS).where(CHUNKS.c.campaign == _WANTED, CHUNKS.c.sealed != "").values(sealed="")
_DROP = delete(RECIPIENTS).where(RECIPIENTS.c.campaign == _WANTED)


class OldCampaign(NamedTuple):
    """One that ended long ago; its plan is sealed."""

    id: str
    plan: str


def count_old_campaigns(conn: Connection, before: datetime) -> int:
    """How many that ended before this time still know whom they were for."""
    return conn.scalar(_COUNT, {"before": before}) or 0


def old_campaigns(conn: Connection, before: datetime, limit: int) -> Sequence[OldCampaign]:
    """The first of them."""
    return [OldCampaign(*row) for row in conn.execute(_SOME, {"before": before, "at_most": limit})]


def take_out_recipients(conn: Connection, key: bytes, id_: str, plan: str) -> None:
    """Keep of an ended campaign what can be counted, and this plan of it, sealed."""
    for each in (_EMPTY, _DROP):
        conn.execute(each, {"wanted_id": id_})
    change(conn, key, id_, OVER, plan=plan)
