"""The store together with the audit: one transaction writes a step and what is to be known of it."""

import hashlib
import hmac
import logging
from collections.abc import Callable, Collection, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import anyio.to_thread

from server.store.keys import Head, KeyFileError, hash_number, load_or_create_key, read_head, write_head
from server.store.store import Store, StoreGoneError, StoreUnavailableError

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from server.store.audit import AuditEntry

T = TypeVar("T")
_log = logging.getLogger(__name__)
_WRONG_KEY = (
    "the audit's key is not the one that this store was written with, so blocked numbers and earlier calls "
    "would not be recognised. Put that key back (CAMPAIGN_OPS_STORE__AUDIT_KEY_FILE); all servers of one "
    "store share it."
)


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
        self._newest: Head | None = None
        self._remembered: Head | None = None
        self._end_checked = False
        self._end_missing = False

    @property
    def held_key(self) -> bytes | None:
        """The key, where it was read already."""
        return self._key

    async def key(self) -> bytes:
        """The audit's key; made on a new machine.

        Raises:
            StoreUnavailableError: there is no usable key, so nothing can be recorded; or it is not the key
                that the store was written with, so nobody who is blocked would be recognised.
        """
        if self._key is None:
            try:
                key = await anyio.to_thread.run_sync(load_or_create_key, self._key_file)
            except KeyFileError as error:
                raise StoreUnavailableError(str(error)) from error
            await self._check_key(key)
            self._key = key
        return self._key

    async def _check_key(self, key: bytes) -> None:
        from server.store.key_mark import (  # noqa: PLC0415 - the store is opened at the first use, not at start
            known_mark,
            mark_of,
            remember_mark,
        )

        mark = mark_of(key)
        known = await self.store.read(known_mark)
        if known is None:
            known = await self.store.write(lambda conn: remember_mark(conn, mark))
        if known != mark:
            raise StoreUnavailableError(_WRONG_KEY)

    async def digest(self, text: str) -> str:
        """A keyed digest of a text."""
        return hmac.digest(await self.key(), text.encode(), hashlib.sha256).hex()

    async def hashes(self, numbers: Collection[str]) -> list[str]:
        """Keyed hashes of mobile numbers, in order."""
        key = await self.key()
        return [hash_number(key, number) for number in numbers]

    async def read(self, work: "Callable[[Connection, datetime], T]") -> T:
        """A look at the store."""
        with self._noticing():
            return await self.store.read(lambda conn: work(conn, self.clock()))

    async def write(self, work: "Callable[[Connection, datetime], tuple[T, *tuple[Note | None, ...]]]") -> T:
        """A step and its notes in one transaction; an unwritable note undoes the step."""
        from server.store import audit  # noqa: PLC0415 - the store is opened at the first use, not at start

        key = await self.key()

        known = await self._known_head()

        def both(conn: "Connection") -> "tuple[T, Head | None]":
            now = self.clock()
            self._check_end(conn, known)
            value, *notes = work(conn, now)
            entries = [_entry(note) for note in notes if note is not None]
            return value, (audit.append_all(conn, entries, key, now) if entries else None)

        with self._noticing():
            value, head = await self.store.write(both)
        if head is not None and (self._newest is None or head.sequence > self._newest.sequence):
            self._newest = head
        return value

    @contextmanager
    def _noticing(self) -> Generator[None]:
        """When the file is gone, the next one is a store of its own: asked for its key and its end anew."""
        try:
            yield
        except StoreGoneError:
            self._key, self._end_checked = None, False
            raise

    async def _known_head(self) -> Head | None:
        """What the head file remembers, before this process appends anything."""
        if self._end_checked:
            return None
        try:
            return await anyio.to_thread.run_sync(read_head, self._head_file)
        except KeyFileError as error:
            raise StoreUnavailableError(str(error)) from error

    def _check_end(self, conn: "Connection", known: Head | None) -> None:
        """A cut end of the chain stays visible: the remembered head is not moved past it."""
        from server.store import audit  # noqa: PLC0415 - as above

        if self._end_checked:
            return
        self._end_checked = True
        self._end_missing = known is not None and not audit.stands(conn, known)
        if self._end_missing:
            _log.error("the audit's end is missing: run `campaign-ops-mcp audit verify`")

    async def record(self, note: Note) -> None:
        """A note without a step."""
        await self.write(lambda _conn, _now: (None, note))

    async def remember_head(self) -> None:
        """Write the newest head to its own file: every second or so, and at the end.

        The chain itself is safe after each commit. A head that is behind is expected by `audit verify`; one
        that the chain no longer holds is what it finds.
        """
        newest = self._newest
        if newest is None or newest == self._remembered or self._end_missing:
            return
        try:
            await anyio.to_thread.run_sync(write_head, self._head_file, newest.sequence, newest.mac)
        except KeyFileError:
            _log.exception("the audit's head file could not be written")
        else:
            self._remembered = newest


def _entry(note: Note) -> "AuditEntry":
    from server.store.audit import AuditEntry  # noqa: PLC0415 - as above

    named = {"digest": note.digest, "by": note.by, "channel": note.channel, "rule": note.rule}
    named["outcome"] = note.outcome
    details = {name: value for name, value in named.items() if value}
    return AuditEntry(
        event=note.what,
        principal=note.principal,
        action_id=note.action_id,
        tool=note.tool,
        details=details,
    )
