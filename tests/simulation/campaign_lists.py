"""A list of recipients in memory, as a plan reads it, and the key of the numbers."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import cache
from typing import TypeVar

from server.batches.keeper import Keeper
from server.batches.numbers import NumberSeal
from server.campaigns.source import ListChoice
from server.gate.in_background import InBackground
from tools.list_desk import ListFound
from tools.lists.rows import Judged, Recipient
from tools.lists.tally import Tally
from tools.problems import Problem

T = TypeVar("T")
NAME = "members.csv"


class MemoryList:
    """One list, open for reading."""

    digest = "0" * 64

    def __init__(self, numbers: Sequence[str]) -> None:
        self._numbers = numbers

    def slices(self, columns: Sequence[str]) -> Iterator[Sequence[Judged]]:
        """See `OpenList.slices`."""
        yield [Recipient(row, number) for row, number in enumerate(self._numbers, 2)]

    def found(self, tally: Tally) -> ListFound | None:
        """See `OpenList.found`."""
        return None


class MemoryLists:
    """The lists of a world, by their names."""

    def __init__(self, lists: Mapping[str, Sequence[str]]) -> None:
        self._lists = lists

    def opened(self, choice: ListChoice) -> AbstractAsyncContextManager[MemoryList]:
        """See `Lists.opened`."""
        return _opened(MemoryList(self._lists[choice.name]))

    async def digest(self, name: str, principal: str) -> str:
        """See `Lists.digest`."""
        return MemoryList.digest


@asynccontextmanager
async def _opened(found: MemoryList) -> AsyncGenerator[MemoryList]:
    yield found


class MemoryKeeper(Keeper):
    """The records' way to the store, with a key that is in no file."""

    async def seal(self) -> NumberSeal:
        return _seal()


class WithinTheCall(InBackground):
    """What goes on beside a call is done within it: the hour that it may take could be the next moment."""

    async def result(
        self, key: Hashable, work: Callable[[], Awaitable[T]], unfinished: Callable[[], Problem]
    ) -> T:
        return await work()


@cache
def _seal() -> NumberSeal:
    return NumberSeal(bytes(range(32)))
