"""The store together with the audit: one transaction writes a step and what is to be known of it."""

import hashlib
import hmac
import logging
from collections.abc import Callable, Collection
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import anyio.to_thread

from server.store.keys import Head, KeyFileError, hash_number, load_or_create_key, write_head
from server.store.store import Store, StoreUnavailableError

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from server.store.audit import AuditEntry

T = TypeVar("T")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """One line of the audit: who did what, by which rule or person, and what came of it. No numbers."""

    what: str
    action_id: str = ""
    principal: str = ""
    tool: str = ""
    digest: str = ""
    by: str = ""
    channel: str = ""
    rule: str = ""
    outcome: str = ""


class Journal:
    """Transactions with the clock and the audit's key at hand."""

    def __init__(
        self, store: Store, *, key_file: Path, head_file: Path, clock: Callable[[], datetime]
    ) -> None:
        self.store = store
        self.clock = clock
        self._key_file = key_file
        self._head_file = head_file
        self._key: bytes | None = None

    async def key(self) -> bytes:
        """The audit's key; made on a new machine.

        Raises:
            StoreUnavailableError: there is no usable key, so nothing can be recorded.
        """
        if self._key is None:
            try:
                self._key = await anyio.to_thread.run_sync(load_or_create_key, self._key_file)
            except KeyFileError as error:
                raise StoreUnavailableError(str(error)) from error
        return self._key

    async def digest(self, text: str) -> str:
        """A keyed digest of a text."""
        return hmac.digest(await self.key(), text.encode(), hashlib.sha256).hex()

    async def hashes(self, numbers: Collection[str]) -> list[str]:
        """Keyed hashes of mobile numbers, in order."""
        key = await self.key()
        return [hash_number(key, number) for number in numbers]

    async def read(self, work: "Callable[[Connection, datetime], T]") -> T:
        """A look at the store."""
        return await self.store.read(lambda conn: work(conn, self.clock()))

    async def write(self, work: "Callable[[Connection, datetime], tuple[T, Note | None]]") -> T:
        """A step and its note in one transaction; an unwritable note undoes the step."""
        from server.store import audit  # noqa: PLC0415 - the store is opened at the first use, not at start

        key = await self.key()

        def both(conn: "Connection") -> "tuple[T, Head | None]":
            now = self.clock()
            value, note = work(conn, now)
            return value, (None if note is None else audit.append(conn, _entry(note), key, now))

        value, head = await self.store.write(both)
        if head is not None:
            await self._remember(head)
        return value

    async def record(self, note: Note) -> None:
        """A note without a step."""
        await self.write(lambda _conn, _now: (None, note))

    async def _remember(self, head: Head) -> None:
        """The head goes to its own file after the commit; the chain itself is already safe."""
        try:
            await anyio.to_thread.run_sync(write_head, self._head_file, head.sequence, head.mac)
        except KeyFileError:
            _log.exception("the audit's head file could not be written")


def _entry(note: Note) -> "AuditEntry":
    from server.store.audit import AuditEntry  # noqa: PLC0415 - as above

    named = ("action_id", "principal", "tool", "what")
    details = {name: value for name, value in asdict(note).items() if value and name not in named}
    return AuditEntry(
        event=note.what,
        principal=note.principal,
        action_id=note.action_id,
        tool=note.tool,
        details=details,
    )
