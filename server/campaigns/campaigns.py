"""Campaigns as one process knows them: planned, looked at, and told what a step of them must know."""

import json
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import astuple, dataclass
from decimal import Decimal
from functools import partial
from typing import Any, NamedTuple, cast

import anyio.to_thread

from server.batches.keeper import Keeper
from server.batches.numbers import NumberSeal, SealedNumberError
from server.campaigns.draft import Draft, Wish
from server.campaigns.planning import Planner
from server.campaigns.source import Lists, OpenList
from server.campaigns.standing import Standing
from server.store import campaign_chunks, campaign_progress, campaigns
from server.store.batches import SENT, Batch
from server.store.campaign_bookings import booked_ahead, bookings_of, erasings_in_doubt
from server.store.campaign_chunks import Chunk, Waiting
from server.store.campaign_holds import Hold, hold_of
from server.store.campaign_progress import Progress
from server.store.campaigns import Campaign
from server.store.in_flight import campaigns_under_way
from server.store.plans import Connection
from server.store.slices import slices
from tools.campaign_facts import CampaignBooking, CampaignFacts, CampaignState
from tools.campaigns.trial import read_terms
from tools.list_desk import ListFound
from tools.sentence import read

_UNREADABLE: Mapping[str, Any] = {
    "text": "",
    "trial": 0,
    "first_at": None,
    "last_at": None,
    "longest": (),
    "estimates": 0,
    "abroad": 0,
    "texted": 0,
}
"""What is told of a plan that cannot be read."""


async def nobody_is_woken() -> None:
    """A server that starts no worker: another process carries campaigns out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known(Standing):
    """A campaign with its plan, and how far it is."""

    progress: Progress
    waiting_points: Decimal
    hold: Hold | None
    """What keeps it from going on, although it runs."""

    @property
    def is_readable(self) -> bool:
        """Its plan can be read; of any other nothing but its row is known."""
        return self.plan is not _UNREADABLE


class Planned(NamedTuple):
    """A plan that was kept, how it grew, and what there is to know of its list."""

    standing: Standing
    draft: Draft
    found: ListFound | None


class Campaigns:
    """The campaigns of one store."""

    def __init__(self, keeper: Keeper, lists: Lists) -> None:
        self.keeper = keeper
        self.lists = lists
        self.wake: Callable[[], Awaitable[None]] = nobody_is_woken
        """Called once something is to be carried out."""
        self._planner = Planner(keeper)

    async def plan(self, wish: Wish, opened: AbstractAsyncContextManager[OpenList]) -> Planned:
        """Plan a campaign from this list.

        Raises:
            RefusedError: a rule forbids it, nobody is left, or the list cannot be used.
        """
        async with opened as source:
            standing, draft = await self._planner.plan(wish, source)
            found = await anyio.to_thread.run_sync(source.found, draft.listed)
            return Planned(standing=standing, draft=draft, found=found)

    async def known(self, id_: str, principal: str) -> Known | None:
        """A campaign of this principal's; None when there is none."""
        seal = await self.keeper.seal()

        def work(conn: Connection) -> Known | None:
            found = campaigns.campaign_of(conn, id_)
            if found is None or found.principal != principal or found.state == campaigns.PLANNING:
                return None
            return Known(
                campaign=found,
                plan=_plan_or_none(seal, found),
                progress=campaign_progress.progress_of(conn, id_),
                waiting_points=campaign_chunks.waiting_points(conn, id_),
                hold=hold_of(conn, id_, self.keeper.clock()),
            )

        return await self.keeper.read(work)

    async def running(self, id_: str, epoch: int) -> Standing | None:
        """A campaign that runs under this epoch, whoever's it is.

        Raises:
            SealedNumberError: its plan cannot be read.
        """
        seal = await self.keeper.seal()

        def work(conn: Connection) -> Standing | None:
            found = campaigns.running_under(conn, id_, epoch)
            if found is None:
                return None
            return Standing(campaign=found, plan=_plan(seal, found))

        return await self.keeper.read(work)

    async def hold_of(self, id_: str) -> Hold | None:
        """What keeps it from going on now, although it runs."""
        now = self.keeper.clock()
        return await self.keeper.read(lambda conn: hold_of(conn, id_, now))

    async def some_run(self) -> bool:
        """Whether any campaign is to be carried out."""
        return await self.keeper.read(campaigns.some_run)

    async def waiting(self, id_: str, at_most: int) -> list[Waiting]:
        """The first chunks that wait."""
        return await self.keeper.read(lambda conn: campaign_chunks.waiting_chunks(conn, id_, at_most))

    async def waiting_now(self, of_each: int) -> int:
        """How many chunks of running campaigns wait, of each so many at most."""

        def work(conn: Connection) -> int:
            those = campaigns.running_of(conn, None)
            return sum(len(campaign_chunks.waiting_chunks(conn, each.id, of_each)) for each in those)

        return await self.keeper.read(work)

    async def chunk(self, id_: str, number: int) -> Chunk | None:
        """One chunk."""
        return await self.keeper.glance(lambda conn: campaign_chunks.chunk_of(conn, id_, number))

    async def empty(self, id_: str, numbers: Sequence[int]) -> None:
        """Forget whom these chunks were for, as far as they are sent and not booked."""
        now = self.keeper.clock()
        for some in slices(numbers):
            await self.keeper.write(partial(campaign_chunks.empty_these, campaign=id_, numbers=some, now=now))

    async def page(self, principal: str, page: int, page_size: int) -> tuple[list[Campaign], int]:
        """A page of this principal's campaigns, newest first, and how many there are."""
        return await self.keeper.read(lambda conn: campaigns.list_campaigns(conn, principal, page, page_size))

    async def under_way(self, principal: str, at_most: int) -> Sequence[str]:
        """This principal's campaigns of which something can still go out, what is being sent first."""
        now = self.keeper.clock()
        return await self.keeper.read(lambda conn: campaigns_under_way(conn, principal, now, at_most))

    async def erasings_in_doubt(self, id_: str) -> Sequence[str]:
        """The erasings of its bookings of which nobody knows whether they were done."""
        return await self.keeper.read(lambda conn: erasings_in_doubt(conn, id_))

    async def booked(self, id_: str) -> int:
        """Messages that are booked at the vendor and still to go out, or may be."""
        return sum(each.pending for each in await self._bookings(id_))

    async def booked_ahead(self, ids: Sequence[str]) -> Collection[str]:
        """Those of these of which something is booked at the vendor and still to go out, or may be."""
        now = self.keeper.clock()
        return await self.keeper.read(lambda conn: booked_ahead(conn, ids, now))

    async def _bookings(self, id_: str) -> list[Batch]:
        now = self.keeper.clock()
        return await self.keeper.read(lambda conn: bookings_of(conn, id_, now))

    async def marks(self, of: Mapping[str, str], principal: str) -> dict[str, tuple[object, ...]]:
        """What changes with a campaign's state and progress, by the names that these ids are given.

        Of a campaign that is another's, or none, there is no mark.
        """

        def look(conn: Connection) -> dict[str, tuple[object, ...]]:
            found = ((name, campaigns.campaign_of(conn, id_)) for name, id_ in of.items())
            return {
                name: (each.state, each.reason, *astuple(campaign_progress.progress_of(conn, each.id)))
                for name, each in found
                if each is not None and each.principal == principal
            }

        return await self.keeper.read(look)

    async def facts(self, id_: str, principal: str, quiet: str) -> CampaignFacts | None:
        """What a step of it must know, within these quiet hours; None when this principal has none such."""
        found = await self.known(id_, principal)
        if found is None:
            return None
        campaign, plan = found.campaign, found.plan
        # Who is in a list without a file was frozen with the plan.
        changed = (
            campaign.state == campaigns.PLANNED
            and campaign.list_digest != ""
            and await self.lists.digest(campaign.list_name, campaign.principal) != campaign.list_digest
        )
        return CampaignFacts(
            id=campaign.id,
            name=campaign.name,
            state=cast("CampaignState", campaign.state),
            digest=campaign.digest,
            list_changed=changed,
            is_readable=found.is_readable,
            past_lost=campaign.reason == campaigns.LOST,
            recipients=campaign.recipients,
            parts=campaign.parts,
            points=campaign.points,
            estimate=bool(plan["estimates"]),
            first_at=found.first_at,
            last_at=found.last_at,
            trial=plan["trial"],
            release=read_terms(plan["release"]).told if plan.get("release") else None,
            released=campaign.released,
            reason=read(campaign.reason),
            text=plan["text"],
            longest=plan["longest"],
            abroad=plan["abroad"],
            texted=plan["texted"],
            again_of=plan.get("again_of", ""),
            often=plan.get("often", 0),
            at_night=plan.get("at_night", 0),
            quiet=quiet,
            sending=found.progress.sending,
            # What certainly failed waits again once it is resumed.
            waiting=found.progress.waiting + found.progress.failed,
            waiting_points=found.waiting_points,
            untimed=found.progress.untimed,
            untimed_points=found.progress.untimed_points,
            bookings=[_booking(each) for each in await self._bookings(campaign.id)],
            moves=plan.get("moves", 0),
            resumed=campaign.resumed,
        )


def _plan(seal: NumberSeal, campaign: Campaign) -> Mapping[str, Any]:
    return json.loads(seal.open_text(campaign.plan, campaign.id))


def _plan_or_none(seal: NumberSeal, campaign: Campaign) -> Mapping[str, Any]:
    """A campaign whose plan was damaged is looked at and cancelled all the same."""
    try:
        return _plan(seal, campaign)
    except SealedNumberError:
        return _UNREADABLE


def _booking(batch: Batch) -> CampaignBooking:
    return CampaignBooking(
        batch_id=batch.batch_id if batch.state == SENT else "",
        at=batch.send_at,
        last_at=batch.last_at,
        count=batch.pending,
        points=(batch.points or Decimal(0)) - batch.points_returned,
    )
