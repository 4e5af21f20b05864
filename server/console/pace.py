"""How often the pages may be asked: each browser that signed in for itself, everybody else together."""

from collections.abc import Callable
from datetime import datetime

from server.gate.rules.rate_limiter import RateLimiter

MOST_A_MINUTE = 600
"""Requests of one browser that signed in; a page has three, and asks for what is new once in five seconds."""
MOST_OF_OTHERS = 120
"""The same of all that nobody let in, together: none of them can keep a person out who is in."""
_OTHERS = ""


class Pace:
    """Counts requests, by the token of a browser that this process has let in."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._ours, self._others = RateLimiter(MOST_A_MINUTE), RateLimiter(MOST_OF_OTHERS)
        self._known: set[str] = set()

    def spend(self, session: str) -> bool:
        """Whether one more request is taken. A browser counts among the others until it is known."""
        if session in self._known:
            return self._ours.spend(session, self._clock())
        return self._others.spend(_OTHERS, self._clock())

    def seen(self, session: str, *, signed_in: bool) -> None:
        """The store was asked whether this browser is let in."""
        if signed_in:
            self._known.add(session)
        else:
            self._known.discard(session)
