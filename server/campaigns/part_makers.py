"""Where parts are made ready: in a thread, or in a process of its own.

To make a part takes as long as all else that its send needs. In a thread it holds the interpreter's lock,
which whoever claims and posts waits for; a process has a lock of its own, and a core if there is one.
"""

import logging
import pickle
import subprocess
from contextlib import suppress
from typing import Protocol

import anyio
import anyio.to_thread
from anyio.abc import Process, TaskGroup
from anyio.streams.buffered import BufferedByteReceiveStream

from server.campaigns.part_making import MadePart, Order, Unmade, make_part
from server.campaigns.part_process import LENGTH, READY
from server.own_python import as_process

_log = logging.getLogger(__name__)
_WORTH_IT = 8
"""Parts: fewer are sent before the process is there."""
READY_SECONDS = 60.0
"""So long the process may take to be there: meanwhile parts are made here."""
PART_SECONDS = 10.0
"""So long it may take for a part, which takes it some milliseconds."""
_ORDERED = 2
"""Orders that the process has at once: it goes on while its last answer is read."""
_COMMAND = as_process("server.campaigns.part_process")
_NO_ANSWER = (anyio.BrokenResourceError, anyio.ClosedResourceError, anyio.EndOfStream, anyio.IncompleteRead)


class PartMaker(Protocol):
    """Makes parts ready."""

    def expect(self, parts: int) -> None:
        """So many, or more, are about to be made."""
        ...

    async def make(self, order: Order) -> MadePart | Unmade:
        """All that a part's rules, claim and POST need; or why it cannot be sent as it was planned."""
        ...


class InThreads:
    """In this process, one after the other: they would take turns at the interpreter's lock anyway."""

    def __init__(self) -> None:
        self._one = anyio.CapacityLimiter(1)

    def expect(self, parts: int) -> None:
        """Nothing: a thread is there at once."""

    async def make(self, order: Order) -> MadePart | Unmade:
        """The part, made in a thread."""
        return await anyio.to_thread.run_sync(make_part, order, limiter=self._one)


class InProcess:
    """In a process of its own as soon as there are many and it has begun; until then, and without one, here.

    Its end, whoever ended it, ends nothing: what it had in hand is made here, and so is all that follows. One
    that does not answer is ended.
    """

    def __init__(self, group: TaskGroup) -> None:
        self._group = group
        self._here = InThreads()
        self._ahead = anyio.Semaphore(_ORDERED)
        self._is_begun = False
        self._pipes: _Pipes | None = None

    @property
    def is_there(self) -> bool:
        """Whether the process makes them."""
        return self._pipes is not None

    def expect(self, parts: int) -> None:
        """Start the process, once, where there is enough for it to do."""
        if parts >= _WORTH_IT and not self._is_begun:
            self._is_begun = True
            self._group.start_soon(self._live)

    async def make(self, order: Order) -> MadePart | Unmade:
        """The part."""
        async with self._ahead:
            made = None if self._pipes is None else await self._there(self._pipes, order)
        return await self._here.make(order) if made is None else made

    async def _there(self, pipes: "_Pipes", order: Order) -> MadePart | Unmade | None:
        made = None
        try:
            with anyio.move_on_after(PART_SECONDS):
                made = await pipes.make(order)
        except anyio.get_cancelled_exc_class():
            # Whoever ordered it has gone: the next one who expects many starts another.
            self._is_begun = False
            raise
        finally:
            if made is None:
                # Its next answer would be taken for that to another order.
                self._forget(pipes)
        return made

    def _forget(self, pipes: "_Pipes") -> None:
        if self._pipes is pipes:
            self._pipes = None
        pipes.end()

    async def _live(self) -> None:
        """Start the process, and stay until it ends or has to."""
        try:
            process = await anyio.open_process(_COMMAND, stderr=subprocess.DEVNULL, start_new_session=True)
        except (OSError, NotImplementedError):
            _log.warning("no process can be started that makes parts ready; they are made without one")
            return
        async with process:
            pipes = _Pipes(process)
            try:
                with anyio.move_on_after(READY_SECONDS):
                    self._pipes = pipes if await pipes.is_ready() else None
                if self._pipes is pipes:
                    await process.wait()
            finally:
                self._forget(pipes)
        _log.warning("the process that makes parts ready has ended; they are made without it")


class _Pipes:
    """The way to the process and back. What it does not answer is None."""

    def __init__(self, process: Process) -> None:
        if process.stdin is None or process.stdout is None:
            raise TypeError("the process was started without its pipes")
        self._process = process
        self._orders = process.stdin
        self._answers = BufferedByteReceiveStream(process.stdout)
        self._ordering = anyio.Lock()
        self._answered = anyio.Event()
        """Of the last order: answers come in the same turn."""
        self._answered.set()
        self._is_of_use = True
        """Until somebody left an answer, or a part of one, unread: the next one would take it for its own."""

    async def is_ready(self) -> bool:
        """Whether it has begun."""
        try:
            return await self._answers.receive_exactly(LENGTH) == READY
        except _NO_ANSWER:
            return False

    async def make(self, order: Order) -> MadePart | Unmade | None:
        """What is made of this order."""
        answered, written = anyio.Event(), b""
        try:
            async with self._ordering:
                before, self._answered = self._answered, answered
                await self._orders.send(pickle.dumps(order, pickle.HIGHEST_PROTOCOL))
            await before.wait()
            if self._is_of_use:
                length = int.from_bytes(await self._answers.receive_exactly(LENGTH), "big")
                written = await self._answers.receive_exactly(length)
        except _NO_ANSWER:
            return None
        finally:
            self._is_of_use = self._is_of_use and bool(written)
            answered.set()
        return pickle.loads(written) if written else None  # noqa: S301 - our own process

    def end(self) -> None:
        """End the process, also one that stands still."""
        with suppress(ProcessLookupError):
            self._process.kill()
