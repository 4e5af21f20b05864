"""Places for the chunks under way: as many as the account's calls, and a few more while it is quick."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import anyio

_QUICK_SECONDS = 5.0


class Places:
    """What is beyond the account's calls is claimed or written down while the others are posted.

    With a vendor that takes long it would be claimed and wait for its call instead: none is let in then.
    """

    def __init__(self, calls: int, beside: int) -> None:
        self._calls, self._beside = calls, beside
        self._began: list[float] = []
        self._changed = anyio.Condition()

    @asynccontextmanager
    async def place(self) -> AsyncGenerator[None]:
        """One of them, for as long as the block runs."""
        async with self._changed:
            while not self._lets_in():
                await self._changed.wait()
            began = anyio.current_time()
            self._began.append(began)
        try:
            yield
        finally:
            # Without a wait, so that a cancelled one gives its place back too.
            self._began.remove(began)
            with anyio.CancelScope(shield=True):
                async with self._changed:
                    self._changed.notify_all()

    def _lets_in(self) -> bool:
        if len(self._began) < self._calls:
            return True
        is_quick = anyio.current_time() - min(self._began) < _QUICK_SECONDS
        return is_quick and len(self._began) < self._calls + self._beside
