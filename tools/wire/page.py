"""One page of rows, whichever format it came in."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from tools.wire.errors import UnreadableReply

# NAME, MOBILE, SEND_TIME, COST, STATUS, RECEIVED_TIME, MR.
DELIVERY_NAMES = ("name", "mobile", "send_time", "cost", "status", "received_time", "mr")
STATUS_CODE = re.compile(r"-?[0-9]{1,5}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The rows of one page, and the total of the whole batch (not of the page)."""

    total: int
    rows: tuple[tuple[str, ...], ...]
    undivided: tuple[str, ...] = ()
    """The lines of the page that could not be divided into rows surely, as they came."""

    def __post_init__(self) -> None:
        if len(self.rows) > self.total:
            raise UnreadableReply("No more rows than the total in front of them were expected.")

    def is_complete(self, *, page: int, size: int) -> bool:
        """Say whether this has the rows of page number `page` (from 1), at `size` rows a page.

        Rows that are missing were cut off at a line end, or are in `undivided`.
        """
        return len(self.rows) == rows_of_page(self.total, page=page, size=size)


def rows_of_page(total: int, *, page: int, size: int) -> int:
    """How many of `total` rows page number `page` (from 1) has, at `size` rows a page."""
    return min(size, max(0, total - (page - 1) * size))


def delivery_row(values: Mapping[str, str]) -> tuple[str, ...]:
    """Return one delivery report in the order of DELIVERY_NAMES, from values under lower-case names.

    Raises UnreadableReply without a mobile number or a status. A value that is absent is empty.
    """
    row = tuple(values.get(name, "") for name in DELIVERY_NAMES)
    mobile, status = row[1].strip(), row[4].strip()
    if not mobile or not STATUS_CODE.fullmatch(status):
        raise UnreadableReply("A delivery report with a mobile number and a status code was expected.")
    return (row[0], mobile, row[2], row[3], status, *row[5:])
