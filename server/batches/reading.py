"""One reading of a batch at the vendor: a transaction notes each page, and at the end it is counted."""

from collections.abc import Sequence
from functools import partial

from server.batches.asked import Asked
from server.batches.keeper import Keeper
from tools.every8d.delivery import DeliveryMessage, MessagesPage


class Reading:
    """Pages in, in their order; whether they were all of the batch comes out."""

    def __init__(self, keeper: Keeper, asked: Asked) -> None:
        self._keeper = keeper
        self._asked = asked
        self._rows = self._total = 0
        self._whole = True
        self._noted = False

    async def take(self, page: MessagesPage) -> None:
        """The next page."""
        self._rows += page.rows
        self._total = page.total
        self._whole = self._whole and page.complete
        await self.note(page.taken)

    async def note(self, messages: Sequence[DeliveryMessage]) -> None:
        """Some more of the batch's messages, at most as many as others can wait for."""
        await self._keeper.write(partial(self._asked.note, messages=messages))
        self._noted = True

    async def ended(self) -> bool:
        """Count; whether the pages were all of the batch."""
        complete = self._whole and self._rows == self._total
        await self.end(complete=complete)
        return complete

    async def broken_off(self) -> None:
        """Count what was noted until then."""
        if self._noted:
            await self.end(complete=False)

    async def end(self, *, complete: bool) -> None:
        """Count, and note when the vendor was asked."""
        await self._keeper.write(partial(self._asked.done, complete=complete))
