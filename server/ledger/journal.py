"""The store together with the audit: one transaction writes a step and what is to be known of it."""

import logging
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TypeVar

import anyio
import anyio.to_thread

from server.ledger.finishing import write_down
from server.ledger.keeping import Keeping
from server.ledger.notes import Note, entries_of
from server.ledger.past import HeadFile, LossAcceptedError, Past, refuse_earlier
from server.store import audit, campaigns, ledger
from server.store.actions import PAST_LOST
from server.store.audit import Newest
from server.store.changes import collecting
from server.store.errors import StoreGoneError, StoreUnavailableError
from server.store.head_file import Head
from server.store.key_file import KeyFileError
from server.store.past import new_generation, set_generation
from server.store.plans import Connection
from server.store.transactions import Store
from tools.sentence import sentence

T = TypeVar("T")
_log = logging.getLogger(__name__)
_CHECKED = "the head can be written"
_HEAD_NOT_WRITTEN = sentence("the audit's head file could not be written.")
_ACCEPTED = sentence(
    "it was accepted just now that the store's past is lost, and the same call asks a person now."
)


class Journal(Keeping):
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
        super().__init__(store, key_file)
        self.clock = clock
        self.past = Past(heads=heads, shared=shared)
        self._remembered: Head | None = None
        self._kept: Head | None = None
        """The one that is on the disk for good."""
        self._remembering = anyio.Lock(fast_acquire=True)

    async def read(self, work: Callable[[Connection, datetime], T]) -> T:
        """A look at the store."""
        with self._noticing():
            return await self.store.read(lambda conn: work(conn, self.clock()))

    async def glance(self, work: Callable[[Connection, datetime], T]) -> T:
        """A look at a few rows that are found by their keys."""
        with self._noticing():
            return await self.store.glance(lambda conn: work(conn, self.clock()))

    async def read_standing(self, work: Callable[[Connection, datetime], T], *, brief: bool = True) -> T:
        """A look for a call that costs or destroys: `brief` as by `glance`, otherwise as by `read`.

        Raises:
            PastLostError: the store's past is lost.
        """

        def both(conn: Connection) -> T:
            now = self.clock()
            latest = self.past.look(conn, writing=False).latest
            self.past.refuse()
            refuse_earlier(latest, now)
            return work(conn, now)

        with self._noticing():
            return await (self.store.glance(both) if brief else self.store.read(both))

    async def write(
        self,
        work: "Callable[[Connection, datetime], tuple[T, *tuple[Note | None, ...]]]",
        *,
        standing: bool = False,
        unasked: bool = False,
        ahead: bool = False,
        brief: bool = False,
    ) -> T:
        """A step and its notes in one transaction; an unwritable note undoes the step.

        `standing` is for what costs or destroys: nothing is done where the store's past is lost. `unasked`
        is for what no person agreed to: nothing is done where a loss was accepted. `ahead` is for what is
        posted next: the head's file knows of the step before this returns, so a store that was restored from
        before it is known to lack it. `brief` is for a few rows by their keys: it may run on the event loop.

        Raises:
            PastLostError: the past is lost.
            LossAcceptedError: it was accepted that the past is lost.
            StoreUnavailableError: the store, or the head's file, cannot be written.
        """
        key = await (self._key_for_a_post() if ahead else self.key())

        waiting = self._waiting(key)
        settled: list[str] = []

        def both(conn: Connection) -> tuple[T, Head | None]:
            now = self.clock()
            with collecting(conn) as changes:
                self._mark(conn, key)
                tip, latest, _ = self._newest(conn)
                if standing:
                    self.past.refuse()
                    refuse_earlier(latest, now)
                if ahead and not conn.carried.get(_CHECKED):
                    self.past.heads.check()
                    conn.carried[_CHECKED] = True
                if unasked and self.past.asks(now):
                    raise LossAcceptedError(_ACCEPTED)
                # Before anything else of these is done or told. A store whose past is lost may lack them.
                settled[:] = [] if self.past.lost else waiting
                late = [note for name in settled for note in write_down(conn, waiting[name], now, key)[1:]]
                value, *notes = work(conn, now)
            adopted = Note(what="head_adopted") if self.past.adopted else None
            entries = entries_of([adopted, *late, *notes], changes, key)
            if not entries:
                return value, None
            head = audit.append_after(conn, entries, key, now, tip=tip, latest=latest)
            if ahead:
                conn.once_committed.append(partial(self._name_at_once, self.past.named(head)))
            return value, head

        with self._noticing():
            value, head = await (self.store.jot(both) if brief else self.store.write(both))
        self._unmarked = False
        for name in settled:
            self.outbox.remove(name)
        if head is not None:
            self.past.remember(head)
            if ahead:
                await self._name_before_the_post(head)
        return value

    async def _key_for_a_post(self) -> bytes:
        """The key, once nobody writes the head. Waited for before the database is locked: others go on."""
        key = await self.key()
        await self.past.heads.until_nobody_writes()
        return key

    def _newest(self, conn: Connection) -> Newest:
        """The end of the chain, held against the head once in a transaction."""
        carried = audit.carried(conn)
        if carried is None:
            return self.past.look(conn, writing=True)
        self.past.adopted = False
        return carried

    def _name_at_once(self, head: Head) -> None:
        """In the thread that committed it: the way to another one and back takes as long as the writing.

        The newest head of those that were committed together names the others too. `remember_head` has the
        disk keep it within a second: a power cut leaves the head at most so far behind the chain.
        """
        if self.past.lost or self._is_named(head):
            return
        try:
            self.past.heads.write(head, lasting=False)
        except KeyFileError:
            _log.exception(_HEAD_NOT_WRITTEN)
        else:
            self._remembered = head

    async def _name_before_the_post(self, head: Head) -> None:
        """Where it could not be named at once, nothing is posted: a copy from before would not be known."""
        if not self._is_named(head):
            await self.remember_head()
        if not self._is_named(head):
            raise StoreUnavailableError(_HEAD_NOT_WRITTEN)

    def _is_named(self, head: Head) -> bool:
        known, generation = self._remembered, self.past.generation
        return (
            known is not None
            and generation != ""
            and known.generation == generation
            and known.sequence >= head.sequence
        )

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
            now, tip = self.clock(), self.past.look(conn, writing=False).tip
            if not self.past.lost:
                return None
            reason = PAST_LOST
            with collecting(conn) as changes:
                self._mark(conn, key)
                generation = new_generation(now)
                set_generation(conn, generation)
                voided = [ledger.void(conn, action.id, reason=reason) for action in ledger.undecided(conn)]
                paused = campaigns.doubt_all(conn, key)
            notes = [Note(what="voided", action_id=action.id, outcome=reason) for action in voided if action]
            notes += [
                Note(what="campaign_paused", principal=each.principal, outcome=each.id) for each in paused
            ]
            lost = Note(what="loss_accepted", by=by, channel="terminal", outcome=self.past.difference(tip))
            head = audit.append_all(conn, entries_of([*notes, lost], changes, key), key, now)
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
        """Write the newest head to its own file: every second, and at the end.

        The chain itself is safe after each commit. A head that is behind is expected by `audit verify`; one
        that the chain no longer holds is what it finds.
        """
        # Who waits for another's writing finds it done: one wait for the disk serves all.
        async with self._remembering:
            newest = self.past.newest
            if newest is None or newest == self._kept or self.past.lost:
                return
            try:
                # On the event loop: the write would wait in a thread, which whoever is cancelled waits for.
                await self.past.heads.until_nobody_writes()
                await self._write_head(newest)
            except StoreUnavailableError as error:
                _log.warning("the audit's head stays behind: %s", error)
            except KeyFileError:
                _log.exception(_HEAD_NOT_WRITTEN)
            else:
                self._remembered = self._kept = newest
