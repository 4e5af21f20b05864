"""What leaves as a file, for spreadsheets or as a picture, for the operations of the desk."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, Protocol

from tools.canvas import Say
from tools.insight_desk import Chosen
from tools.problems import Problem

Draw = Callable[[Say], str]
"""A picture as SVG, its words said by what is given."""
Form = Literal["csv", "xlsx"]
NOTHING_TO_EXPORT = Problem(
    code="nothing_to_export",
    message="Nothing was saved: there are no such rows.",
    next="Choose another batch, day or report: list_batches and list_reports show them.",
)


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A picture that was written: its name, its resource, bytes.

    `in_english`: where no font of this machine has the language of the settings.
    """

    name: str
    uri: str
    size: int
    in_english: bool


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

    async def picture(self, stem: str, draw: Draw) -> Drawn:
        """A picture as PNG, in the language of the settings.

        Raises:
            RefusedError: it cannot be drawn or written in the time of a call.
        """
        ...
