"""A list of which only some recipients count: those whom an earlier campaign did not reach, say."""

from collections.abc import Collection, Iterator, Sequence

from server.campaigns.source import OpenList
from tools.list_desk import ListFound
from tools.lists.rows import Judged, Recipient
from tools.lists.tally import Tally


class Narrowed:
    """An `OpenList` of these numbers alone, with the values that the list has for them."""

    def __init__(self, whole: OpenList, mobiles: Collection[str]) -> None:
        self._whole = whole
        self._mobiles = mobiles

    @property
    def digest(self) -> str:
        """See `OpenList.digest`."""
        return self._whole.digest

    def slices(self, columns: Sequence[str]) -> Iterator[Sequence[Judged]]:
        """See `OpenList.slices`."""
        for some in self._whole.slices(columns):
            yield [each for each in some if isinstance(each, Recipient) and each.mobile in self._mobiles]

    def found(self, tally: Tally) -> ListFound | None:
        """See `OpenList.found`."""
        return self._whole.found(tally)
