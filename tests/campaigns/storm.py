"""Workers that are killed at random moments while a vendor that fails takes a campaign's texts."""

import json
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from random import Random

import anyio
import anyio.to_thread

from server.campaigns.local import whole
from server.parts import Parts
from server.store import campaigns
from server.systems import start_detached
from tests.campaigns.playing import is_done, progress
from tests.e2e.house import House, Session
from tests.gate.servers import until

PAGE = "SendParamSMS.ashx"
FAULTS = ("reset_before", "reset_after", "half", "garbage", "http_500", "html")
_LAUNCHER = Path(__file__).with_name("launcher.py")
_STEP_SECONDS, _END_SECONDS = 20.0, 900.0


@dataclass(slots=True, kw_only=True)
class CampaignStorm:
    """One campaign, and the workers that carry it out until they are killed."""

    house: House
    session: Session
    parts: Parts
    campaign: str
    dice: Random
    lanes: int = 1
    """Workers at once."""
    naive: bool = False
    one_stays_away: bool = False
    """From half of the kills on there is one worker fewer."""
    kills: int = 0
    resumed: int = 0
    _workers: list[int] = field(default_factory=list[int])

    async def faults(self, posts: int, share: float) -> None:
        """So large a share of the next calls fails, each in one of several ways."""
        for _ in range(round(posts * share)):
            how = {"fault": self.dice.choice(FAULTS), "after": self.dice.randrange(posts)}
            await self.house.vendor.control("faults", path=PAGE, times=1, **how)

    async def rage(self, kills: int, everybody: int, stop: Callable[[], Awaitable[bool]]) -> None:
        """Kill so many workers, spread over the campaign, or until it stops; others come after them."""
        for kill in range(kills):
            self._fill()
            enough = everybody * (kill + self.dice.random()) / (kills + 1)
            with anyio.move_on_after(_STEP_SECONDS):
                await until(partial(self._far_enough, enough), _STEP_SECONDS * 2)
            await self._resume()
            if await stop():
                return
            await self._kill(self.dice.choice(self._workers))
            self.kills += 1
            if self.one_stays_away and self.kills == (kills + 1) // 2:
                self.lanes -= 1

    async def calm(self) -> None:
        """Let it come to its end; nobody is killed any more."""

        async def over() -> bool:
            self._fill()
            await self._resume()
            return await is_done(self.parts, self.campaign)

        await until(over, _END_SECONDS)
        await self.end()

    async def end(self) -> None:
        """Nobody works on it any more."""
        for worker in [*self._workers]:
            await self._kill(worker)

    async def _far_enough(self, enough: float) -> bool:
        now = await progress(self.parts, self.campaign)
        return now.sent + now.unknown + now.failed + now.sending > enough

    def _fill(self) -> None:
        self._workers[:] = [worker for worker in self._workers if _lives(worker)]
        given = json.dumps(whole(self.parts.settings)).encode()
        command = [sys.executable, "-m", "tests.campaigns.launcher", *(["--naive"] if self.naive else [])]
        while len(self._workers) < self.lanes:
            self._workers.append(start_detached(command, given))

    async def _kill(self, worker: int) -> None:
        if worker in self._workers:
            self._workers.remove(worker)
        if _lives(worker):
            os.kill(worker, signal.SIGKILL)
            await anyio.to_thread.run_sync(os.waitpid, worker, 0)

    async def _resume(self) -> None:
        """A person lets it go on after it stopped by itself."""
        found = await self.parts.memory.keeper.read(lambda conn: campaigns.campaign_of(conn, self.campaign))
        if found is not None and found.state == campaigns.PAUSED:
            self.resumed += 1
            await self.session.told("resume_campaign", {"campaign_id": self.campaign})


def _lives(worker: int) -> bool:
    try:
        return os.waitpid(worker, os.WNOHANG) == (0, 0)
    except ChildProcessError:
        return False
