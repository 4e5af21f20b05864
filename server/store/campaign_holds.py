"""A campaign that stands still while a person reads what its cancellation would do.

Nothing is written for it: an undecided cancellation holds its campaign for as long as it can be agreed to. So
whatever ends it (a no, its expiry, a new question, a process that dies) lets the campaign go on as it was.
"""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import String, bindparam, literal, select

from server.store.actions import CAMPAIGN_CANCELLATION, UNDECIDED
from server.store.plans import Connection
from server.store.rows import AT, in_state
from server.store.schema import ACTIONS

# Joined with nothing, so that the few open actions are looked through, and not all parts of the campaign.
_OF_CAMPAIGN = ACTIONS.c.campaign.concat(literal("", String)) == bindparam("wanted_campaign")
_HOLD = (
    select(ACTIONS.c.id, ACTIONS.c.created_at, ACTIONS.c.expires_at)
    .where(
        in_state(*UNDECIDED),
        ACTIONS.c.tool == CAMPAIGN_CANCELLATION,
        ACTIONS.c.expires_at >= AT,
        _OF_CAMPAIGN,
    )
    .order_by(ACTIONS.c.expires_at.desc())
    .limit(1)
)


class Hold(NamedTuple):
    """The cancellation that holds a campaign, since when and until when at the latest."""

    action: str
    since: datetime
    until: datetime


def hold_of(conn: Connection, campaign: str, now: datetime) -> Hold | None:
    """What holds it now; None when nothing does."""
    row = conn.execute(_HOLD, {"wanted_campaign": campaign, "at_moment": now}).one_or_none()
    return None if row is None else Hold(*row)
