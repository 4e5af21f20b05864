"""A loop without real time and without real waiting: whoever runs next is drawn from the seed.

Code under test awaits `Turns.take` at every place where the world may change under it: before and after each
transaction, before and after what the vendor does. While nothing is ready to run, the loop draws one of the
waiting and wakes it; when nobody waits, time goes on to the next timer.
"""

import asyncio
import selectors
from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random

_TIME_GOES_ON = 0.08
"""How often a timer comes before somebody who could run now."""


class CrashedError(BaseException):
    """The process of this task is gone. No `except Exception` can survive it, as none survives a kill."""


def is_crash(error: CrashedError | BaseExceptionGroup[BaseException]) -> bool:
    """A crash alone, or what it left of tasks that ran beside each other: each of them met it."""
    return not isinstance(error, BaseExceptionGroup) or error.split(CrashedError)[1] is None


class StuckError(Exception):
    """Nobody can ever run again: a task waits for something that cannot come."""


@dataclass(slots=True, kw_only=True)
class Life:
    """Whether a process still lives."""

    name: str
    over: bool = False


@dataclass(slots=True)
class _Waiting(selectors.BaseSelector):
    """What the loop asks when nothing is ready: here it is decided who goes on."""

    random: Random
    now: float = 0.0
    parked: list[asyncio.Future[None]] = field(default_factory=list[asyncio.Future[None]])
    more: dict[asyncio.Future[None], int] = field(default_factory=dict[asyncio.Future[None], int])
    """How often one of the waiting is still to be drawn before it goes on, where that is not once."""
    keys: dict[object, selectors.SelectorKey] = field(default_factory=dict[object, selectors.SelectorKey])

    def register(self, fileobj: object, events: int, data: object = None) -> selectors.SelectorKey:
        key = selectors.SelectorKey(fileobj, 0, events, data)  # pyright: ignore[reportArgumentType] - opaque here
        return self.keys.setdefault(fileobj, key)

    def unregister(self, fileobj: object) -> selectors.SelectorKey:
        return self.keys.pop(fileobj)

    def get_map(self) -> Mapping[object, selectors.SelectorKey]:  # pyright: ignore[reportIncompatibleMethodOverride] - as above
        return self.keys

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None or timeout > 0:
            self._go_on(timeout)
        return []

    def _go_on(self, timeout: float | None) -> None:
        while self.parked and (timeout is None or self.random.random() > _TIME_GOES_ON):
            drawn = self._draw()
            if drawn.done():
                self.more.pop(drawn, None)
            elif self._waits_longer(drawn):
                self.parked.append(drawn)
            else:
                drawn.set_result(None)
                return
        if timeout is not None:
            self.now += timeout
        else:
            raise StuckError

    def _waits_longer(self, drawn: asyncio.Future[None]) -> bool:
        if not self.more:
            return False
        left = self.more.pop(drawn, 1) - 1
        if left > 0:
            self.more[drawn] = left
        return left > 0

    def _draw(self) -> asyncio.Future[None]:
        """One of the waiting; the last one takes its place."""
        place = int(self.random.random() * len(self.parked))
        last = self.parked.pop()
        if place == len(self.parked):
            return last
        drawn, self.parked[place] = self.parked[place], last
        return drawn


class VirtualLoop(asyncio.SelectorEventLoop):
    """asyncio as it is, on the seed's time."""

    def __init__(self, random: Random) -> None:
        self._waiting = _Waiting(random)
        super().__init__(self._waiting)

    def time(self) -> float:
        """Seconds since the seed's beginning."""
        return self._waiting.now

    async def take_turn(self, life: Life, times: int = 1) -> None:
        """Let anybody else run first, so many `times`. A process that died meanwhile gets no further."""
        if life.over:
            raise CrashedError
        future = self.create_future()
        if times > 1:
            self._waiting.more[future] = times
        self._waiting.parked.append(future)
        await future
        if life.over:
            raise CrashedError
