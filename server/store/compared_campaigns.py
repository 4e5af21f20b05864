"""Campaigns held against their seals, the chain and the ledger, and their parts against both.

The chain knows the seal of each campaign that was started, which is not changed by who carries it out: each
second of a worker would be an entry, else. It knows every action, and the start of a campaign is one that is
never taken back. So a campaign that was started has a row for good, which names its start, and says so once
it was cancelled. Its parts add up to its recipients for good, and each that may be out is a part of it.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from sqlalchemy import func, select

from server.store.actions import CAMPAIGN_CANCELLATION, CAMPAIGN_PART, CAMPAIGN_START, State
from server.store.campaign_seals import is_sealed
from server.store.campaign_tables import CAMPAIGNS, CHUNKS
from server.store.campaigns import CANCELLED, PLANNING, Campaign, every_campaign, said_of
from server.store.changes import BETWEEN, row_hash
from server.store.compared import Compared, Comparison
from server.store.plans import Connection
from server.store.schema import ACTIONS

_BEGUN = (State.SUCCEEDED, State.DISPATCHING, State.UNKNOWN)
_STEPS = (
    select(ACTIONS.c.campaign, ACTIONS.c.tool, ACTIONS.c.id)
    .where(ACTIONS.c.tool.in_((CAMPAIGN_START, CAMPAIGN_CANCELLATION)), ACTIONS.c.state.in_(_BEGUN))
    .order_by(ACTIONS.c.sequence)
)
_INCOMPLETE = (
    select(CAMPAIGNS.c.id)
    .outerjoin(CHUNKS, CHUNKS.c.campaign == CAMPAIGNS.c.id)
    .where(CAMPAIGNS.c.state != PLANNING)
    .group_by(CAMPAIGNS.c.id, CAMPAIGNS.c.recipients)
    .having(func.coalesce(func.sum(CHUNKS.c.recipients), 0) != CAMPAIGNS.c.recipients)
    .order_by(CAMPAIGNS.c.id)
)
_LET_GO = (
    select(ACTIONS.c.campaign)
    .where(
        ACTIONS.c.tool == CAMPAIGN_PART,
        ACTIONS.c.campaign != "",
        ACTIONS.c.state.in_((State.DISPATCHING, State.UNKNOWN)),
        ~select(CHUNKS.c.number).where(CHUNKS.c.action == ACTIONS.c.id).exists(),
    )
    .distinct()
    .order_by(ACTIONS.c.campaign)
)


class _Step(NamedTuple):
    """A step of a campaign that was taken."""

    campaign: str
    tool: str
    action: str

    def stands_in(self, row: Campaign) -> bool:
        """Whether the row says what the step made of it."""
        return row.state == CANCELLED if self.tool == CAMPAIGN_CANCELLATION else row.action == self.action


class ComparedCampaigns(Compared):
    """The campaigns, by their id. A plan that nobody started may be gone: it is forgotten after a day."""

    def __init__(self, key: bytes) -> None:
        super().__init__(CAMPAIGNS, key)

    def rows(self, conn: Connection) -> Iterator[tuple[str, str]]:
        """What the chain is to say of each that was started."""
        for each in every_campaign(conn):
            if (said := said_of(each)) is not None:
                yield each.id, said

    def take(self, rows: Mapping[str, str]) -> None:
        """What an entry says; of one that an earlier version started, the chain has said nothing yet."""
        for name, said in rows.items():
            self._last.setdefault(name, bytes.fromhex(said.partition(BETWEEN)[0]))
        super().take(rows)

    def compare(self, conn: Connection) -> Comparison:
        """Which are as this program wrote them last, and which are gone."""
        found = Comparison(table=self.name)
        rows = {campaign.id: campaign for campaign in every_campaign(conn)}
        steps = [_Step(*row) for row in conn.execute(_STEPS).all()]
        for name in dict.fromkeys([*self._meddled, *self._put_back(rows), *_altered(rows, steps, self._key)]):
            found.altered.add(name)
        for name in dict.fromkeys([*self._last, *(each.campaign for each in steps)]):
            if name not in rows:
                found.gone.add(name)
        return found

    def _put_back(self, rows: Mapping[str, Campaign]) -> Iterator[str]:
        """Those of which the chain says something else; an earlier version said nothing of one."""
        for name, said in self._last.items():
            if name in rows:
                now = row_hash(self._key, self.name, name, said_of(rows[name]) or "")
                if said != bytes.fromhex(now):
                    yield name


def compared_parts(conn: Connection) -> Comparison:
    """Campaigns of which parts are gone, or that could send a part again that may be out."""
    found = Comparison(table=CHUNKS.name)
    for name in conn.scalars(_INCOMPLETE).all():
        found.gone.add(name)
    for name in conn.scalars(_LET_GO).all():
        found.altered.add(name)
    return found


def _altered(rows: dict[str, Campaign], steps: list[_Step], key: bytes) -> Iterator[str]:
    yield from (name for name, row in rows.items() if not is_sealed(key, row))
    for step in steps:
        if step.campaign in rows and not step.stands_in(rows[step.campaign]):
            yield step.campaign
