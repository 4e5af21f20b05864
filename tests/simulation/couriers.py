"""The workers that carry campaigns out: processes of their own, which die, stand still and come back.

The course, its waves and the take-over are the server's. In place of the engine, which runs on real threads
and real time, a course is begun anew by whoever holds the campaign: a wave that is done again after a crash
must find its chunks taken, whoever runs it.
"""

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import anyio

from server.campaigns import worker as taking_over
from server.campaigns.course import Course, Wave
from server.gate.campaign_chunks import ChunkSender
from tests.simulation.loop import CrashedError, is_crash

if TYPE_CHECKING:
    from tests.simulation.worker import Worker
    from tests.simulation.world import World

LANES = 2
"""Chunks that are made ready at once, so that a campaign of a few takes its time."""
LOOK_SECONDS = 15.0
"""How often a worker looks for what it could take over; a second in the server."""
MOST_PACKED, ALL_PACKED, PACKED_FOR = 2, 20, timedelta(days=2)
"""Parts whose texts are packed before others get a row each; where all of them stay packed, and how long."""
_LATER_SECONDS = 5.0
_ONE_NAME = "local"


class Couriers:
    """Two at a time, or one, as a store on one machine has it."""

    def __init__(self, world: "World", *, alone: bool) -> None:
        self._world = world
        self._alone = alone
        self._group: asyncio.TaskGroup | None = None
        self._living: list[tuple[Worker, asyncio.Task[None]]] = []
        self._over = asyncio.Event()

    async def run(self) -> None:
        """Until nobody needs them any more."""
        async with asyncio.TaskGroup() as self._group:
            for _ in range(1 if self._alone else 2):
                self._start()
            await self._over.wait()
            for _, task in self._living:
                task.cancel()

    def end(self) -> None:
        """Nobody needs them any more."""
        self._over.set()

    def crash(self, index: int) -> None:
        """One is gone, and another started."""
        worker, _ = self._living.pop(index % len(self._living))
        worker.life.over = True
        self._start()

    def another(self) -> None:
        """One more begins to look for what nobody carries out."""
        if not self._alone:
            self._start()

    @property
    def workers(self) -> list["Worker"]:
        """Their processes."""
        return [worker for worker, _ in self._living]

    def _start(self) -> None:
        if self._group is None or self._over.is_set():
            return
        worker = self._world.start_worker()
        name = _ONE_NAME if self._alone else worker.life.name
        self._world.watch.campaigns.couriers[worker.life.name] = name
        task = self._group.create_task(self._work(worker, name))
        self._living.append((worker, task))

    async def _work(self, worker: "Worker", name: str) -> None:
        course = Course(worker.context.campaigns, ChunkSender(worker.context))

        async def carry_out(campaign: str, epoch: int) -> None:
            self._world.watch.note(f"{worker.life.name} carries a campaign out, epoch {epoch}")
            while (following := await course.wave(campaign, epoch)) is not Wave.OVER:
                if following is Wave.LATER:
                    await anyio.sleep(_LATER_SECONDS)

        work = taking_over.Worker(worker.context.memory.keeper, name, carry_out, worker.book)
        try:
            await work.work(until_idle=False)
        except (CrashedError, BaseExceptionGroup) as error:
            if not is_crash(error):
                raise
            self._world.watch.note(f"{worker.life.name} has crashed")
