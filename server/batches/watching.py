"""What somebody who listens for changes looks at: a few rows, found by indexes."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from server.batches.keeper import Keeper
from server.batches.own import own
from server.ledger.whose import Whose
from server.store.marks import Mark, batch_mark, brief_mark, inbox_mark, newest_ids
from server.store.plans import Connection

_INBOX_DAYS = timedelta(days=30)


class Watching:
    """The caller's batches and inbox, looked at without reading them."""

    def __init__(self, keeper: Keeper) -> None:
        self._keeper = keeper

    async def marks(self, whose: Whose | None, batches: Mapping[str, str]) -> dict[str, Mark]:
        """The marks of these batches, by the names they are given; a batch '' is the inbox.

        Of a batch that is another's, or none, there is no mark.

        Raises:
            StoreUnavailableError: the store is away.
        """
        mine = own(whose)
        recent = replace(mine, since=self._keeper.clock() - _INBOX_DAYS)

        def mark(conn: Connection, batch_id: str) -> Mark | None:
            if batch_id:
                return batch_mark(conn, replace(mine, batch_id=batch_id))
            return inbox_mark(conn, recent)

        def look(conn: Connection) -> dict[str, Mark]:
            found = ((name, mark(conn, batch_id)) for name, batch_id in batches.items())
            return {name: each for name, each in found if each is not None}

        return await self._keeper.read(look)

    async def brief_mark(self, whose: Whose | None) -> Mark:
        """The mark of this caller's morning.

        Raises:
            StoreUnavailableError: the store is away.
        """
        now = self._keeper.clock()
        return await self._keeper.read(lambda conn: brief_mark(conn, own(whose), now))

    async def newest_ids(self, whose: Whose | None, prefix: str, at_most: int) -> Sequence[str]:
        """The vendor's ids of the newest batches that begin so.

        Raises:
            StoreUnavailableError: the store is away.
        """
        return await self._keeper.read(lambda conn: newest_ids(conn, own(whose), prefix, at_most))
