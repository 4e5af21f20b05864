"""How many calls that change something a principal may make in a minute."""

from collections import deque
from datetime import datetime, timedelta

_WINDOW = timedelta(seconds=60)


class RateLimiter:
    """So many calls a principal in any 60 seconds.

    The gate spends a slot for each call of a tool that changes something, and one more when the person
    declines: nobody is to be asked until they give in.
    """

    def __init__(self, calls_per_minute: int) -> None:
        self._most = calls_per_minute
        self._spent: dict[str, deque[datetime]] = {}

    def spend(self, principal: str, now: datetime) -> bool:
        """Take a slot and return True, or return False and take none.

        When the clock is set back, what was spent later than `now` counts as spent now.
        """
        times = self._spent.setdefault(principal, deque())
        if times and times[-1] > now:
            times = self._spent[principal] = deque(min(time, now) for time in times)
        while times and times[0] <= now - _WINDOW:
            times.popleft()
        if len(times) >= self._most:
            return False
        times.append(now)
        return True
