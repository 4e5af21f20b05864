"""The records' way to the store: the clock, the two keys, and transactions without the audit's lines.

What is kept here guards nothing, and an audit line for each state of each message would bury the decisions of
people. What does guard (a blocked number) goes through the journal.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TypeVar

import anyio.to_thread

from server.batches.numbers import NumberSeal
from server.ledger.journal import Journal
from server.ledger.notes import Note
from server.store.errors import StoreUnavailableError
from server.store.key_file import KeyFileError, load_or_create_key
from server.store.key_mark import mark_of
from server.store.keys import HALF, keyed
from server.store.meta import set_value, value_of
from server.store.plans import Connection
from tools.sentence import sentence

T = TypeVar("T")
_MARK = "numbers_key"
_NO_KEY = sentence("the key of the numbers cannot be read or made. Put numbers.key back.")
_OTHER_KEY = sentence(
    "the key of the numbers is not the one that this store's records were written with. Put numbers.key back "
    "beside the audit's key; all servers of one store share it."
)


class Keeper:
    """One process's access to the records."""

    def __init__(self, journal: Journal, key_file: Path) -> None:
        self._journal = journal
        self._key_file = key_file
        self._seal: NumberSeal | None = None

    @property
    def clock(self) -> Callable[[], datetime]:
        """The server's clock."""
        return self._journal.clock

    async def seal(self) -> NumberSeal:
        """What seals and opens numbers; its key is made on a new machine.

        Raises:
            StoreUnavailableError: the key cannot be read, or is not the one of this store.
        """
        if self._seal is None:
            try:
                key = await anyio.to_thread.run_sync(load_or_create_key, self._key_file)
            except KeyFileError:
                raise StoreUnavailableError(_NO_KEY) from None
            known = await self._known(mark_of(key))
            if known != mark_of(key):
                raise StoreUnavailableError(_OTHER_KEY)
            self._seal = NumberSeal(key)
        return self._seal

    async def _known(self, mark: str) -> str:
        """The mark of the key that this store's records are written with: this one, in a new store."""

        def remember(conn: Connection, _now: datetime) -> tuple[str, None]:
            known = value_of(conn, _MARK)
            if known is None:
                set_value(conn, _MARK, mark)
            return known or mark, None

        known = await self._journal.glance(lambda conn, _now: value_of(conn, _MARK))
        return known or await self._journal.write(remember)

    async def key(self) -> bytes:
        """The audit's key, with which numbers are hashed."""
        return await self._journal.key()

    async def hashes(self, mobiles: Sequence[str]) -> list[str]:
        """What finds each number in the records, in order."""
        return [each[:HALF] for each in await self._journal.hashes(mobiles)]

    async def whole_hashes(self, mobiles: Sequence[str]) -> list[str]:
        """What finds each number among the blocked ones, in order."""
        return await self._journal.hashes(mobiles)

    async def read(self, work: Callable[[Connection], T]) -> T:
        """A look."""
        return await self._journal.store.read(work)

    async def glance(self, work: Callable[[Connection], T]) -> T:
        """A look at a few rows by their keys."""
        return await self._journal.store.glance(work)

    async def write(self, work: Callable[[Connection], T]) -> T:
        """A step."""
        return await self._journal.store.write(work)

    async def guard(self, work: "Callable[[Connection, datetime], tuple[T, *tuple[Note | None, ...]]]") -> T:
        """A step of what guards, with its lines of the audit."""
        return await self._journal.write(work)

    async def record(self, note: Note) -> None:
        """A line of the audit without a step."""
        await self._journal.record(note)


def alike(key: bytes, text: str) -> str:
    """What makes two batches alike: a keyed hash of their text."""
    return keyed(key, "alike", text)
