"""Times: ISO 8601 outside, the vendors' formats inside, Asia/Taipei throughout.

The EVERY8D document never names its time zone; every known client takes Asia/Taipei (vendor facts, ST).
"""

import re
from datetime import datetime, timedelta, timezone

TAIPEI = timezone(timedelta(hours=8), "Asia/Taipei")
"""Taiwan has had no daylight saving time since 1979, so a fixed offset is exact."""

_ROW_TIME = re.compile(r"(\d{4})[/-](\d{1,2})[/-](\d{1,2})[ T](\d{1,2}):(\d{2}):(\d{2})(?:\.\d+)?")


def as_taipei(moment: datetime) -> datetime:
    """The same moment in Asia/Taipei; a time without an offset is taken to be Asia/Taipei already."""
    return moment.replace(tzinfo=TAIPEI) if moment.tzinfo is None else moment.astimezone(TAIPEI)


def iso(moment: datetime) -> str:
    """ISO 8601 to the second, with +08:00."""
    return as_taipei(moment).isoformat(timespec="seconds")


def compact(moment: datetime) -> str:
    """`yyyyMMddHHmmss`, the format of ST and SendTime (EVERY8D 1.1, 1.5)."""
    return as_taipei(moment).strftime("%Y%m%d%H%M%S")


def slashed(moment: datetime) -> str:
    """`yyyy/MM/dd HH:mm:ss`, the format of ExpireTime (OMIS TaskManager, LaunchAction 5)."""
    return as_taipei(moment).strftime("%Y/%m/%d %H:%M:%S")


def dashed(moment: datetime) -> str:
    """`yyyy-MM-dd HH:mm:ss`, the format of StartTime and EndTime (OMIS ManageReport, Option 0)."""
    return as_taipei(moment).strftime("%Y-%m-%d %H:%M:%S")


def read_row_time(text: str) -> datetime | None:
    """A time from a vendor's row (`2021/06/01 14:25:55`, or with dashes); None when there is none."""
    found = _ROW_TIME.fullmatch(text.strip())
    if found is None:
        return None
    try:
        year, month, day, hour, minute, second = (int(part) for part in found.groups())
        return datetime(year, month, day, hour, minute, second, tzinfo=TAIPEI)
    except ValueError:
        return None
