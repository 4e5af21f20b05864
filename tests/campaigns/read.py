"""A list read as the server reads it, and what it gave."""

import io
from dataclasses import dataclass
from typing import Any

from server.campaigns.reading import ListReading, ListWanted
from server.settings.settings import ListsSettings
from tools.lists.columns import Wanted
from tools.lists.rows import Recipient


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What a list gave: who is texted, and which rows are not."""

    reading: ListReading
    recipients: list[Recipient]
    rejected: dict[int, str]

    @property
    def accepted(self) -> list[list[int | str]]:
        """Row and number of each recipient."""
        return [[each.row, each.mobile] for each in self.recipients]


def opened(
    content: bytes,
    *,
    sheet: str = "",
    include_hidden: bool = False,
    limits: ListsSettings | None = None,
    **columns: Any,
) -> ListReading:
    """A list with its columns found; `columns` are what a caller names: mobile, fields, consent."""
    wanted = ListWanted(columns=Wanted(**columns), sheet=sheet, include_hidden=include_hidden)
    return ListReading(io.BytesIO(content), wanted, limits or ListsSettings())


def read(content: bytes, **asked: Any) -> Read:
    """A whole list; `asked` as `opened` takes it."""
    reading = opened(content, **asked)
    found = list(reading.judged())
    return Read(
        reading=reading,
        recipients=[each for each in found if isinstance(each, Recipient)],
        rejected={each.row: each.reason.value for each in found if not isinstance(each, Recipient)},
    )
