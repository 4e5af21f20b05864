"""What the rows of a list mean, at a fraction of the cost where nothing has to be found out."""

import re
from collections.abc import Callable

from tools.lists.cells import text_of
from tools.lists.columns import Columns
from tools.lists.fields import ORDINARY
from tools.lists.mobiles import read_mobile
from tools.lists.rows import Judged, Recipient, Row, any_country, judge
from tools.mobile import TAIWAN

_WRITTEN_PLAIN = re.compile(r"09[0-8]\d{7}", re.ASCII)


def judging(columns: Columns, *, include_hidden: bool = False) -> Callable[[Row], Judged | None]:
    """What `judge` says of any row with these columns."""

    def slowly(row: Row) -> Judged | None:
        return judge(row, columns, include_hidden=include_hidden)

    if len(columns.mobile) != 1 or columns.consent is not None or any_country(columns):
        return slowly
    (place,), fields = columns.mobile, columns.fields
    last = max(place, *fields) if fields else place
    is_plain, is_ordinary = _WRITTEN_PLAIN.fullmatch, ORDINARY.fullmatch

    def quickly(row: Row) -> Judged | None:
        number, cells, hidden, old, _ = row
        if hidden or len(cells) <= last or 0 < columns.width < len(cells):
            return slowly(row)
        written = cells[place]
        if isinstance(written, str) and is_plain(written):
            mobile, restored = TAIWAN + written[1:], False
        else:
            mobile, reason, restored = read_mobile(written)
            if reason is not None:
                return slowly(row)
        texts: list[str] = []
        for field in fields:
            cell = cells[field]
            text = cell if type(cell) is str else text_of(cell)
            if not is_ordinary(text):
                return slowly(row)
            texts.append(text)
        return Recipient(number, mobile, tuple(texts), restored, False, old)  # noqa: FBT003 - a tuple's place

    return quickly
