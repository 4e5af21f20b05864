"""Log lines that repeat are counted instead of written: nobody can fill a disk by being wrong often."""

import logging
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

WRITTEN = 5
"""How many alike are written in a window."""
WINDOW_SECONDS = 60.0

_MOST_KINDS = 256
_COMPARED = 100
_DIGITS = re.compile(r"\d+")

_Kind = tuple[str, int, str, str]
"""Logger, level, the message's beginning without its digits, the error."""


@dataclass(slots=True)
class _Window:
    began: float
    message: str
    """Whole, so that no secret in it is cut before it is removed."""
    seen: int = 0


class Repeats:
    """Lets the first few of each kind of record through, and tells afterwards how many more there were.

    Two are of one kind when logger, level, error and the message's beginning are the same, but for digits.
    """

    def __init__(
        self, tell: Callable[[logging.LogRecord], None], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._tell = tell
        self._clock = clock
        self._windows: dict[_Kind, _Window] = {}
        self._lock = threading.RLock()
        self._timer: threading.Timer | None = None

    def passes(self, record: logging.LogRecord) -> bool:
        """Whether this one is to be written."""
        self.tell_counts()
        with self._lock:
            window = self._windows.setdefault(_kind_of(record), _Window(self._clock(), str(record.msg)))
            window.seen += 1
            if window.seen <= WRITTEN:
                return True
            if self._timer is None:
                # The count is told also when no other line comes after.
                self._timer = threading.Timer(WINDOW_SECONDS, self._on_time)
                self._timer.daemon = True
                self._timer.start()
            return False

    def tell_counts(self) -> None:
        """Write a line for each window that is over and held back some; forget it."""
        with self._lock:
            end = self._clock() - WINDOW_SECONDS
            # In the order of their beginnings: the oldest go when there are too many kinds.
            over = [kind for kind, window in self._windows.items() if window.began <= end]
            over += [*self._windows][len(over) : max(len(over), len(self._windows) - _MOST_KINDS)]
            ended = [(kind, self._windows.pop(kind)) for kind in over]
        for (logger, level, *_), window in ended:
            more = window.seen - WRITTEN
            if more > 0:
                text = f"{more} more lines like this within {WINDOW_SECONDS:.0f} seconds: {window.message}"
                self._tell(logging.LogRecord(logger, level, "", 0, text, None, None))

    def _on_time(self) -> None:
        with self._lock:
            self._timer = None
        self.tell_counts()


def _kind_of(record: logging.LogRecord) -> _Kind:
    beginning = str(record.msg).split("\n", 1)[0][:_COMPARED]
    error = record.exc_info[0] if record.exc_info else None
    return record.name, record.levelno, _DIGITS.sub("#", beginning), error.__name__ if error else ""
