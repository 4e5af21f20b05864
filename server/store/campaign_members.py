"""In which campaigns a number is, and how it leaves those that have ended."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import bindparam, delete, select, update

from server.store.campaign_chunks import WAITING
from server.store.campaign_tables import CAMPAIGNS, CHUNKS, RECIPIENTS
from server.store.campaigns import OVER, change
from server.store.plans import Connection

_OF_NUMBER = (
    select(CAMPAIGNS.c.id, CAMPAIGNS.c.state, CAMPAIGNS.c.plan)
    .join(RECIPIENTS, RECIPIENTS.c.campaign == CAMPAIGNS.c.id)
    .where(RECIPIENTS.c.number == bindparam("half"))
)
_WANTED = bindparam("wanted_id", type_=CAMPAIGNS.c.id.type)
_SEALED = select(CHUNKS.c.number, CHUNKS.c.sealed).where(CHUNKS.c.campaign == _WANTED, CHUNKS.c.sealed != "")
_RESEAL = (
    update(CHUNKS)
    .where(CHUNKS.c.campaign == _WANTED, CHUNKS.c.number == bindparam("wanted_number"))
    .values(sealed=bindparam("new_sealed"))
)
_LEAVE = delete(RECIPIENTS).where(RECIPIENTS.c.campaign == _WANTED, RECIPIENTS.c.number == bindparam("half"))


_SIZES = (
    select(CHUNKS.c.number, CHUNKS.c.recipients)
    .where(CHUNKS.c.campaign == _WANTED, CHUNKS.c.state == WAITING)
    .order_by(CHUNKS.c.number)
)


class WaitingChunk(NamedTuple):
    """A chunk that waits, and for how many it is."""

    number: int
    recipients: int


class OfCampaign(NamedTuple):
    """A campaign that a number is in; its plan is sealed."""

    id: str
    state: str
    plan: str

    @property
    def ended(self) -> bool:
        """Whether nothing is sent for it any more."""
        return self.state in OVER


class SealedChunk(NamedTuple):
    """A chunk that still holds whom it is for."""

    number: int
    sealed: str


def waiting_sizes(conn: Connection, campaign: str) -> Sequence[WaitingChunk]:
    """The chunks of a campaign that wait, in their order."""
    return [WaitingChunk(*row) for row in conn.execute(_SIZES, {"wanted_id": campaign})]


def campaigns_with(conn: Connection, half: str) -> Sequence[OfCampaign]:
    """The campaigns that this half hash is in."""
    return [OfCampaign(*row) for row in conn.execute(_OF_NUMBER, {"half": half})]


def sealed_chunks(conn: Connection, campaign: str) -> Sequence[SealedChunk]:
    """Those of a campaign: of an ended one, what failed or is of unknown outcome."""
    return [SealedChunk(*row) for row in conn.execute(_SEALED, {"wanted_id": campaign})]


def leave_campaign(
    conn: Connection, key: bytes, campaign: OfCampaign, half: str, chunks: Sequence[SealedChunk]
) -> None:
    """Take a number out of an ended campaign, which gets this one's plan and these chunks."""
    for each in chunks:
        values = {"wanted_id": campaign.id, "wanted_number": each.number, "new_sealed": each.sealed}
        conn.execute(_RESEAL, values)
    conn.execute(_LEAVE, {"wanted_id": campaign.id, "half": half})
    change(conn, key, campaign.id, OVER, plan=campaign.plan)
