"""`campaign-ops-mcp` that is killed, or stopped, by itself at one moment of its work.

    python -m tests.crash.cut KILL "SELECT .* packed_texts" BEGIN -- opt-outs

The moment is told by patterns that have to be seen one after the other. What is seen is each statement of SQL
before it runs, BEGIN and COMMIT before and COMMITTED after a transaction that writes, `POST page` before and
`POSTED page` after a request to a vendor, and CLAIM before and CLAIMED after the claim of a campaign's part.
"""

import os
import re
import signal
import sys
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from threading import Lock, get_ident
from typing import Any

import anyio
import anyio.lowlevel

from server.campaigns import planning
from server.command import cli
from server.ledger.book import Book
from server.store.postgres import PostgresConnection
from server.store.sqlite import SqliteConnection
from server.vendors.vendors import Vendors

MODULE = (sys.executable, "-m", "tests.crash.cut")
AT_ONCE = "CUT_AT_ONCE"
"""The variable that says how many recipients of a plan it writes in one transaction."""


class Cut:
    """Waits for the moment. A process that is stopped holds no transaction, for which others would wait."""

    def __init__(self, how: signal.Signals, moment: Sequence[str]) -> None:
        self._how = how
        self._left = deque(map(re.compile, moment))
        self._looking = Lock()
        self._writing: set[int] = set()

    def saw(self, event: str) -> None:
        """Kill or stop this process where this was the last that had to be seen."""
        with self._looking:
            if not self._left or not self._left[0].search(event):
                return
            if len(self._left) == 1 and self._how is signal.SIGSTOP and self._writing:
                return
            self._left.popleft()
            if not self._left:
                # To this very thread: it goes not one step further.
                signal.pthread_kill(get_ident(), self._how)

    async def comes(self, event: str) -> None:
        """The same for what comes once: it waits until no transaction that writes is open."""
        while self._is_next(event) and self._writing:
            await anyio.lowlevel.checkpoint()
        self.saw(event)

    def _is_next(self, event: str) -> bool:
        return len(self._left) == 1 and bool(self._left[0].search(event))

    def writes(self, connection: object, *, now: bool) -> None:
        """Whether a connection is about to begin a transaction that writes, or has ended one."""
        with self._looking:
            (self._writing.add if now else self._writing.discard)(id(connection))


def cut_of(words: Sequence[str]) -> Cut:
    """Of these words: KILL or STOP, and the moment's patterns."""
    return Cut(signal.Signals[f"SIG{words[0]}"], words[1:])


def plant(cut: Cut) -> None:
    """Show it all that goes to a database or a vendor."""
    for kind in (SqliteConnection, PostgresConnection):
        _watch_statements(kind, cut)
        _watch_transactions(kind, cut)
    real_send: Callable[..., Awaitable[Any]] = Vendors.send
    real_claim: Callable[..., Awaitable[Any]] = Book.claim_chunk

    async def send(self: Any, request: Any, **how: Any) -> Any:
        await cut.comes(f"POST {request.path}")
        reply = await real_send(self, request, **how)
        await cut.comes(f"POSTED {request.path}")
        return reply

    async def claim_chunk(self: Any, *given: Any) -> Any:
        await cut.comes("CLAIM")
        claimed = await real_claim(self, *given)
        await cut.comes("CLAIMED")
        return claimed

    setattr(Vendors, "send", send)  # noqa: B010 - a method that only tests change
    setattr(Book, "claim_chunk", claim_chunk)  # noqa: B010 - as above


def _watch_statements(kind: Any, cut: Cut) -> None:
    for name in ("run", "run_many", "run_streaming"):
        real: Callable[..., Any] = getattr(kind, name)

        def run(self: Any, sql: str, given: Any, real: Callable[..., Any] = real) -> Any:
            cut.saw(sql)
            return real(self, sql, given)

        setattr(kind, name, run)


def _watch_transactions(kind: Any, cut: Cut) -> None:
    real_begin: Callable[..., None] = kind.begin
    real_commit: Callable[[Any], None] = kind.commit
    real_rollback: Callable[[Any], None] = kind.rollback

    def begin(self: Any, *, reads: bool) -> None:
        if not reads:
            cut.saw("BEGIN")
            cut.writes(self, now=True)
        real_begin(self, reads=reads)

    def commit(self: Any) -> None:
        cut.saw("COMMIT")
        real_commit(self)
        cut.writes(self, now=False)
        cut.saw("COMMITTED")

    def rollback(self: Any) -> None:
        real_rollback(self)
        cut.writes(self, now=False)

    kind.begin, kind.commit, kind.rollback = begin, commit, rollback


async def stands_still(process: int) -> bool:
    """Whether a process was stopped."""
    told = await anyio.run_process(["ps", "-o", "stat=", "-p", str(process)], check=False)
    return told.stdout.startswith(b"T")


def main() -> None:
    """Run the command."""
    at = sys.argv.index("--")
    if at_once := os.environ.get(AT_ONCE):
        setattr(planning, "_AT_ONCE", int(at_once))  # noqa: B010 - as above
    plant(cut_of(sys.argv[1:at]))
    sys.argv[1:] = sys.argv[at + 1 :]
    cli.main()


if __name__ == "__main__":
    main()
