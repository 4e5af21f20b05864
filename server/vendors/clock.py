"""How far a vendor's clock and ours are apart, by the `Date` of its answers (RFC 9110, section 6.6.1)."""

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

WARNED = timedelta(minutes=2)
"""Beyond it a person is warned."""
REFUSED = timedelta(minutes=10)
"""Beyond it nothing is booked: the vendor would send at another time than the person agreed to."""
_WHOLE_SECOND = timedelta(seconds=1)
_FORM = re.compile(r"[A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9]{2}:[0-9]{2}:[0-9]{2} GMT")


def apart(date: str, asked: datetime, answered: datetime) -> timedelta | None:
    """The least by which the vendor's clock is ahead of ours; negative where it is behind.

    `date` was written somewhere between `asked` and `answered` on our clock, and has whole seconds, so that
    much is allowed for. None: it is missing or unreadable, and nothing can be said.
    """
    said = _read(date)
    if said is None:
        return None
    least, most = said - answered, said - asked + _WHOLE_SECOND
    if least > timedelta():
        return least
    return min(most, timedelta())


def minutes(difference: timedelta) -> int:
    """A difference in whole minutes, whatever its direction: it must not change from one look to the next."""
    return int(abs(difference) // timedelta(minutes=1))


def _read(date: str) -> datetime | None:
    if _FORM.fullmatch(date) is None:
        return None
    try:
        return parsedate_to_datetime(date).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
