"""What a plan needs of a list: its rows some at a time, in the list's order, and its digest."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Literal, Protocol

from tools.list_desk import ListFound
from tools.lists.mailed import Mailed
from tools.lists.rows import Judged
from tools.lists.tally import Tally


@dataclass(frozen=True, slots=True, kw_only=True)
class ListChoice:
    """Which list, and what a caller chose of it; '' is found, or asked about."""

    name: str
    principal: str
    """Whose call it is: each sees the lists that they uploaded."""
    sheet: str = ""
    mobile: str = ""
    """The column of the numbers."""
    consent: str = ""
    """The column that must say yes."""
    hidden: Literal["", "include", "leave_out"] = ""
    """What becomes of hidden rows."""
    mailed: Mailed | None = None
    """Who opened an e-mail, and gets no text."""


class OpenList(Protocol):
    """A list that is open for reading; what it does blocks, so do it in a thread."""

    @property
    def digest(self) -> str:
        """SHA-256 of its file, in hexadecimal, once reading has begun."""
        ...

    def slices(self, columns: Sequence[str]) -> Iterator[Sequence[Judged]]:
        """Its rows, with the values of these columns.

        Raises:
            RefusedError: it cannot be read.
            InvalidArgumentError: it has no such column, or something of it has to be chosen.
        """
        ...

    def found(self, tally: Tally) -> ListFound | None:
        """What there is to know of it, once it was read to its end; None for one that is no file."""
        ...


class Lists(Protocol):
    """The lists that a caller can name."""

    def opened(self, choice: ListChoice) -> AbstractAsyncContextManager[OpenList]:
        """The list of this name.

        Raises:
            InvalidArgumentError: there is none.
        """
        ...

    async def digest(self, name: str, principal: str) -> str:
        """SHA-256 of its file as it is now; '' when it is gone."""
        ...
