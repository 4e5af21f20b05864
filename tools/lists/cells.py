"""What a cell of a table can hold, and its text."""

from enum import Enum


class Special(Enum):
    """A cell without a value of its own."""

    ERROR = "#N/A"
    """An error value of the spreadsheet."""
    UNCALCULATED = "=?"
    """A formula whose value was never saved."""


Cell = str | float | bool | Special
"""A text; a number, which holds its whole value whatever its format shows; TRUE or FALSE. Empty is ''."""

_ERRORS = frozenset({"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"})
_MOST_DIGITS = 15
"""Of a number in a spreadsheet."""


def text_of(cell: Cell) -> str:
    """What a person reads in the cell; '' for a cell that shows no value."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    return "" if isinstance(cell, Special) else f"{cell:.{_MOST_DIGITS}g}"


def is_blank(cell: Cell) -> bool:
    """Whether nothing stands in the cell; a formula without a value is something."""
    return isinstance(cell, str) and not cell.strip()


def is_error(cell: Cell) -> bool:
    """Whether the spreadsheet could not calculate the cell, also where a CSV says so as text."""
    return cell is Special.ERROR or (isinstance(cell, str) and cell.startswith("#") and cell in _ERRORS)
