"""Writers that wait together share one transaction, and so one wait for the disk.

Each keeps its own savepoint: what one raises undoes its own work alone. None is answered before the commit,
and none is run twice, whatever fails.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple, TypeVar

import anyio

from server.store.errors import StoreUnavailableError
from server.store.failures import unavailable
from server.store.plans import Connection
from tools.sentence import sentence

T = TypeVar("T")
Work = Callable[[Connection], Any]

MOST = 64
"""Transactions that share one: a reader of another process never waits long for the lock."""


LONG_SECONDS, _LONGEST_SECONDS = 0.003, 0.02
"""A group that took so long takes no more: who waits for a small work waits for few others' large ones.

And those who came at the same moment do not all go on at the same moment, to wait for each other again. On a
slow disk it is as long as the group before waited for it, up to the second: else most of the time is waited.
"""
_WAITED = "seconds for which the last group waited for the disk"


class Outcome(NamedTuple):
    """What became of one writer's work."""

    value: Any = None
    error: BaseException | None = None


@dataclass(slots=True, eq=False)
class _Waiting:
    work: Work
    done: "asyncio.Future[Any]"
    begun: bool = False


def together(conn: Connection, works: Sequence[Work], *, begun: bool = False) -> list[Outcome]:
    """Run these works in one transaction; each one's outcome once it is committed or undone.

    Those that are left when it has taken long are not begun, and have no outcome: they are for the next one.

    `begun`: the transaction is open already. What the committed ones wish to be `once_committed` is the
    caller's to do: `follow`.
    """
    conn.once_committed.clear()
    conn.carried.clear()
    outcomes: list[Outcome] = []
    tried = len(works)
    try:
        if not begun:
            conn.begin(reads=False)
        if len(works) == 1:
            outcomes.append(_alone(conn, works[0]))
        else:
            outcomes += _some(conn, works)
        tried = len(outcomes)
        if any(outcome.error is None for outcome in outcomes):
            began = time.perf_counter()
            conn.commit()
            conn.info[_WAITED] = time.perf_counter() - began
        else:
            conn.rollback()
    except conn.errors as error:
        conn.once_committed.clear()
        _undo(conn)
        return [Outcome(error=unavailable(error, "written")) for _ in works[:tried]]
    return outcomes


def follow(conn: Connection) -> None:
    """Do what was to be done once it is committed, the newest first: that may stand for the others."""
    began = time.perf_counter()
    while conn.once_committed:
        conn.once_committed.pop()()
    conn.info[_WAITED] = conn.info.get(_WAITED, 0.0) + time.perf_counter() - began


def _some(conn: Connection, works: Sequence[Work]) -> Iterator[Outcome]:
    """Those of the works, of which the first are run until it has taken long."""
    until = time.perf_counter() + max(LONG_SECONDS, min(conn.info.get(_WAITED, 0.0), _LONGEST_SECONDS))
    for work in works:
        yield _apart(conn, work)
        if time.perf_counter() > until:
            return


def _alone(conn: Connection, work: Work) -> Outcome:
    try:
        return Outcome(work(conn))
    except conn.errors:
        raise
    except BaseException as error:  # noqa: BLE001 - it passes through to whoever waits
        conn.once_committed.clear()
        return Outcome(error=error)


def _apart(conn: Connection, work: Work) -> Outcome:
    # None is released: the commit ends them all, and each statement costs the thread its turn.
    conn.run("SAVEPOINT one", ())
    before = len(conn.once_committed)
    try:
        outcome = Outcome(work(conn))
    except BaseException as error:  # noqa: BLE001 - as above
        # Fails where the whole transaction is gone, as when the disk is full: then nobody's work stands.
        conn.run("ROLLBACK TO SAVEPOINT one", ())
        del conn.once_committed[before:]
        conn.carried.clear()
        ours = unavailable(error, "written") if isinstance(error, conn.errors) else error
        outcome = Outcome(error=ours)
    return outcome


def _undo(conn: Connection) -> None:
    try:
        conn.rollback()
    except conn.errors:
        # It is undone by whoever finds the connection dead.
        return


class Writers:
    """One thread that writes, and those who wait for it."""

    def __init__(self, run: Callable[[Sequence[Work]], list[Outcome]]) -> None:
        self._run = run
        self._waiting: deque[_Waiting] = deque()
        self._running: asyncio.Future[list[Outcome]] | None = None
        self._closed = False
        # A thread of our own: others' slow files must not hold a record back.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="store-writer")

    async def write(self, work: Callable[[Connection], T]) -> T:
        """The work's value, once it is committed. What began is carried through, and waited for.

        Raises:
            StoreUnavailableError: the driver failed, or this was closed.
        """
        if self._closed:
            raise StoreUnavailableError(sentence("the store could not be written (it was closed)."))
        mine = _Waiting(work, asyncio.get_running_loop().create_future())
        self._waiting.append(mine)
        self._begin()
        try:
            return await asyncio.shield(mine.done)
        except asyncio.CancelledError:
            if not mine.begun:
                self._waiting.remove(mine)
                raise
            with anyio.CancelScope(shield=True):
                await asyncio.wait([mine.done])
            # The caller learns of its cancellation at its next step: until then it can remember this.
            return mine.done.result()

    @property
    def idle(self) -> bool:
        """Whether nobody writes, and nobody waits to."""
        return self._running is None and not self._waiting and not self._closed

    async def close(self) -> None:
        """Carry through what waits, and end the thread."""
        self._closed = True
        while self._running is not None:
            await asyncio.wait([self._running])
        self._thread.shutdown(wait=False)

    def _begin(self) -> None:
        if self._running is not None or not self._waiting:
            return
        group = [self._waiting.popleft() for _ in range(min(MOST, len(self._waiting)))]
        for each in group:
            each.begun = True
        self._running = asyncio.get_running_loop().run_in_executor(
            self._thread, self._run, [each.work for each in group]
        )
        self._running.add_done_callback(partial(self._deliver, group))

    def _deliver(self, group: list[_Waiting], running: "asyncio.Future[list[Outcome]]") -> None:
        self._running = None
        failed = running.exception()
        outcomes = running.result() if failed is None else [Outcome(error=failed) for _ in group]
        left = group[len(outcomes) :]
        for each in reversed(left):
            each.begun = False
            self._waiting.appendleft(each)
        for each, outcome in zip(group, outcomes, strict=False):
            if outcome.error is None:
                each.done.set_result(outcome.value)
            else:
                each.done.set_exception(outcome.error)
        self._begin()
