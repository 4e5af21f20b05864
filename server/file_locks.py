"""Lock files, by which processes take turns; the system frees one when its process dies.

A process that is stopped, or swapped out, keeps it: so nobody waits for long.
"""

import os
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import anyio

from server.systems import lock_now
from tools.sentence import Sentence, sentence

LOCK_SECONDS = 5.0
"""So long another process is waited for: half as long as for the database, which some hold meanwhile."""
_LEAST_SECONDS, _MOST_SECONDS = 0.001, 0.02
"""Between two looks: what a lock is held for takes one wait for the disk."""


class LockHeldError(Exception):
    """Another process did not let go of the lock in time. The text names the file alone."""

    def __init__(self, path: Path) -> None:
        super().__init__(_held(path.name))


@contextmanager
def exclusively(path: Path) -> Generator[None]:
    """Hold the lock file at `path` against other processes.

    Raises:
        LockHeldError: another one held it for five seconds.
        OSError: it cannot be made or opened.
    """
    with held_alone(path, wait=True) as ours:
        if not ours:
            raise LockHeldError(path)
        yield


async def until_free(path: Path) -> None:
    """Wait until no other process holds the lock file at `path`: on the event loop, so it can be cancelled.

    Raises:
        LockHeldError: another one held it for five seconds.
        OSError: it cannot be made or opened.
    """
    for pause in _pauses():
        with held_alone(path) as ours:
            if ours:
                return
        await anyio.sleep(pause)
    raise LockHeldError(path)


def is_held(path: Path) -> bool:
    """Whether another process holds the lock file at `path` (`held_alone`)."""
    if not path.exists():
        return False
    with held_alone(path) as ours:
        return not ours


@contextmanager
def held_alone(path: Path, *, wait: bool = False) -> Generator[bool]:
    """Hold the lock file at `path` as long as the block lasts; False where another process does.

    At once, or with `wait` after five seconds.
    """
    descriptor = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
    try:
        yield lock_now(descriptor) or (wait and _locked_in_time(descriptor))
    finally:
        os.close(descriptor)


def _locked_in_time(descriptor: int) -> bool:
    for pause in _pauses():
        time.sleep(pause)
        if lock_now(descriptor):
            return True
    return False


def _pauses() -> Generator[float]:
    """Longer and longer, until the time is over."""
    end, pause = time.monotonic() + LOCK_SECONDS, _LEAST_SECONDS
    while time.monotonic() < end:
        yield pause
        pause = min(2 * pause, _MOST_SECONDS)


def _held(name: str) -> Sentence:
    return sentence("another process held {name} for too long. Where it stands still, end it.", name=name)
