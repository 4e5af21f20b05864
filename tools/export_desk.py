"""What leaves as a file for spreadsheets, for the operations of the desk."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, Protocol

from tools.insight_desk import Chosen

Form = Literal["csv", "xlsx"]


class Phone(str):
    """A number in E.164: written whole, and so that no spreadsheet takes it for a figure."""

    __slots__ = ()


Cell = str | int | Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """A file that was written: its name, its resource, bytes, rows without the heading.

    Of `reduced_batches` only counts are kept, so that none of their rows is in it.
    """

    name: str
    uri: str
    size: int
    rows: int
    reduced_batches: int = 0


class ExportDesk(Protocol):
    """Files in the configured folder, under new names of ours, with numbers as they are."""

    async def delivery(self, chosen: Chosen, form: Form) -> Exported:
        """The messages of the chosen batches.

        Raises:
            RefusedError: there are none, they take too long, or the file cannot be written.
        """
        ...

    async def replies(self, chosen: Chosen, form: Form) -> Exported:
        """What was answered to the chosen batches.

        Raises:
            RefusedError: as above.
        """
        ...

    async def rows(
        self, stem: str, form: Form, heading: Sequence[str], rows: Iterator[Sequence[Cell]]
    ) -> Exported:
        """Rows that somebody else reads one after the other, in a thread.

        Raises:
            RefusedError: as above.
            UnreadableReply: what the rows' reading raises; no file is left.
        """
        ...
