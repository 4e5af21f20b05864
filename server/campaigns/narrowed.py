"""A list of which only some recipients count: those whom an earlier campaign did not reach, say."""

from collections.abc import Collection, Iterator, Sequence

from server.campaigns.source import OpenList
from tools.list_desk import ListFound
from tools.lists.reasons import Reason
from tools.lists.rows import Judged, Recipient, Rejected
from tools.lists.tally import Tally


class Narrowed:
    """An `OpenList` of these numbers alone, with the values that the list has for them.

    Of those who `had` the same text since it says that they are left out for that.
    """

    def __init__(self, whole: OpenList, mobiles: Collection[str], had: Collection[str]) -> None:
        self._whole = whole
        self._mobiles = mobiles
        self._had = had

    @property
    def digest(self) -> str:
        """See `OpenList.digest`."""
        return self._whole.digest

    def slices(self, columns: Sequence[str]) -> Iterator[Sequence[Judged]]:
        """See `OpenList.slices`."""
        for some in self._whole.slices(columns):
            yield [*self._of(some)]

    def _of(self, some: Sequence[Judged]) -> Iterator[Judged]:
        for each in some:
            if not isinstance(each, Recipient):
                continue
            if each.mobile in self._had:
                yield Rejected(each.row, Reason.HAD_SINCE)
            elif each.mobile in self._mobiles:
                yield each

    def found(self, tally: Tally) -> ListFound | None:
        """See `OpenList.found`."""
        return self._whole.found(tally)
