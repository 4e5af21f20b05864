"""A worker: takes over campaigns that nobody carries out, and says that it lives.

Its name stands with each campaign that it holds. One that is not heard of for a minute is replaced under the
next epoch, and finds its claims refused should it come back.
"""

import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from typing import Protocol

import anyio
import anyio.lowlevel
from anyio.abc import TaskGroup

from server.batches.keeper import Keeper
from server.store import campaigns
from server.store.campaigns import Campaign, Held
from server.store.errors import StoreUnavailableError
from server.store.plans import Connection

AGAIN_SECONDS = 60.0
"""A course that failed is not taken up again before that."""
HELD_UP = timedelta(hours=1)
"""What was to go out at once, and was carried out by nobody for so long, waits for a person."""
STALE = timedelta(seconds=60)
"""So long a worker may be silent before another takes its campaigns over."""
_LOOK_SECONDS = 1.0
_log = logging.getLogger(__name__)

CarryOut = Callable[[str, int], Awaitable[None]]


class Care(Protocol):
    """What a worker needs of the ledger."""

    async def stop_held_up(self, campaign: Campaign) -> bool:
        """It goes on with a person's word alone."""
        ...

    async def give_up_others(self, campaign: str) -> None:
        """Its parts that another worker had under way are unknown."""
        ...


class Worker:
    """One process's work on campaigns."""

    def __init__(self, keeper: Keeper, name: str, carry_out: CarryOut, care: Care) -> None:
        self._keeper = keeper
        self._name = name
        self._carry_out = carry_out
        self._care = care
        self._busy: set[str] = set()

    async def work(self, *, until_idle: bool) -> None:
        """Carry campaigns out until cancelled; with `until_idle` until none runs, under others either.

        That one may fall silent: then its campaigns are taken over.
        """
        async with anyio.create_task_group() as group:
            while True:
                some_run = await self._look(group)
                if until_idle and not some_run and not self._busy:
                    return
                await anyio.sleep(_LOOK_SECONDS)

    async def _look(self, group: TaskGroup) -> bool:
        """Take over what nobody carries out, and go on with what this one left undone; whether any runs."""
        try:
            await self._stop_held_up()
            found, some_run = await self._keeper.write(self._taken)
        except StoreUnavailableError:
            _log.warning("the store is unavailable; campaigns wait")
            return True
        # A write ends although the worker is to stop: it begins nothing after it.
        await anyio.lowlevel.checkpoint_if_cancelled()
        for each in found:
            if each.campaign not in self._busy:
                self._busy.add(each.campaign)
                group.start_soon(self._carry, each)
        return some_run

    async def _stop_held_up(self) -> None:
        """Its plan did not say that it goes on hours later, at night perhaps or the next morning."""
        before = self._keeper.clock() - HELD_UP
        for each in await self._keeper.read(lambda conn: campaigns.held_up(conn, before)):
            await self._care.stop_held_up(each)

    def _taken(self, conn: Connection) -> tuple[list[Held], bool]:
        now = self._keeper.clock()
        campaigns.beat(conn, self._name, now)
        for each in campaigns.due_campaigns(conn, now - STALE):
            campaigns.take_campaign(conn, each, self._name, now, now - STALE)
        return campaigns.held_by(conn, self._name), campaigns.some_run(conn)

    async def _carry(self, held: Held) -> None:
        try:
            await self._care.give_up_others(held.campaign)
            await self._carry_out(held.campaign, held.epoch)
        except Exception:  # noqa: BLE001 - whatever fails in one campaign must not end the others
            _log.exception("the course of campaign %s failed; it is taken up again", held.campaign)
            await anyio.sleep(AGAIN_SECONDS)
            await self._let_go(held)
        finally:
            self._busy.discard(held.campaign)

    async def _let_go(self, held: Held) -> None:
        """A course that failed has ended for good under its epoch: only under the next one it goes on."""
        with suppress(StoreUnavailableError):
            await self._keeper.write(lambda conn: campaigns.let_go(conn, held, self._name))
