"""Campaigns held against their seals: in the audit's chain each second of a worker would be an entry."""

from server.store.campaign_seals import is_sealed
from server.store.campaign_tables import CAMPAIGNS
from server.store.campaigns import every_campaign
from server.store.compared import Comparison
from server.store.plans import Connection


def sealed_campaigns(conn: Connection, key: bytes) -> Comparison:
    """Which campaigns are as this program wrote them; of those that are gone nothing is known here."""
    found = Comparison(table=CAMPAIGNS.name)
    for campaign in every_campaign(conn):
        if not is_sealed(key, campaign):
            found.altered.add(campaign.id)
    return found
