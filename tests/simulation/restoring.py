"""An operator who keeps a copy of the store and puts it back later, and perhaps accepts what is lost by that.

A head is written every second, and nobody restores a copy faster: when the copy is put back, the head names
what was written last.
"""

import asyncio
from contextlib import suppress
from random import Random
from typing import TYPE_CHECKING

from server.ledger.notes import Note
from server.store.errors import StoreUnavailableError
from tests.simulation.loop import CrashedError, Life

if TYPE_CHECKING:
    from tests.simulation.worker import Worker
    from tests.simulation.world import World

_TRIES = 10


class Operator:
    """Plays one copy and one or two restores while anybody works."""

    def __init__(self, world: "World", random: Random) -> None:
        self._world = world
        self._random = random
        self._life = Life(name="operator")

    async def run(self) -> None:
        """Copy, restore, accept: each after some awaits of the others."""
        await self._turns(24)
        if self._random.random() < 0.6:
            await self._until_something_waits()
        copy = self._world.store.copy()
        if self._random.random() < 0.2:
            copy = self._world.store.begun_anew()
        for _ in range(self._random.choice((1, 1, 2))):
            await self._turns(48)
            if not self._world.working:
                return
            await self._restore(copy)
            await self._turns(24)
            if self._random.random() < 0.65:
                await self._accept()

    async def _turns(self, most: int) -> None:
        await self._world.loop.take_turn(self._life, self._random.randrange(1, most))

    async def _until_something_waits(self) -> None:
        """A copy that holds a question, or an approval, is the one to be afraid of."""
        rows = self._world.watch.rows
        for _ in range(60):
            if any(row.state in ("proposed", "approved") for row in rows.values()):
                return
            await self._world.loop.take_turn(self._life)

    async def _restore(self, copy: bytes) -> None:
        """With the servers stopped, under running ones, or into the very file that they have open."""
        world, how = self._world, self._random.choice(("stopped", "running", "in place"))
        if not await self._head_is_written():
            return
        if how == "stopped":
            for index in range(len(world.workers)):
                world.crash(index)
        world.store.put_back(copy)
        if how == "running":
            for worker in (*world.workers, world.terminal):
                worker.lose_the_file()
        world.restored(how)

    async def _head_is_written(self) -> bool:
        """Until the head names the newest entry; once the past is lost it stays behind."""
        for _ in range(_TRIES):
            if self._world.watch.loss.lost or self._world.store.newest() == self._world.heads.named():
                return True
            for worker in (*self._world.workers, self._world.terminal):
                with suppress(CrashedError):
                    await worker.book.remember_head()
            if self._world.store.newest() == self._world.heads.named():
                return True
            try:
                await self._world.terminal.journal.record(Note(what="looked"))
            except StoreUnavailableError:
                continue
        return False

    async def _accept(self) -> None:
        """As a command of its own, which may be killed in between."""
        world = self._world
        if not world.watch.loss.lost:
            return
        worker = world.start_worker()
        world.watch.note("* a person accepts the loss")
        world.watch.loss.accepting(world.watch.rows, world.clock())
        async with asyncio.TaskGroup() as group:
            if self._random.random() < 0.2:
                group.create_task(self._kill(worker))
            group.create_task(_accepted(world, worker))

    async def _kill(self, worker: "Worker") -> None:
        await self._turns(4)
        worker.life.over = True


async def _accepted(world: "World", worker: "Worker") -> None:
    try:
        await worker.journal.accept_loss("王小明")
    except CrashedError:
        world.watch.note("the acceptance was killed")
    except StoreUnavailableError:
        world.watch.note("the store failed")
