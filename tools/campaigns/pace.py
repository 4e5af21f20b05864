"""When each of many texts goes out: so many an hour, not in some hours of the day."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from tools.problems import InvalidArgumentError
from tools.sentence import sentence
from tools.taipei import as_taipei

_SPAN = re.compile(r"\s*([01]?\d|2[0-3]):([0-5]\d)\s*(?:-|–|to|到|~)\s*([01]?\d|2[0-3]):([0-5]\d)\s*")
_DAY = timedelta(days=1)


_EVENING, _MORNING = 21, 8


AT_ONCE_AT_NIGHT = sentence("It goes out at once, and it is night in Taiwan (21:00 to 08:00).")


def is_night(moment: datetime) -> bool:
    """Between 21:00 and 08:00 in Taiwan, when people do not expect a text."""
    hour = as_taipei(moment).hour
    return hour >= _EVENING or hour < _MORNING


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """From when, how many an hour (0: all at that time), and between which times of the day none."""

    start: datetime | None
    per_hour: int = 0
    not_from: time | None = None
    not_to: time | None = None

    def times(self) -> Iterator[datetime | None]:
        """When each goes out, in their order; None is at once."""
        if self.start is None or not self.per_hour:
            while True:
                yield self.start
        gap, moment = timedelta(hours=1) / self.per_hour, as_taipei(self.start)
        while True:
            moment = self._outside(moment)
            yield moment.replace(microsecond=0)
            moment += gap

    @property
    def kept(self) -> dict[str, int | str]:
        """Without its start, as `pace_of` takes it."""
        span = (
            f"{self.not_from:%H:%M}-{self.not_to:%H:%M}" if None not in (self.not_from, self.not_to) else ""
        )
        return {"per_hour": self.per_hour, "not_between": span}

    def _outside(self, moment: datetime) -> datetime:
        """The same, or the end of the hours in which none goes out."""
        if self.not_from is None or self.not_to is None:
            return moment
        at = moment.time()
        over_midnight = self.not_from > self.not_to
        within = (
            at >= self.not_from or at < self.not_to if over_midnight else self.not_from <= at < self.not_to
        )
        if not within:
            return moment
        end = datetime.combine(moment.date(), self.not_to, moment.tzinfo)
        return end if end > moment else end + _DAY


def pace_of(kept: Mapping[str, Any], start: datetime) -> Pace:
    """The same pace from another start on."""
    return read_pace(start, kept.get("per_hour", 0), kept.get("not_between", ""))


def read_pace(
    start: datetime | None, per_hour: int, not_between: str, done_by: datetime | None = None
) -> Pace:
    """The pace that a caller wrote; `not_between` as `12:00-13:00`.

    Raises:
        InvalidArgumentError: a pace without a start, or hours that are none.
    """
    if (per_hour or not_between) and start is None:
        raise InvalidArgumentError(
            "send_at", sentence("a pace needs a time to begin."), sentence("Give send_at.")
        )
    if done_by is not None and start is None:
        raise InvalidArgumentError(
            "send_at", sentence("a latest end needs a time to begin."), sentence("Give send_at.")
        )
    if not not_between:
        return Pace(start=start, per_hour=per_hour)
    found = _SPAN.fullmatch(not_between)
    if found is None or not per_hour:
        raise InvalidArgumentError(
            "not_between",
            sentence("is no span of the day for a pace."),
            sentence("Write 12:00-13:00, with per_hour."),
        )
    first, last = (time(int(found[place]), int(found[place + 1])) for place in (1, 3))
    if first == last:
        raise InvalidArgumentError(
            "not_between", sentence("begins and ends at once."), sentence("Write 12:00-13:00.")
        )
    return Pace(start=start, per_hour=per_hour, not_from=first, not_to=last)
