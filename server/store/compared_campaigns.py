"""Campaigns held against their seals and the ledger: in the chain each second of a worker would be an entry.

The chain knows every action, and the start of a campaign is one that is never taken back. So a campaign that
was started has a row for good, which names its start, and says so once it was cancelled.
"""

from collections.abc import Iterator
from typing import NamedTuple

from sqlalchemy import select

from server.store.actions import CAMPAIGN_CANCELLATION, CAMPAIGN_START, State
from server.store.campaign_seals import is_sealed
from server.store.campaign_tables import CAMPAIGNS
from server.store.campaigns import CANCELLED, Campaign, every_campaign
from server.store.compared import Comparison
from server.store.plans import Connection
from server.store.schema import ACTIONS

_BEGUN = (State.SUCCEEDED, State.DISPATCHING, State.UNKNOWN)
_STEPS = (
    select(ACTIONS.c.campaign, ACTIONS.c.tool, ACTIONS.c.id)
    .where(ACTIONS.c.tool.in_((CAMPAIGN_START, CAMPAIGN_CANCELLATION)), ACTIONS.c.state.in_(_BEGUN))
    .order_by(ACTIONS.c.sequence)
)


class _Step(NamedTuple):
    """A step of a campaign that was taken."""

    campaign: str
    tool: str
    action: str

    def stands_in(self, row: Campaign) -> bool:
        """Whether the row says what the step made of it."""
        return row.state == CANCELLED if self.tool == CAMPAIGN_CANCELLATION else row.action == self.action


def compared_campaigns(conn: Connection, key: bytes) -> Comparison:
    """Which campaigns are as this program wrote them last, and which are gone.

    A plan that nobody started may be gone: the program forgets it after a day.
    """
    found = Comparison(table=CAMPAIGNS.name)
    rows = {campaign.id: campaign for campaign in every_campaign(conn)}
    steps = [_Step(*row) for row in conn.execute(_STEPS).all()]
    for name in dict.fromkeys(_altered(rows, steps, key)):
        found.altered.add(name)
    for name in dict.fromkeys(each.campaign for each in steps if each.campaign not in rows):
        found.gone.add(name)
    return found


def _altered(rows: dict[str, Campaign], steps: list[_Step], key: bytes) -> Iterator[str]:
    yield from (name for name, row in rows.items() if not is_sealed(key, row))
    for step in steps:
        if step.campaign in rows and not step.stands_in(rows[step.campaign]):
            yield step.campaign
