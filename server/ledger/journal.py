"""The store together with the audit: one transaction writes a step and what is to be known of it."""

import logging
from collections.abc import AsyncGenerator, Callable, Collection, Generator, Iterable
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TypeVar

import anyio
import anyio.to_thread

from server.ledger.finishing import Known, opened, sealed, write_down
from server.ledger.past import HeadFile, LossAcceptedError, Past, refuse_earlier
from server.store import audit, ledger
from server.store.actions import Action
from server.store.audit import AuditEntry
from server.store.changes import Changes, collect
from server.store.errors import StoreGoneError, StoreUnavailableError
from server.store.head_file import Head
from server.store.key_mark import (
    known_mark,
    mark_of,
    remember_mark,
)
from server.store.keys import KeyFileError, hash_number, load_or_create_key
from server.store.macs import mac_with
from server.store.outbox import Outbox
from server.store.past import new_generation, set_generation
from server.store.plans import Connection
from server.store.transactions import Store

T = TypeVar("T")
_log = logging.getLogger(__name__)
_WRONG_KEY = (
    "the audit's key is not the one that this store was written with, so blocked numbers and earlier calls "
    "would not be recognised. Put that key back (CAMPAIGN_OPS_STORE__AUDIT_KEY_FILE); all servers of one "
    "store share it."
)
_ACCEPTED = "it was accepted just now that the store's past is lost, and the same call asks a person now."


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


class OutcomeKeptError(StoreUnavailableError):
    """The store could not be written, and the outbox holds the outcome until it can."""


class Journal:
    """Transactions with the clock and the audit's key at hand."""

    def __init__(
        self,
        store: Store,
        *,
        key_file: Path,
        heads: HeadFile,
        clock: Callable[[], datetime],
        shared: bool = False,
    ) -> None:
        self.store = store
        self.clock = clock
        self._key_file = key_file
        self._key: bytes | None = None
        self.past = Past(heads=heads, shared=shared)
        self.outbox = Outbox(key_file.parent / "outbox")
        self._unmarked = False
        """Whether the store did not say yet which key it is written with."""
        self._sealing: bytes | None = None
        self._remembered: Head | None = None
        self._remembering = anyio.Lock()
        self._refused: set[str] = set()
        """What in the outbox was said to be nobody's, once."""

    @property
    def held_key(self) -> bytes | None:
        """The key, where it was read already."""
        return self._key

    @property
    def held(self) -> bytes:
        """The key, for a step of `write`, which has read it.

        Raises:
            StoreUnavailableError: the store is being opened anew meanwhile.
        """
        if self._key is None:
            raise StoreUnavailableError("the store is being opened anew.")
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

        known = await self.store.glance(known_mark)
        if known not in (None, mark_of(key)):
            raise StoreUnavailableError(_WRONG_KEY)
        self._unmarked = known is None

    def _mark(self, conn: Connection, key: bytes) -> None:
        """Keep in the store which key it is written with, in the first step of it."""
        if self._unmarked and remember_mark(conn, mark_of(key)) != mark_of(key):
            raise StoreUnavailableError(_WRONG_KEY)

    @asynccontextmanager
    async def room(self) -> AsyncGenerator[None]:
        """Within the block an outcome finds room beside the store, whatever becomes of the disk.

        Raises:
            StoreUnavailableError: there is none.
        """
        self._sealing = await self.key()
        with ExitStack() as stack:
            try:
                if self.outbox.has_room():
                    stack.enter_context(self.outbox.place())
                else:
                    await anyio.to_thread.run_sync(stack.enter_context, self.outbox.place())
            except OSError:
                raise StoreUnavailableError("there is no room for an outcome beside it.") from None
            yield

    async def keep(self, known: Known) -> None:
        """Hold an outcome in the outbox, on the disk.

        Raises:
            StoreUnavailableError: that failed too.
        """
        if self._sealing is None:
            raise StoreUnavailableError("the outcome could not be kept.")
        line = sealed(known, self._sealing)
        try:
            await anyio.to_thread.run_sync(self.outbox.keep, known.action_id, line)
        except OSError:
            raise StoreUnavailableError("the outcome could not be kept.") from None

    @property
    def outcomes_wait(self) -> bool:
        """Whether the outbox holds any."""
        return bool(self.outbox.due())

    def as_known(self, action: Action) -> Action:
        """The action with the outcome that the outbox holds of it: nobody is told less than is known."""
        key = self._sealing or self._key
        if key is None or str(action.state) != "dispatching":
            return action
        content = self.outbox.due().get(action.id)
        known = None if content is None else opened(content, key)
        return action if known is None else known.of(action)

    def _waiting(self, key: bytes) -> dict[str, Known]:
        """What the outbox holds; what nobody with the key wrote is left alone, and said."""
        found: dict[str, Known] = {}
        for name, content in self.outbox.due().items():
            known = opened(content, key)
            if known is None or known.action_id != name:
                if name not in self._refused:
                    self._refused.add(name)
                    _log.error("an outcome beside the store is torn or not this server's, and is left alone")
            else:
                found[name] = known
        return found

    async def digest(self, text: str) -> str:
        """A keyed digest of a text."""
        return mac_with(await self.key()).of(text.encode())

    async def hashes(self, numbers: Collection[str]) -> list[str]:
        """Keyed hashes of mobile numbers, in order."""
        key = await self.key()
        return [hash_number(key, number) for number in numbers]

    async def read(self, work: Callable[[Connection, datetime], T]) -> T:
        """A look at the store."""
        with self._noticing():
            return await self.store.read(lambda conn: work(conn, self.clock()))

    async def glance(self, work: Callable[[Connection, datetime], T]) -> T:
        """A look at a few rows that are found by their keys."""
        with self._noticing():
            return await self.store.glance(lambda conn: work(conn, self.clock()))

    async def read_standing(self, work: Callable[[Connection, datetime], T]) -> T:
        """A look for a call that costs or destroys.

        Raises:
            PastLostError: the store's past is lost.
        """

        def both(conn: Connection) -> T:
            now = self.clock()
            tip, latest = audit.newest(conn)
            self.past.look(conn, tip, writing=False)
            self.past.refuse()
            refuse_earlier(latest, now)
            return work(conn, now)

        with self._noticing():
            return await self.store.glance(both)

    async def write(
        self,
        work: "Callable[[Connection, datetime], tuple[T, *tuple[Note | None, ...]]]",
        *,
        standing: bool = False,
        unasked: bool = False,
    ) -> T:
        """A step and its notes in one transaction; an unwritable note undoes the step.

        `standing` is for what costs or destroys: nothing is done where the store's past is lost. `unasked`
        is for what no person agreed to: nothing is done where a loss was accepted.

        Raises:
            PastLostError: the past is lost.
            LossAcceptedError: it was accepted that the past is lost.
        """
        key = await self.key()

        waiting = self._waiting(key)
        settled: list[str] = []

        def both(conn: Connection) -> tuple[T, Head | None]:
            now, changes = self.clock(), collect(conn)
            tip, latest = audit.newest(conn)
            self._mark(conn, key)
            self.past.look(conn, tip, writing=True)
            if standing:
                self.past.refuse()
                refuse_earlier(latest, now)
            if unasked and self.past.asks(now):
                raise LossAcceptedError(_ACCEPTED)
            # Before anything else of these actions is done or told. A store whose past is lost may lack them.
            settled[:] = [] if self.past.lost else waiting
            late = [ending_note(write_down(conn, waiting[name], now)) for name in settled]
            value, *notes = work(conn, now)
            adopted = Note(what="head_adopted") if self.past.adopted else None
            entries = _entries([adopted, *late, *notes], changes, key)
            if not entries:
                return value, None
            return value, audit.append_after(conn, entries, key, now, tip=tip, latest=latest)

        with self._noticing():
            value, head = await self.store.write(both)
        self._unmarked = False
        for name in settled:
            self.outbox.remove(name)
        if head is not None:
            self.past.remember(head)
        return value

    @contextmanager
    def _noticing(self) -> Generator[None]:
        """When the file is gone, the next one is a store of its own: asked for its key and its past anew."""
        try:
            yield
        except BaseException as error:
            if isinstance(error, StoreGoneError):
                self._key = None
            # What was agreed on in this transaction may be undone with it.
            self.past.forget()
            raise

    async def accept_loss(self, by: str) -> str | None:
        """A person goes on without the past: a new generation. What was lost, or None where nothing is.

        Raises:
            KeyFileError: the head cannot be written; the past is still taken for lost, then.
        """
        key = await self.key()

        def both(conn: Connection) -> tuple[str, Head] | None:
            now, changes, tip = self.clock(), collect(conn), audit.head(conn)
            self.past.look(conn, tip, writing=False)
            if not self.past.lost:
                return None
            self._mark(conn, key)
            generation = new_generation(now)
            set_generation(conn, generation)
            reason = "the store's past was lost"
            voided = [ledger.void(conn, action.id, reason=reason) for action in ledger.undecided(conn)]
            notes = [Note(what="voided", action_id=action.id, outcome=reason) for action in voided if action]
            lost = Note(what="loss_accepted", by=by, channel="terminal", outcome=self.past.difference(tip))
            head = audit.append_all(conn, _entries([*notes, lost], changes, key), key, now)
            return self.past.lost, head._replace(generation=generation)

        with self._noticing():
            accepted = await self.store.write(both)
        if accepted is None:
            return None
        lost, head = accepted
        await self._write_head(head, after_loss=True)
        return lost

    async def _write_head(self, head: Head, *, after_loss: bool = False) -> None:
        await anyio.to_thread.run_sync(partial(self.past.heads.write, head, after_loss=after_loss))

    async def record(self, note: Note) -> None:
        """A note without a step."""
        await self.write(lambda _conn, _now: (None, note))

    async def remember_head(self) -> None:
        """Write the newest head to its own file: before whatever costs is posted, every second, at the end.

        The chain itself is safe after each commit. A head that is behind is expected by `audit verify`; one
        that the chain no longer holds is what it finds.
        """
        # Who waits for another's writing finds it done: one wait for the disk serves all.
        async with self._remembering:
            newest = self.past.newest
            if newest is None or newest == self._remembered or self.past.lost:
                return
            try:
                await self._write_head(newest)
            except KeyFileError:
                _log.exception("the audit's head file could not be written")
            else:
                self._remembered = newest


def ending_note(done: Action | None) -> Note | None:
    """The audit's line of an outcome that was written down; None when it was not."""
    if done is None:
        return None
    succeeded = str(done.state) == "succeeded"
    settles = f"settles {done.retry_of}" if done.retry_of and succeeded else ""
    return Note(what=str(done.state), action_id=done.id, outcome=settles)


def _entries(notes: "Iterable[Note | None]", changes: Changes, key: bytes) -> list[AuditEntry]:
    """The entries of one transaction; the last one says what became of every row that was changed in it."""
    given = [note for note in notes if note is not None]
    told = {note.action_id for note in given}
    given += [Note(what="stepped", action_id=each) for each in changes.keys_of("actions") if each not in told]
    rows = changes.hashed(key)
    if rows and not given:
        given = [Note(what="changed")]
    entries = [_entry(note) for note in given]
    if rows:
        entries[-1] = replace(entries[-1], details={**entries[-1].details, "rows": rows})
    return entries


def _entry(note: Note) -> AuditEntry:

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
