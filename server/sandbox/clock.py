"""The sandbox's own clock: real time plus an offset that tests move, and what falls due on it."""

import heapq
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime

import anyio

TAIPEI = timezone(timedelta(hours=8), "Asia/Taipei")
_LONGEST_WAIT = 3600.0

Action = Callable[[datetime], None]


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class _Due:
    when: datetime
    order: int
    action: Action = field(compare=False)


class Clock:
    """Time in Asia/Taipei, as both vendors write it (never stated in their documents)."""

    def __init__(self) -> None:
        self._offset = timedelta()
        self.date_offset = timedelta()
        """How far the `Date` of answers is from real time: clocks can be wrong."""
        self._due: list[_Due] = []
        self._order = itertools.count()
        self._changed = anyio.Event()

    @property
    def offset_seconds(self) -> float:
        """How far the clock has been moved ahead of real time."""
        return self._offset.total_seconds()

    def now(self) -> datetime:
        """The sandbox's present moment."""
        return datetime.now(UTC).astimezone(TAIPEI) + self._offset

    def date(self) -> str:
        """The `Date` of an answer (RFC 9110): real time unless told otherwise, wherever the clock is."""
        return format_datetime(datetime.now(UTC) + self.date_offset, usegmt=True)

    def advance(self, seconds: float) -> None:
        """Move the clock forward; what falls due is run by `run_due` or `run_next`."""
        self._offset += timedelta(seconds=seconds)
        self.wake()

    def at(self, when: datetime, action: Action) -> None:
        """Run `action(when)` once the clock has reached `when`."""
        heapq.heappush(self._due, _Due(when=when, order=next(self._order), action=action))
        self.wake()

    def run_next(self) -> bool:
        """Run the earliest action that is due; False when nothing is."""
        if not self._due or self._due[0].when > self.now():
            return False
        due = heapq.heappop(self._due)
        due.action(due.when)
        return True

    def run_due(self) -> None:
        """Run everything that is due, in order, with what it brings about in its turn."""
        while self.run_next():
            pass

    def wake(self) -> None:
        """End a `wait` that is under way."""
        self._changed.set()
        self._changed = anyio.Event()

    async def wait(self) -> None:
        """Return when something is due or the clock has changed."""
        with anyio.move_on_after(self._seconds_to_next()):
            await self._changed.wait()

    def _seconds_to_next(self) -> float:
        if not self._due:
            return _LONGEST_WAIT
        return min(max((self._due[0].when - self.now()).total_seconds(), 0.0), _LONGEST_WAIT)
