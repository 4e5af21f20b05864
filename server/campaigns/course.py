"""The course of a campaign: waves of chunks, a few at once, until nothing waits or something stops it.

It knows no engine: whoever calls `wave` again and again carries the campaign out, and a wave that is done
again after a crash finds its chunks taken.
"""

import logging
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from itertools import islice
from typing import Protocol

import anyio

from server.batches.numbers import SealedNumberError
from server.campaigns.calls import Calls, Turn
from server.campaigns.campaigns import Campaigns
from server.campaigns.standing import Standing
from server.campaigns.worker import HELD_UP
from server.store import campaign_chunks
from server.store.campaign_chunks import Waiting
from server.store.campaign_holds import Hold
from server.store.errors import StoreUnavailableError
from tools.sentence import sentence

_log = logging.getLogger(__name__)
ROUND = 50
"""Chunks whose points are asked for at once, before the first of them is sent."""
_MOST_ROUNDS = 20
"""Of a wave, which is a step of the engine."""
_READY = 3
"""Chunks that are made ready while others are under way, so that no call waits for the next text."""
_FAILURES = 3
"""So many chunks in a row that the vendor did not take, or perhaps did not: then the campaign is paused."""

_HELD_LONG = sentence(
    "its cancellation waited for a person for an hour or more, and it was to go out at once"
)
_UNREADABLE = sentence(
    "its plan cannot be read with the key of the numbers: it was damaged, or is of another key"
)


class Ended(StrEnum):
    """How a chunk ended."""

    SENT = "sent"
    UNKNOWN = "unknown"
    FAILED = "failed"
    """Certainly not sent."""
    SKIPPED = "skipped"
    """Nobody of it was left to send to."""
    WAITS = "waits"
    """It was not taken: the campaign does not run, another worker holds it, or somebody must be left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChunkEnd:
    """How a chunk ended, and why nothing more of the campaign must be begun; '' when it can go on."""

    ended: Ended
    stop: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What follows a trial: the rest; a person's word, for this reason; or, with neither, more watching."""

    released: bool = False
    hold: str = ""


Send = Callable[[Turn], Awaitable[ChunkEnd]]
"""Sends a chunk that is ready: claims it, posts it within the turn, and keeps what became of it."""


class Sends(Protocol):
    """What a course needs of the gate."""

    def expect(self, chunks: int) -> None:
        """So many, or more, are about to be prepared."""
        ...

    async def prepare(self, standing: Standing, number: int, epoch: int) -> ChunkEnd | Send:
        """What sends a chunk that waits, once; or its end, where it is not sent."""
        ...

    @property
    def at_once(self) -> int:
        """So many calls of the account may be under way at once."""
        ...

    async def missing(self, points: Decimal) -> str:
        """Why the account cannot pay so much now; '' when it can."""
        ...

    async def stop(self, campaign: str, epoch: int, reason: str) -> bool:
        """Nothing more of it is begun until a person resumes it."""
        ...

    async def hold(self, campaign: str, epoch: int, reason: str) -> bool:
        """The same, after its trial."""
        ...

    async def judge(self, standing: Standing) -> Judgement:
        """What follows its trial, which is out."""
        ...

    async def release(self, campaign: str, epoch: int) -> bool:
        """What follows its trial may be sent."""
        ...

    async def end(self, campaign: str, epoch: int) -> bool:
        """Nothing waits any more."""
        ...


class Wave(StrEnum):
    """What follows a wave."""

    MORE = "more"
    LATER = "later"
    """The store is away, or no chunk could be taken."""
    OVER = "over"


@dataclass(slots=True)
class _Row:
    """What went wrong one after the other, and what stops the wave."""

    failures: int = 0
    stop: str = ""
    moved: bool = False
    """A chunk was taken: one that was not waits for another wave, which does not follow at once."""

    def take(self, end: ChunkEnd) -> None:
        """Note how a chunk ended."""
        self.moved = self.moved or end.ended is not Ended.WAITS
        if end.ended in (Ended.FAILED, Ended.UNKNOWN):
            self.failures += 1
        elif end.ended is Ended.SENT:
            self.failures = 0
        self.stop = self.stop or end.stop
        if self.failures >= _FAILURES:
            self.stop = self.stop or sentence(
                "the vendor did not take {count} parts one after the other", count=self.failures
            )


class Course:
    """Carries campaigns out, wave by wave."""

    def __init__(self, known: Campaigns, sends: Sends, *, rounds: int = _MOST_ROUNDS) -> None:
        self._campaigns = known
        self._sends = sends
        self._rounds = rounds

    async def wave(self, campaign: str, epoch: int) -> Wave:
        """The next chunks; whether there may be more to do."""
        following = Wave.LATER
        try:
            following = await self._wave(campaign, epoch)
        except* StoreUnavailableError:
            _log.warning("the store is unavailable; a campaign waits")
        return following

    async def _wave(self, campaign: str, epoch: int) -> Wave:
        try:
            standing = await self._campaigns.running(campaign, epoch)
        except SealedNumberError:
            await self._sends.stop(campaign, epoch, _UNREADABLE)
            return Wave.OVER
        if standing is None:
            return Wave.OVER
        waiting = await self._campaigns.waiting(campaign, ROUND)
        if not waiting:
            await self._sends.end(campaign, epoch)
            return Wave.OVER
        if (hold := await self._campaigns.hold_of(campaign)) is not None:
            return await self._held(standing, epoch, hold)
        phase = waiting[0].phase
        if phase == campaign_chunks.REST and not standing.campaign.released:
            return await self._after_trial(standing, epoch)
        self._sends.expect(len(waiting))
        supply = _Supply(self._campaigns, self._sends, campaign, phase, self._rounds)
        await supply.take(waiting)
        await self._send(standing, supply, epoch)
        # Once a wave: a commit for each of its chunks takes as long as the chunk's outcome does.
        await self._campaigns.empty(campaign, supply.given)
        if why := supply.row.stop or supply.short:
            await self._sends.stop(campaign, epoch, why)
            return Wave.OVER
        return Wave.MORE if supply.row.moved else Wave.LATER

    async def _held(self, standing: Standing, epoch: int, hold: Hold) -> Wave:
        """Its cancellation waits for a person. What was to go out at once does not go on hours later."""
        found = standing.campaign
        if found.at_once and self._campaigns.keeper.clock() - hold.since >= HELD_UP:
            await self._sends.stop(found.id, epoch, _HELD_LONG)
            return Wave.OVER
        return Wave.LATER

    async def _after_trial(self, standing: Standing, epoch: int) -> Wave:
        judged = await self._sends.judge(standing)
        if judged.hold:
            await self._sends.hold(standing.campaign.id, epoch, judged.hold)
            return Wave.OVER
        if judged.released and await self._sends.release(standing.campaign.id, epoch):
            return Wave.MORE
        return Wave.LATER

    async def _send(self, standing: Standing, supply: "_Supply", epoch: int) -> None:
        """Send these, a few at once, as long as nothing stops the campaign.

        While the outcome of one is written down the next one is posted.
        """
        row, calls = supply.row, Calls(self._sends.at_once)

        async def lane() -> None:
            while (number := await supply.next()) is not None and not row.stop:
                ready = await self._sends.prepare(standing, number, epoch)
                if isinstance(ready, ChunkEnd):
                    supply.end(number, ready)
                    continue
                async with calls.turn() as turn:
                    if not row.stop:
                        supply.end(number, await ready(turn))

        async with anyio.create_task_group() as lanes:
            for _ in range(self._sends.at_once + _READY):
                lanes.start_soon(lane)


class _Supply:
    """The chunks of one wave, round by round: the next are known before the last of a round is sent."""

    def __init__(self, known: Campaigns, sends: Sends, campaign: str, phase: str, rounds: int) -> None:
        self._campaigns, self._sends = known, sends
        self._campaign, self._phase = campaign, phase
        self._left: deque[int] = deque()
        self._rounds = rounds
        """How many more there may be."""
        self._asking = anyio.Lock()
        self._open: dict[int, Decimal] = {}
        """The points of those that have not ended: the vendor may not have charged them yet."""
        self.given: list[int] = []
        self.row = _Row()
        self.short = ""
        """Why the points do not cover another round."""

    async def take(self, waiting: Sequence[Waiting]) -> None:
        """Another round of those that wait, if the points cover it."""
        known = {*self.given, *self._left}
        these = (each for each in waiting if each.phase == self._phase and each.number not in known)
        those = list(islice(these, ROUND))
        if not those:
            self._rounds = 0
            return
        uncharged = sum(self._open.values(), Decimal(0))
        short = await self._sends.missing(sum((each.points for each in those), uncharged))
        if short:
            # Of what is under way some may be charged already: the next wave, which has none, asks again.
            self._rounds, self.short = 0, "" if uncharged else short
            return
        self._rounds -= 1
        self._left += [each.number for each in those]
        self._open |= {each.number: each.points for each in those}

    def end(self, number: int, end: ChunkEnd) -> None:
        """Note how a chunk ended."""
        self._open.pop(number, None)
        self.row.take(end)

    async def next(self) -> int | None:
        """The next chunk; None when there is none for this wave."""
        if len(self._left) <= _READY and self._rounds:
            await self._ask()
        if not self._left:
            return None
        self.given.append(self._left.popleft())
        return self.given[-1]

    async def _ask(self) -> None:
        if self._left and self._asking.locked():
            return
        async with self._asking:
            if len(self._left) <= _READY and self._rounds and not self.row.stop:
                under_way = 2 * (self._sends.at_once + _READY)
                await self.take(await self._campaigns.waiting(self._campaign, ROUND + under_way))
