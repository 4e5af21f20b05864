"""What the rest of the program knows of a database: transactions over synchronous functions."""

from collections.abc import Callable
from typing import Protocol, TypeVar

from server.store.plans import Connection

T = TypeVar("T")


class Store(Protocol):
    """Transactions over synchronous functions of a connection."""

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Run `work` alone in one transaction, and commit. An exception rolls back and passes through.

        Raises:
            StoreUnavailableError: the engine failed. When that was at the commit, what `work` did is either
                kept whole or not at all; it is never repeated.
        """
        ...

    async def jot(self, work: Callable[[Connection], T]) -> T:
        """The same as `write`, for a few rows by their keys: it may run on the event loop."""
        ...

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run `work` on the store as it stands at one moment; it cannot write.

        Raises:
            StoreUnavailableError: the engine failed, or `work` tried to write.
        """
        ...

    async def glance(self, work: Callable[[Connection], T]) -> T:
        """The same, for a few rows that are found by their keys: it may run on the event loop."""
        ...

    async def close(self) -> None:
        """Let go of the connections."""
        ...
