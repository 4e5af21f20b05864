"""Lists of recipients, for the operations of the desk."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from tools.lists.rows import Recipient
from tools.lists.tally import Rows, Tally


@dataclass(frozen=True, slots=True, kw_only=True)
class ListAsked:
    """A list by its file's name, and the columns that a caller named; empty ones are found by headings."""

    file: str
    sheet: str = ""
    mobile: Sequence[str] = ()
    fields: Sequence[str] = ()
    consent: str = ""
    include_hidden: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Unformatted:
    """A column whose numbers are texted in other words than the sheet shows, and the first of them."""

    column: str
    row: int
    text: str
    """What is texted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListFound:
    """A list that was read to its end. Names of columns and sheets are an outsider's words."""

    sha256: str
    form: str
    """`CSV, UTF-8, comma`, or `XLSX`."""
    damaged: bool
    """Some bytes do not fit the encoding that was taken."""
    sheet: str
    rivals: Sequence[str]
    """Other shown sheets that could be meant as well, where nobody named one."""
    other_sheets: Sequence[str]
    hidden_sheets: Sequence[str]
    filtered: bool
    """A filter of the sheet chooses rows."""
    heading_row: int
    """0 when there is none."""
    columns: Sequence[str]
    mobile: Sequence[str]
    other_numbers: Sequence[str]
    """Further columns that could hold the number."""
    consents: Sequence[str]
    """Columns that by their heading say who agreed, or did not."""
    hidden_columns: Sequence[str]
    """Columns that are used and that the sheet hides."""
    examples: Sequence[int]
    """Rows below the heading that look like an example of how to fill in the list, and are texted."""
    struck: Rows
    """Rows whose number is struck through in the sheet, and texted."""
    longer: Rows
    """Rows of a text file that have more cells than the heading, and are texted."""
    unformatted: Sequence[Unformatted]
    """Columns that are texted with numbers whose format is not rendered, as a fraction or a power of ten."""
    tally: Tally
    no_rule: str
    """Why a rule cannot be applied, and every send is refused; '' when all can."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedText:
    """What stands in texts, and which rules they break, in sentences of ours."""

    links: Sequence[str]
    """Hosts."""
    numbers: Sequence[str]
    broken: Sequence[str]


class ListDesk(Protocol):
    """Reads lists. Nothing is sent, and no row leaves but three that are masked."""

    async def read(self, asked: ListAsked, each: Callable[[Recipient], None] | None = None) -> ListFound:
        """Read a list to its end, and show whoever is texted to `each`, in a thread.

        Raises:
            InvalidArgumentError: no such file, sheet or column.
            RefusedError: the file is no list that can be read.
        """
        ...

    async def judge_texts(self, texts: Sequence[str]) -> JudgedText:
        """Hold texts against the operator's rules for texts."""
        ...
