"""Those whom a reference means as a campaign's list: read batch by batch, each asked of the vendor."""

from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import asynccontextmanager
from itertools import count

import anyio.from_thread

from server.campaigns.reading import SLICE
from server.campaigns.source import OpenList
from server.gate.members import Members
from server.store.batches import Batch
from server.store.slices import slices
from tools.list_desk import ListFound
from tools.lists.reasons import Reason
from tools.lists.rows import Judged, Recipient, Rejected
from tools.lists.tally import Tally
from tools.problems import InvalidArgumentError


@asynccontextmanager
async def member_list(members: Members) -> AsyncGenerator[OpenList]:
    """The list of these members; it has no columns.

    Raises:
        RefusedError: there is no such batch or campaign.
    """
    yield _MemberList(members, await members.batches())


class _MemberList:
    """Numbers alone, in the order in which they were texted."""

    digest = ""
    """No file can change: who is in it is frozen with the plan."""

    def __init__(self, members: Members, batches: Sequence[Batch]) -> None:
        self._members = members
        self._batches = batches

    def slices(self, columns: Sequence[str]) -> Iterator[Sequence[Judged]]:
        """See `OpenList.slices`."""
        if columns:
            raise InvalidArgumentError(
                "text", "names a {column}, and a reference has none.", "Write one text for all of them."
            )
        place = count(1)
        for batch in self._batches:
            found = anyio.from_thread.run(self._members.of, batch)
            rows: list[Judged] = [Recipient(next(place), mobile) for mobile in found.mobiles]
            rows += (Rejected(next(place), Reason.FAILED_FOR_GOOD) for _ in range(found.left_out))
            rows += (Rejected(next(place), Reason.HAD_SINCE) for _ in found.had)
            yield from slices(rows, SLICE)

    def found(self, tally: Tally) -> ListFound | None:
        """See `OpenList.found`."""
        return None
