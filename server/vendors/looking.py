"""How an operation's looks are carried out: one request after another, or a few at once where it says so.

The event loop goes on meanwhile: no reply is read for so long that another call would feel it.
"""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass
from typing import Any, Generic

import anyio
import anyio.to_thread

from tools.operation import Reply, Request, Steps, T, Together

AT_ONCE = 4
"""Looks of one call that are under way at once: no vendor documents a limit, and none is tried out."""
LONG_REPLY = 16 * 1024
"""Bytes above which a reply is read in a thread: 1,000 rows take 7 ms as text (50 KB), tens as XML."""

Send = Callable[[Request], Awaitable[Reply]]
Turn = AbstractAsyncContextManager[Any]


@dataclass(frozen=True, slots=True)
class _Ended(Generic[T]):
    value: T


_Asked = Request | Together[Any] | _Ended[T]


async def look(steps: Steps[T], send: Send, turn: Turn | None = None) -> T:
    """Carry out the read requests of a generator, and return its value; `turn` is had to read a reply."""
    try:
        asked = _step(steps, None)
        while not isinstance(asked, _Ended):
            if isinstance(asked, Together):
                asked = _step(steps, await _together(asked, send))
            else:
                asked = await _read(steps, await send(asked), turn or nullcontext())
        return asked.value
    finally:
        steps.close()


async def _read(steps: Steps[T], reply: Reply, turn: Turn) -> _Asked[T]:
    async with turn:
        if len(reply.body) > LONG_REPLY:
            return await anyio.to_thread.run_sync(_step, steps, reply)
        return _step(steps, reply)


def _step(steps: Steps[T], answer: Any) -> _Asked[T]:
    """The next thing that is asked, or the end: StopIteration cannot leave a thread."""
    try:
        return steps.send(answer)
    except StopIteration as end:
        return _Ended(end.value)


async def _together(asked: Together[T], send: Send) -> list[T]:
    """The value of each look. The first that fails ends the others, and its error is told as its own."""
    found: dict[int, T] = {}
    failed: list[Exception] = []
    waiting = iter(enumerate(asked.looks))
    # Replies that come at once are read one at a time, and the event loop goes on between them.
    turn = anyio.Lock()

    async def carry_out(waiting: Iterator[tuple[int, Steps[T]]]) -> None:
        try:
            for place, each in waiting:
                found[place] = await look(each, send, turn)
        except Exception as error:  # noqa: BLE001 - it is raised below, out of the group
            failed.append(error)
            group.cancel_scope.cancel()

    async with anyio.create_task_group() as group:
        for _ in range(min(AT_ONCE, len(asked.looks))):
            group.start_soon(carry_out, waiting)
    if failed:
        raise failed[0]
    return [found[place] for place in range(len(asked.looks))]
