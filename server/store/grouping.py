"""Writers that wait together share one transaction, and so one wait for the disk.

Each keeps its own savepoint: what one raises undoes its own work alone. None is answered before the commit,
and none is run twice, whatever fails.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
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
    told: "asyncio.Future[None]"
    """Done once it has ended, or its caller is cancelled."""
    begun: bool = False
    ended: bool = False
    outcome: Outcome = field(default_factory=Outcome)


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
        self._at_rest = asyncio.Event()
        self._at_rest.set()
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
        new = asyncio.get_running_loop().create_future
        mine = _Waiting(work, new())
        self._waiting.append(mine)
        self._begin()
        try:
            await mine.told
        except asyncio.CancelledError:
            if not mine.begun:
                self._waiting.remove(mine)
                raise
            # The caller learns of its cancellation at its next step: until then it can remember this.
            with anyio.CancelScope(shield=True):
                while not mine.ended:
                    mine.told = new()
                    await mine.told
        if mine.outcome.error is not None:
            raise mine.outcome.error
        return mine.outcome.value

    @property
    def idle(self) -> bool:
        """Whether nobody writes, and nobody waits to."""
        return self._at_rest.is_set() and not self._closed

    async def close(self) -> None:
        """Carry through what waits, and end the thread."""
        self._closed = True
        while not self._at_rest.is_set():
            await self._at_rest.wait()
        self._thread.shutdown(wait=False)

    def _begin(self) -> None:
        if not self._at_rest.is_set():
            return
        group = [self._waiting.popleft() for _ in range(min(MOST, len(self._waiting)))]
        if group:
            self._at_rest.clear()
            for each in group:
                each.begun = True
            self._thread.submit(self._carry_out, group, asyncio.get_running_loop())

    def _carry_out(self, group: list[_Waiting], loop: asyncio.AbstractEventLoop) -> None:
        """In the thread. By itself the pool's way back takes three turns of the loop where this takes one."""
        try:
            outcomes = self._run([each.work for each in group])
        except BaseException as failed:  # noqa: BLE001 - it passes through to whoever waits
            outcomes = [Outcome(error=failed) for _ in group]
        loop.call_soon_threadsafe(self._deliver, group, outcomes)

    def _deliver(self, group: list[_Waiting], outcomes: list[Outcome]) -> None:
        left = group[len(outcomes) :]
        for each in reversed(left):
            each.begun = False
            self._waiting.appendleft(each)
        for each, outcome in zip(group, outcomes, strict=False):
            each.outcome, each.ended = outcome, True
            if not each.told.done():
                each.told.set_result(None)
        self._at_rest.set()
        self._begin()
