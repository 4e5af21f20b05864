"""Lists of rows as arrays: what all rows have in common is said once, and what none has is left out."""

from collections.abc import Mapping, Sequence
from typing import Any

from tools.values import Table

_ZONE = "+08:00"
_DAY, _TIME = slice(0, 10), slice(11, -len(_ZONE))

Cells = dict[str, list[Any]]
"""The cells of each column, from the first row to the last."""


def table(cells: Cells, times: Sequence[str], mark: Table) -> dict[str, object]:
    """Return the facts of a table: `columns`, `rows`, and what they share.

    `every_row` holds the columns that are alike in all of several rows. `day` and `zone` belong to every time
    (`times` names the columns) that is told without them; the legend says what a code means.
    """
    legend = _legend(cells, mark)
    when = _share_days(cells, times)
    kept = {name: column for name, column in cells.items() if _says_something(column)}
    alike = {name: column[0] for name, column in kept.items() if len(column) > 1 and _is_alike(column)}
    varied = {name: column for name, column in kept.items() if name not in alike}
    if not varied and kept:
        varied = {name: column for name, column in kept.items() if name == next(iter(kept))}
        alike = {name: value for name, value in alike.items() if name not in varied}
    rows = [list(row) for row in zip(*varied.values(), strict=True)]
    shared = {"every_row": alike} if alike else {}
    return {"columns": list(varied), "rows": rows, **shared, **when, **({"legend": legend} if legend else {})}


def _legend(cells: Cells, mark: Table) -> Mapping[str, object]:
    """Takes the columns that another one tells out of the cells."""
    if not mark.key:
        return {}
    told = {name: cells.pop(name) for name in mark.told}
    codes = cells[mark.key]
    first = dict(zip(reversed(codes), reversed(range(len(codes))), strict=True))
    return {
        "none" if code is None else str(code): {name: column[at] for name, column in told.items()}
        for code, at in reversed(first.items())
    }


def _share_days(cells: Cells, times: Sequence[str]) -> dict[str, object]:
    """Shortens the times: of one day to the time of day, else to the local time."""
    every = {time for name in times for time in cells[name] if time is not None}
    if not every or not all(time.endswith(_ZONE) for time in every):
        return {}
    days = {time[_DAY] for time in every}
    short = {time: time[_TIME] if len(days) == 1 else f"{time[_DAY]} {time[_TIME]}" for time in every}
    for name in times:
        cells[name] = [short.get(time) for time in cells[name]]
    return {"day": days.pop(), "zone": _ZONE} if len(days) == 1 else {"zone": _ZONE}


def _says_something(column: list[Any]) -> bool:
    return any(column) or not all(cell in (None, "", {}, []) for cell in column)


def _is_alike(column: list[Any]) -> bool:
    return column.count(column[0]) == len(column)
