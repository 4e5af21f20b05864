"""What a plan needs of a list: recipients some at a time, in the list's order, and its digest."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import AbstractAsyncContextManager
from typing import NamedTuple, Protocol

from tools.lists.rows import Recipient


class Slice(NamedTuple):
    """Some rows of a list: who is in it, and why others are not."""

    entries: Sequence[Recipient]
    rejected: Counter[str]


class OpenList(Protocol):
    """A list that is open for reading; what it does blocks, so do it in a thread."""

    @property
    def digest(self) -> str:
        """SHA-256 of its file, in hexadecimal, once reading has begun."""
        ...

    def slices(self, columns: Sequence[str]) -> Iterator[Slice]:
        """Its rows, with the values of these columns.

        Raises:
            RefusedError: it cannot be read.
            InvalidArgumentError: it has no such column.
        """
        ...


class Lists(Protocol):
    """The lists that a caller can name."""

    def opened(self, name: str, mobile: str, consent: str) -> AbstractAsyncContextManager[OpenList]:
        """The list of this name.

        `mobile` names the column of its numbers ('' finds it), `consent` one that must say yes.

        Raises:
            InvalidArgumentError: there is none.
        """
        ...

    async def digest(self, name: str) -> str:
        """SHA-256 of its file as it is now; '' when it is gone."""
        ...
