"""Reports that wait together are kept in one transaction, and so wait for the disk once.

Whoever hands one over is answered after the commit that holds it, and not before.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from functools import partial

import anyio

from server.ledger.records import Reported
from server.store.errors import StoreUnavailableError

MOST = 128
"""Reports that share a transaction: a send that waits behind it never waits long."""

Keep = Callable[[Sequence[Reported]], Awaitable[object]]
_Waiting = tuple[Reported, "asyncio.Future[None]"]


class Intake:
    """Reports on their way to the store, through one transaction at a time."""

    def __init__(self, keep: Keep) -> None:
        self._keep = keep
        self._waiting: deque[_Waiting] = deque()
        self._running: asyncio.Task[None] | None = None

    async def keep(self, reported: Reported) -> None:
        """Keep a report; what has begun for a caller who leaves is carried through.

        Raises:
            StoreUnavailableError: it was not kept.
        """
        kept: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((reported, kept))
        self._begin()
        await kept

    async def close(self) -> None:
        """Wait for what has begun."""
        with anyio.CancelScope(shield=True):
            while self._running is not None:
                await asyncio.wait([self._running])

    def _begin(self) -> None:
        if self._running is None and self._waiting:
            group = [self._waiting.popleft() for _ in range(min(MOST, len(self._waiting)))]
            self._running = asyncio.get_running_loop().create_task(self._keep_group(group))
            self._running.add_done_callback(partial(self._ended, group))

    def _ended(self, group: Sequence[_Waiting], _running: "asyncio.Task[None]") -> None:
        self._running = None
        # Where the task itself was ended, nobody knows whether they were kept: the vendor comes again.
        _tell(group, StoreUnavailableError("the store could not be written (the server ends)."))
        self._begin()

    async def _keep_group(self, group: Sequence[_Waiting]) -> None:
        try:
            await self._keep([reported for reported, _ in group])
        except StoreUnavailableError as error:
            _tell(group, error)
        except Exception as error:  # noqa: BLE001 - it passes through to whoever waits
            if len(group) == 1:
                _tell(group, error)
                return
            # One of them may be what failed, and then it fails alone.
            for each in group:
                await self._keep_group([each])
        else:
            _tell(group)


def _tell(group: Sequence[_Waiting], error: Exception | None = None) -> None:
    for _, kept in group:
        if kept.done():
            continue
        if error is None:
            kept.set_result(None)
        else:
            kept.set_exception(error)
