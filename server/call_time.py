"""The time of one call: clients give up after 60 seconds, and must have heard the answer by then.

Everything that a call waits for (look-ups, a form, a place, the vendor) shares one end. What changes
something is only begun while there is enough left for the vendor's answer: otherwise an outcome would be
called unknown for want of patience.
"""

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar

import anyio

CALL_SECONDS = 44.0
"""How long a call may take, in seconds."""
POST_SECONDS = 10.0
"""What a request that changes something must have left for its answer, in seconds."""

_end: ContextVar[float | None] = ContextVar("_end", default=None)


@contextmanager
def timed_call(more_seconds: float = 0.0) -> Generator[None]:
    """The time of what is done inside; `more_seconds` is what the settings grant beyond the usual."""
    token = _end.set(anyio.current_time() + CALL_SECONDS + more_seconds)
    try:
        yield
    finally:
        _end.reset(token)


@contextmanager
def untimed() -> Generator[None]:
    """What goes on after its call has answered: it has all the time it needs."""
    token = _end.set(None)
    try:
        yield
    finally:
        _end.reset(token)


def left(most: float, *, keep: float = 0.0) -> float:
    """At most `most` seconds, and no more than the call has once `keep` are set aside; never below 0.

    What no client waits for (a poll, a command in the terminal) has them all.
    """
    end = _end.get()
    return most if end is None else max(0.0, min(most, end - anyio.current_time() - keep))


def left_before_a_post(most: float) -> float:
    """As `left`, with the time of a request that changes something set aside."""
    return left(most, keep=POST_SECONDS)


def enough_to_post() -> bool:
    """Whether a request that changes something may still be begun."""
    return left(POST_SECONDS) >= POST_SECONDS
