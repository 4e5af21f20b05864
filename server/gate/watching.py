"""Waiting within one call: looked at again and again, with progress, until it is ready."""

from collections.abc import Awaitable, Callable

import anyio

from server.call_time import left
from server.gate.caller import Caller
from server.gate.context import GateContext
from tools.operation import Steps, T

FIRST_PAUSE = 2.0
"""Seconds between the first two looks; each pause is half as long again."""
LONGEST_PAUSE = 8.0
LOOK_SECONDS = 10.0
"""A look that takes longer is given up: with a pause, progress is told every 18 seconds at the latest."""
TO_ANSWER_SECONDS = 3.0
_LONGER = 1.5


async def watch(
    context: GateContext,
    caller: Caller,
    look: Callable[[], Steps[T]],
    ready: Callable[[T], bool],
    said: Callable[[T | None], str],
) -> T | None:
    """The last that was seen: ready, or as it was when the call's time was up; None where nothing was.

    Raises:
        RefusedError, NotSentError, UnknownOutcomeError, UnreadableReply: what a look raises.
    """
    return await look_again(caller, lambda: context.vendors.query(look()), ready, said)


async def look_again(
    caller: Caller,
    look: Callable[[], Awaitable[T]],
    ready: Callable[[T], bool],
    said: Callable[[T | None], str],
) -> T | None:
    """The same for whatever is looked at."""
    pause, found = FIRST_PAUSE, None
    while True:
        with anyio.move_on_after(left(LOOK_SECONDS, keep=TO_ANSWER_SECONDS)):
            found = await look()
        if found is not None and ready(found):
            return found
        if left(pause, keep=TO_ANSWER_SECONDS) < pause:
            return found
        if caller.report is not None:
            await caller.report(said(found))
        await anyio.sleep(pause)
        pause = min(pause * _LONGER, LONGEST_PAUSE)
