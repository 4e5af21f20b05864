"""Times as OMIS writes and reads them."""

from datetime import datetime

from server.sandbox.clock import TAIPEI

_FORMATS = ("%Y/%m/%d %H:%M:%S", "%Y-%m-%d %H:%M:%S")


def shown(moment: datetime) -> str:
    """yyyy-MM-dd HH:mm:ss."""
    return moment.strftime(_FORMATS[1])


def parse_time(given: str) -> datetime | None:
    """Either format of the documents, in Taipei time; None when it is neither."""
    for form in _FORMATS:
        try:
            return datetime.strptime(given.strip(), form).replace(tzinfo=TAIPEI)
        except ValueError:
            continue
    return None
