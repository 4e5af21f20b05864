"""What this process knows of the store's past, and the refusal of everything that costs when it is lost.

Head file and store agree when the store has the file's generation and its audit holds the entry that the
file names. A head that is behind is normal: it is written after the commit, and a killed process leaves it.
"""

import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from server.store import audit
from server.store.audit import Newest
from server.store.errors import StoreUnavailableError
from server.store.head_file import Head, check_writable, read_head, until_nobody_writes, write_head
from server.store.key_file import KeyFileError
from server.store.past import asking_until, generation_of, new_generation, set_generation
from server.store.plans import Connection
from tools.sentence import reason_of, sentence

_log = logging.getLogger(__name__)
TOLERANCE = timedelta(seconds=5)
"""How far a clock may be behind the newest entry: another machine of the store may have written it."""


class PastLostError(StoreUnavailableError):
    """The store is not the one that was written to, or an older copy: what was sent cannot be known."""

    def __init__(self, why: str) -> None:
        super().__init__(sentence("{why}, so nobody can tell what was done already.", why=why))


class LossAcceptedError(StoreUnavailableError):
    """A call that no person agreed to met a loss that was accepted in the last 24 hours."""


class ClockBackError(StoreUnavailableError):
    """This machine's clock is behind the audit's newest entry: caps and the 24 hours would be replayed."""


def refuse_earlier(newest: datetime | None, now: datetime) -> None:
    """Stop what costs or destroys while the clock is behind what was written last.

    Raises:
        ClockBackError: it is, by more than machines of one store may differ.
    """
    if newest is not None and newest - now > TOLERANCE:
        behind = int((newest - now).total_seconds())
        raise ClockBackError(
            sentence(
                "this machine's clock is {seconds} seconds behind the newest entry of the audit, so the caps "
                "of a day and what was done in the last 24 hours cannot be told.",
                seconds=behind,
            )
        )


@dataclass(slots=True)
class HeadFile:
    """The head in its own file, outside of the store."""

    path: Path

    def read(self, *, alone: bool = False) -> Head | None:
        """What was written last; None when there is none. `alone`: while nobody writes.

        Raises:
            KeyFileError: it cannot be read.
        """
        return read_head(self.path, alone=alone)

    def write(self, head: Head, *, after_loss: bool = False, lasting: bool = True) -> None:
        """Remember a newer head; `lasting`: for good.

        Raises:
            KeyFileError: it cannot be written.
        """
        write_head(self.path, head, after_loss=after_loss, lasting=lasting)

    async def until_nobody_writes(self) -> None:
        """Wait for another process that writes it just now.

        Raises:
            StoreUnavailableError: it does not end.
        """
        try:
            await until_nobody_writes(self.path)
        except KeyFileError as error:
            raise StoreUnavailableError(reason_of(error)) from error

    def check(self) -> None:
        """See that a head can be written.

        Raises:
            StoreUnavailableError: it cannot.
        """
        try:
            check_writable(self.path)
        except KeyFileError as error:
            raise StoreUnavailableError(reason_of(error)) from error


@dataclass(slots=True, kw_only=True)
class Past:
    """Looked at in every transaction. `shared`: machines of one store come and go, each with its own head."""

    heads: HeadFile
    shared: bool
    newest: Head | None = None
    """What this process appended last."""
    lost: str = ""
    """Why the past is taken for lost; '' when it is not."""
    adopted: bool = False
    """Whether the last look began a head beside a store that has entries."""
    _agreed: str = field(default="")
    _looked: bool = False

    @property
    def generation(self) -> str:
        """The generation that head and store agreed on last."""
        return self._agreed

    def look(self, conn: Connection, *, writing: bool) -> Newest:
        """Compare the head with the store; the end of its chain.

        The first thing in a transaction that reads: the store's moment has to come after the head's.

        Raises:
            StoreUnavailableError: the head file cannot be read or begun.
        """
        try:
            self.adopted = False
            newest, why = self._compared(conn, self._known(), writing=writing)
            if why:
                # Another process may have been writing the head just then.
                known = self._known(alone=True)
                conn.renew()
                newest, why = self._compared(conn, known, writing=writing)
        except KeyFileError as error:
            raise StoreUnavailableError(reason_of(error)) from error
        if why and not self.lost:
            _log.error(sentence("{why}: whatever costs or destroys is refused until a person looks", why=why))
        self.lost, self._looked = why, True
        return newest

    def refuse(self) -> None:
        """Stop what costs or destroys.

        Raises:
            PastLostError: the last look found that the past is lost.
        """
        if self.lost:
            raise PastLostError(self.lost)

    def asks(self, now: datetime) -> bool:
        """Whether nothing may be sent unasked, since a loss was accepted."""
        until = asking_until(self._agreed)
        return until is not None and now < until

    def named(self, head: Head) -> Head:
        """An entry of the chain as the file names it."""
        return head._replace(generation=self._agreed)

    def remember(self, head: Head) -> None:
        """What was appended and committed. Nothing while the past is lost: the loss would be forgotten."""
        if self.lost:
            return
        if (
            self.newest is None
            or self.newest.generation != self._agreed
            or head.sequence > self.newest.sequence
        ):
            self.newest = self.named(head)

    def difference(self, tip: Head) -> str:
        """What the audit says of an accepted loss: what the head knows of, and what the store has."""
        known = self._known()
        has = f"{tip.sequence}:{tip.mac}"
        if known is None:
            return sentence("{loss}; the head names nothing, the store has {tip}", loss=self.lost, tip=has)
        return sentence(
            "{loss}; the head names {head} of {generation}, the store has {tip}",
            loss=self.lost,
            head=f"{known.sequence}:{known.mac}",
            generation=known.generation or sentence("none"),
            tip=has,
        )

    def forget(self) -> None:
        """The store is opened anew: nothing is agreed on any more; what was appended is still known."""
        self._agreed = ""

    def _known(self, *, alone: bool = False) -> Head | None:
        """The file's head, or this process's own where that is newer."""
        filed, own = self.heads.read(alone=alone), self.newest
        if own is None or (filed is not None and filed.generation != own.generation):
            return filed
        return own if filed is None or own.sequence > filed.sequence else filed

    def _compared(self, conn: Connection, known: Head | None, *, writing: bool) -> tuple[Newest, str]:
        newest = audit.newest(conn) if known is None else audit.newest(conn, known)
        return newest, self._difference(conn, newest, known, writing=writing)

    def _difference(self, conn: Connection, newest: Newest, known: Head | None, *, writing: bool) -> str:
        tip = newest.tip
        if known is not None and known.generation and known.generation == self._agreed:
            return "" if newest.holds else _OLDER
        of_store = generation_of(conn)
        if known is None:
            return self._without_head(conn, tip, of_store, writing=writing)
        if known.generation and of_store and known.generation != of_store:
            return _ANOTHER
        if not newest.holds or (known.generation and not of_store and tip.sequence):
            return _OLDER if tip.sequence else _EMPTY
        self._agree(conn, of_store or known.generation, writing=writing, known=bool(of_store))
        return ""

    def _without_head(self, conn: Connection, tip: Head, of_store: str, *, writing: bool) -> str:
        begun = bool(of_store) or tip.sequence > 0
        if begun and not self.shared:
            return _NO_HEAD
        self.adopted = begun
        self._agree(conn, of_store, writing=writing, known=bool(of_store))
        if writing and not begun:
            # Before the first entry is committed: a store with entries and without a head is a loss.
            self.heads.write(tip._replace(generation=self._agreed))
        return ""

    def _agree(self, conn: Connection, generation: str, *, writing: bool, known: bool) -> None:

        if known:
            self._agreed = generation
        elif writing:
            generation = generation or new_generation()
            set_generation(conn, generation)
            self._agreed = generation


_OLDER = sentence("the store is an older copy of itself, or its end was cut off")
_ANOTHER = sentence("the store is another one than the audit's head file belongs to")
_EMPTY = sentence("the store is empty, although the audit's head file remembers entries")
_NO_HEAD = sentence("the audit's head file is missing, although the store has entries")
