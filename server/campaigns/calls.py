"""Who may claim a part, and who may post one: no more calls at once than the account has.

A claim takes about as long as a quick call. So the part that follows a call is claimed as long before its
end as a claim takes: the next call begins when the last one ends. Of a part that is claimed and waits nobody
knows whether it left, should the process die just then; so when a call is about to end is told by the slower
ones of the last few, and a call that takes longer than they did is waited for by one part alone.
"""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from types import TracebackType

import anyio

_LAST = 8
"""So many calls, and claims, tell how long the next ones take."""


class Calls:
    """The calls of one account."""

    def __init__(self, at_once: int) -> None:
        self._claims = anyio.Semaphore(at_once, fast_acquire=True)
        self.posts = anyio.Semaphore(at_once, fast_acquire=True)
        self.claimed: deque[float] = deque(maxlen=_LAST)
        """What the last claims took, in seconds."""
        self.posted: deque[float] = deque(maxlen=_LAST)
        """What the last calls took."""

    @asynccontextmanager
    async def turn(self) -> AsyncGenerator["Turn"]:
        """The right to claim one part and to post it, as soon as a call is free or about to be."""
        await self._claims.acquire()
        turn = Turn(self)
        try:
            yield turn
        finally:
            turn.let_on()

    def let_on(self) -> None:
        """Another may claim."""
        self._claims.release()

    def let_on_after(self) -> float | None:
        """So many seconds after its begin a call is about to end; None: nobody knows."""
        if not self.posted or not self.claimed:
            return None
        return max(0.0, _mostly(self.posted) - _mostly(self.claimed))


class Turn:
    """Of one part. The call is made within `async with`, which waits until one is free."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._since = anyio.current_time()
        self._timer: asyncio.TimerHandle | None = None
        self._has_let_on = False

    def let_on(self) -> None:
        """The next one may claim: at the end of the call, or when that is near."""
        if self._timer is not None:
            self._timer.cancel()
        if not self._has_let_on:
            self._has_let_on = True
            self._calls.let_on()

    async def __aenter__(self) -> None:
        """Wait for a free call: the part is claimed."""
        self._calls.claimed.append(anyio.current_time() - self._since)
        await self._calls.posts.acquire()
        self._since = anyio.current_time()
        after = self._calls.let_on_after()
        if after is not None:
            self._timer = asyncio.get_running_loop().call_later(after, self.let_on)

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        """The vendor answered, or will not: what came of it is still to be written down."""
        self._calls.posted.append(anyio.current_time() - self._since)
        self._calls.posts.release()
        self.let_on()


def _mostly(seconds: deque[float]) -> float:
    """Three of four took no longer."""
    return sorted(seconds)[max(len(seconds) * 3 // 4 - 1, 0)]
