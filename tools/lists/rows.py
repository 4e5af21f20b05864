"""What a row of a list means: a recipient, or the reason why there is none."""

import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

from tools.lists.cells import Cell, Special, is_blank, text_of
from tools.lists.columns import Columns
from tools.lists.consent import read_consent
from tools.lists.fields import read_field
from tools.lists.mobiles import ReadMobile, read_mobile
from tools.lists.reasons import Reason

_HOME = "886"
_MOBILE_LABEL = "mobile", "手機", "行動"
_NO_MOBILE = frozenset({Reason.MISSING, Reason.LANDLINE, Reason.NOT_A_MOBILE})
"""What another column's mobile makes up for."""


class Row(NamedTuple):
    """A row as it was read; `number` as the spreadsheet counts, `old` where a value is another file's."""

    number: int
    cells: Sequence[Cell]
    hidden: bool = False
    old: bool = False
    struck: Sequence[int] = ()
    """The places of cells that are struck through."""


class Recipient(NamedTuple):
    """Who is texted, in E.164, and the values of the fields in their order."""

    row: int
    mobile: str
    fields: tuple[str, ...] = ()
    restored: bool = False
    """Its leading 0 had been lost."""
    joined: bool = False
    """A field's lines were made one."""
    old: bool = False
    """A value may be old: the spreadsheet took it from another file."""


class Rejected(NamedTuple):
    """A row that gets no text."""

    row: int
    reason: Reason
    mobile: str = ""
    """Where it has a number all the same."""


Judged = Recipient | Rejected


def judge(row: Row, columns: Columns, *, include_hidden: bool = False) -> Judged | None:
    """What a row means; None for a row in which nothing stands."""
    if all(map(is_blank, row.cells)):
        return None
    if row.hidden and not include_hidden:
        return Rejected(row.number, Reason.HIDDEN_ROW)
    found = _mobile(row.cells, columns)
    if 0 < columns.width < len(row.cells) and any(
        read_mobile(cell).mobile for cell in row.cells[columns.width :]
    ):
        # A comma without quotation marks parted a cell: what stands beside the table belongs to it.
        found = ReadMobile(reason=Reason.SEVERAL_NUMBERS)
    if found.reason is not None:
        return Rejected(row.number, found.reason)
    if columns.consent is not None:
        said = read_consent(_cell(row.cells, columns.consent), opts_out=columns.objection)
        if said != "yes":
            reason = Reason.OPTED_OUT if said == "no" else Reason.CONSENT_UNCLEAR
            return Rejected(row.number, reason, found.mobile)
    if not columns.fields:
        return Recipient(row.number, found.mobile, (), found.restored, old=row.old)
    texts, joined = list[str](), False
    for place in columns.fields:
        field = read_field(_cell(row.cells, place))
        if field.reason is not None:
            return Rejected(row.number, field.reason, found.mobile)
        texts.append(field.text)
        joined = joined or field.joined
    return Recipient(row.number, found.mobile, tuple(texts), found.restored, joined, row.old)


def _cell(cells: Sequence[Cell], place: int) -> Cell:
    """Rows may be shorter than their heading."""
    return cells[place] if place < len(cells) else ""


def _mobile(cells: Sequence[Cell], columns: Columns) -> ReadMobile:
    countries = columns.countries or (None,) * len(columns.mobile)
    read = [
        read_mobile(_cell(cells, place))
        if code is None
        else _of_country(_cell(cells, code), _cell(cells, place))
        for place, code in zip(columns.mobile, countries, strict=True)
    ]
    if len(read) == 1:
        return read[0]
    mobiles = {each.mobile: each for each in read if each.mobile}
    doubtful = [each for each in read if each.reason not in _NO_MOBILE and not each.mobile]
    if len(mobiles) > 1:
        return _labelled(cells, columns, read)
    if doubtful and not mobiles:
        return doubtful[0]
    return next(iter(mobiles.values()), None) or next(
        (each for each in read if each.reason is not Reason.MISSING), read[0]
    )


def any_country(columns: Columns) -> bool:
    """Whether the code of a country stands in a column of its own."""
    return any(place is not None for place in columns.countries)


def _of_country(code: Cell, cell: Cell) -> ReadMobile:
    """The number of a cell whose country stands in another: 912345678 of 84 is no Taiwanese number."""
    country = "".join(filter(str.isdecimal, unicodedata.normalize("NFKC", text_of(code)))).lstrip("0")
    whole = (cell if isinstance(cell, str) else _digits_of(cell)).strip().removeprefix("'")
    if not country or country.endswith(_HOME) or not whole or whole.startswith(("+", "00")):
        return read_mobile(cell)
    found = read_mobile(f"+{country}{whole.lstrip('0')}")
    return read_mobile(f"+{whole}") if found.reason is not None and whole.startswith(country) else found


def _digits_of(cell: float | Special) -> str:
    """A whole number in digits; '' of what is none."""
    whole = isinstance(cell, float) and cell >= 0 and cell.is_integer()
    return f"{cell:.0f}" if whole else ""


def _labelled(cells: Sequence[Cell], columns: Columns, read: Sequence[ReadMobile]) -> ReadMobile:
    """Of several mobiles the only one that its label calls so."""
    so_called = [
        each
        for each, label in zip(read, columns.labels, strict=True)
        if label is not None and each.mobile and _is_mobile_label(_cell(cells, label))
    ]
    return so_called[0] if len(so_called) == 1 else ReadMobile(reason=Reason.SEVERAL_NUMBERS)


def _is_mobile_label(cell: Cell) -> bool:
    return isinstance(cell, str) and any(word in cell.lower() for word in _MOBILE_LABEL)
