"""Who has read text from outside: nothing that costs or destroys goes without a person there any more."""

import logging
from collections.abc import Callable
from datetime import datetime

from server.ledger.journal import Journal
from server.ledger.notes import Note
from server.store.errors import StoreUnavailableError
from server.store.plans import Connection
from server.store.session_facts import (
    remember_outside_text,
)
from server.store.sessions import HELD, RENEWED, Session

_log = logging.getLogger(__name__)


class OutsideTextReadError(Exception):
    """A rule would let a call go without a person, but outside text was read: here, or in another process."""


class OutsideReading:
    """Kept in the store, and here too: the store may be away when the text is read."""

    def __init__(self, journal: Journal, clock: Callable[[], datetime]) -> None:
        self._journal = journal
        self._clock = clock
        self._written: dict[Session, datetime] = {}
        self._unwritten: dict[Session, datetime] = {}

    async def record(self, *notes: Note, session: Session | None = None) -> None:
        """Lines of the audit, and in the same step that this session has now read outside text.

        Raises:
            StoreUnavailableError: none of it is in the store; here the session is known all the same.
        """
        now = self._clock()
        if session is not None and now - self._written.get(session, now - RENEWED) >= RENEWED:
            self._unwritten[session] = now
        waiting = dict(self._unwritten)
        if not notes and not waiting:
            return

        def work(conn: Connection, _: datetime) -> tuple[None, *tuple[Note, ...]]:
            for each, at in waiting.items():
                remember_outside_text(conn, each, at)
            return None, *notes

        await self._journal.write(work, brief=True)
        for each, at in waiting.items():
            self._written[each] = at
            self._unwritten.pop(each, None)

    async def read(self, session: Session) -> None:
        """This session has read outside text without a look of its own, as in a resource or an error."""
        try:
            await self.record(session=session)
        except StoreUnavailableError as error:
            _log.warning("that outside text was read could not be recorded: %s", error)

    def known_here(self, session: Session) -> bool:
        """Whether this process knows that the session has; another one may know it alone."""
        read_at = self._unwritten.get(session) or self._written.get(session)
        return read_at is not None and self._clock() - read_at < HELD
