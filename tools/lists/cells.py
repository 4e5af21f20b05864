"""What a cell of a table can hold, and its text."""

import re
from collections.abc import Callable
from enum import Enum

from tools.lists.general_numbers import general


class Special(Enum):
    """A cell without a value of its own."""

    ERROR = "#N/A"
    """An error value of the spreadsheet."""
    UNCALCULATED = "=?"
    """A formula whose value was never saved."""


class FormattedNumber(float):
    """A number that its cell's format shows in a way of its own; it holds its whole value all the same."""

    __slots__ = ("show",)

    show: Callable[[float], str | None]
    """Its text; None where the format is one that is not rendered."""


class FormattedText(str):
    """A text that its cell's format shows with more around it, as 先生 behind a name."""

    __slots__ = ("shown",)

    shown: str


Cell = str | float | bool | Special
"""A text; a number, which holds its whole value whatever its format shows; TRUE or FALSE. Empty is ''."""

_EXAMPLE = re.compile(
    r"[(（【\[]?(?:範例|範本|示範|例如|例\s*[:：]|(?:e\.?g|ex(?:ample)?|sample)\b)", re.IGNORECASE
)
_ERRORS = frozenset({"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"})


def formatted_number(value: float, show: Callable[[float], str | None]) -> FormattedNumber:
    """A number that is shown so."""
    number = FormattedNumber(value)
    number.show = show
    return number


def formatted_text(written: str, shown: str) -> FormattedText:
    """A text that is shown so."""
    text = FormattedText(written)
    text.shown = shown
    return text


def text_of(cell: Cell) -> str:
    """What a person reads in the cell; '' for a cell that shows no value."""
    if type(cell) is float:
        return general(cell)
    if isinstance(cell, str):
        return cell.shown if isinstance(cell, FormattedText) else cell
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, Special):
        return ""
    shown = cell.show(cell) if isinstance(cell, FormattedNumber) else None
    return general(cell) if shown is None else shown


def unformatted(cell: Cell) -> Cell:
    """The cell without its format; a date has been written out already."""
    if isinstance(cell, FormattedNumber):
        return float(cell)
    return str.__str__(cell) if isinstance(cell, FormattedText) else cell


def is_without_format(cell: Cell) -> bool:
    """Whether a person reads another text in the cell than `text_of` has: its format is not rendered."""
    return isinstance(cell, FormattedNumber) and cell.show(cell) is None


def is_blank(cell: Cell) -> bool:
    """Whether nothing stands in the cell; a formula without a value is something."""
    return isinstance(cell, str) and not cell.strip()


def is_example(cell: Cell) -> bool:
    """Whether a text says that its row shows how to fill in a list."""
    return isinstance(cell, str) and _EXAMPLE.match(cell.strip()) is not None


def is_error(cell: Cell) -> bool:
    """Whether the spreadsheet could not calculate the cell, also where a CSV says so as text."""
    return cell is Special.ERROR or (isinstance(cell, str) and cell.startswith("#") and cell in _ERRORS)
