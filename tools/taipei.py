"""Times: ISO 8601 outside, the vendors' formats inside, Asia/Taipei throughout.

The EVERY8D document never names its time zone; every known client takes Asia/Taipei (vendor facts, ST).
"""

import re
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import lru_cache
from typing import TypeVar

from tools.sentence import sentence

TAIPEI = timezone(timedelta(hours=8), "Asia/Taipei")
"""Taiwan has had no daylight saving time since 1979, so a fixed offset is exact."""

_WRITTEN = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}")
_NO_SIGNS = str.maketrans("", "", "-:T")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_YEARS = range(2000, 3000)
D = TypeVar("D", bound=date)
_USUAL_ROW_TIME = re.compile(r"\d{4}([/-])\d\d\1\d\d \d\d:\d\d:\d\d", re.ASCII)
_ROW_TIME = re.compile(r"(\d{4})[/-](\d{1,2})[/-](\d{1,2})[ T](\d{1,2}):(\d{2}):(\d{2})(?:\.\d+)?")


def as_taipei(moment: datetime) -> datetime:
    """The same moment in Asia/Taipei; a time without an offset is taken to be Asia/Taipei already."""
    if moment.tzinfo is TAIPEI:
        return moment
    return moment.replace(tzinfo=TAIPEI) if moment.tzinfo is None else moment.astimezone(TAIPEI)


def read_time(written: object) -> datetime:
    """A time that a caller wrote as ISO 8601, in Asia/Taipei.

    A date alone is refused, since it would mean midnight; and a bare number, whose unit nobody knows.

    Raises:
        ValueError: no date with a time of day, or one outside the years 2000 to 2999.
    """
    try:
        moment = written if isinstance(written, datetime) else _parsed(written)
    except ValueError:
        raise ValueError(sentence("is no date with a time. Write it as 2026-12-31T09:30:00+08:00.")) from None
    return as_taipei(_within_years(moment))


def read_day(written: object) -> date:
    """A day that a caller wrote as ISO 8601.

    Raises:
        ValueError: no such day, or one outside the years 2000 to 2999; a number or a time among them.
    """
    day = None
    if isinstance(written, str) and _DAY.fullmatch(written.strip()):
        with suppress(ValueError):
            day = date.fromisoformat(written.strip())
    if day is None:
        raise ValueError(sentence("is no day. Write it as 2026-12-31."))
    return _within_years(day)


def _within_years(moment: D) -> D:
    """Near the ends of the calendar another offset, or a day's distance, would leave it."""
    if moment.year not in _YEARS:
        raise ValueError(sentence("lies outside the years 2000 to 2999. Check the year."))
    return moment


def midnight(day: date) -> datetime:
    """When a day begins, in UTC."""
    return datetime.combine(day, time(), TAIPEI).astimezone(UTC)


def whole_days(first: date, last: date | None = None) -> tuple[datetime, datetime]:
    """When a day begins and when it is over, in UTC; or the `first` of several, and the `last`."""
    return midnight(first), midnight((last or first) + timedelta(days=1))


def read_begin(written: object) -> datetime:
    """When a time begins that a caller wrote as a day or as a moment.

    Raises:
        ValueError: neither.
    """
    return midnight(read_day(written)) if _is_day(written) else read_time(written)


def read_end(written: object) -> datetime:
    """When it ends: with the day, or at the moment.

    Raises:
        ValueError: neither.
    """
    return whole_days(read_day(written))[1] if _is_day(written) else read_time(written)


def _is_day(written: object) -> bool:
    return isinstance(written, str) and _DAY.fullmatch(written.strip()) is not None


def _parsed(written: object) -> datetime:
    if not isinstance(written, str) or _WRITTEN.match(written) is None:
        raise ValueError
    return datetime.fromisoformat(written)


def iso(moment: datetime) -> str:
    """ISO 8601 to the second, with +08:00."""
    # Three times as fast as with the zone in it.
    return as_taipei(moment).replace(tzinfo=None).isoformat(timespec="seconds") + "+08:00"


def iso_minute(moment: datetime) -> str:
    """ISO 8601 to the minute, with +08:00."""
    return as_taipei(moment).replace(tzinfo=None).isoformat(timespec="minutes") + "+08:00"


def plain_minute(moment: datetime) -> str:
    """`yyyy-MM-dd HH:mm`, as people read it, without a zone."""
    return f"{as_taipei(moment):%Y-%m-%d %H:%M}"


def compact(moment: datetime) -> str:
    """`yyyyMMddHHmmss`, the format of ST and SendTime (EVERY8D 1.1, 1.5)."""
    return as_taipei(moment).replace(tzinfo=None).isoformat(timespec="seconds").translate(_NO_SIGNS)


def slashed(moment: datetime) -> str:
    """`yyyy/MM/dd HH:mm:ss`, the format of ExpireTime (OMIS TaskManager, LaunchAction 5)."""
    return as_taipei(moment).strftime("%Y/%m/%d %H:%M:%S")


def dashed(moment: datetime) -> str:
    """`yyyy-MM-dd HH:mm:ss`, the format of StartTime and EndTime (OMIS ManageReport, Option 0)."""
    return as_taipei(moment).strftime("%Y-%m-%d %H:%M:%S")


def read_row_time(text: str) -> datetime | None:
    """A time from a vendor's row (`2021/06/01 14:25:55`, or with dashes); None when there is none."""
    try:
        moment = _row_moment(text.strip())
    except ValueError:
        return None
    # Near the ends of the calendar it could not be kept, nor told in another zone.
    return moment if moment is not None and moment.year in _YEARS else None


@lru_cache(maxsize=4096)
def _row_moment(text: str) -> datetime | None:
    if _USUAL_ROW_TIME.fullmatch(text):
        return datetime.fromisoformat(text.replace("/", "-")).replace(tzinfo=TAIPEI)
    found = _ROW_TIME.fullmatch(text)
    if found is None:
        return None
    year, month, day, hour, minute, second = (int(part) for part in found.groups())
    return datetime(year, month, day, hour, minute, second, tzinfo=TAIPEI)
