"""What to know of a campaign's text once its list is known: as it stands, and as its longest fillings are."""

import re
from collections.abc import Iterable, Sequence

from tools.campaigns.tally import Tally
from tools.campaigns.wording import Wording
from tools.every8d.cautions import text_cautions
from tools.every8d.charging import units
from tools.every8d.overflow import overflow_cautions

_OTHER_BRACKETS = re.compile(
    r"(?=\[([^\[\]]{1,60})\]|［([^［］]{1,60})］|｛([^｛｝]{1,60})｝|[<＜]([^<>＜＞]{1,60})[>＞]|«([^«»]{1,60})»"
    r"|【([^【】]{1,60})】|%([^%\s]{1,60})%)"
)
"""Looked for at each place: in `95%折，%姓名%` what stands between the first two signs is no name."""
_QUOTED = re.compile(r"(?<!回覆)(?<!回傳)(?<!輸入)(?<!填寫)(?<!提供)[「『]([^「」『』]{1,60})[」』]")
"""A quotation, unless it is of a field; who is asked to answer with 「姓名」 is to write a name."""
_USUAL = ("姓名", "客戶姓名", "會員姓名", "顧客姓名", "first_name", "firstname", "last_name", "lastname")
"""What lists call their fields: nobody means these words themselves between signs."""


def cautions_of(wording: Wording, tally: Tally) -> list[str]:
    """In sentences of ours; what is quoted of a text holds no more of a value than its beginning."""
    if not tally.longest:
        return []
    values = tally.longest[0]
    longest, masked = wording.filled(values), wording.masked(values)
    # A mask that is as long shows where the limit is; one that is not would show it elsewhere.
    over = overflow_cautions(masked) if units(masked) == units(longest) else ()
    said = text_cautions([wording.filled(each) for each in tally.longest])
    return [*with_unit_twice(wording, tally), *said, *over]


def with_unit_twice(wording: Wording, tally: Tally) -> list[str]:
    """That a value brings the unit that the text has beside its column: `{折扣}%` and 15%."""
    found = dict.fromkeys(place for values in tally.longest for place in wording.doubled(values))
    named = ", ".join(f"{{{wording.columns[place]}}}" for place in found)
    return [f"{named}: the values bring the unit that the text has beside it: 15%%."] if found else []


def unfilled(text: str, columns: Sequence[str]) -> list[str]:
    """That a column is named as only other programs name it: [姓名] goes out as it stands."""
    known = {column.casefold() for column in (*columns, *_USUAL)}
    matches = (*_OTHER_BRACKETS.finditer(text), *_QUOTED.finditer(text))
    named = (next(filter(None, found.groups())).strip() for found in matches)
    if any(name.casefold() in known for name in named) or _after_a_dollar(text, known):
        return ["The text names a column without {}: that goes out as it stands. Write {column}."]
    return []


def _after_a_dollar(text: str, known: Iterable[str]) -> bool:
    """Whether `$姓名` stands in it: nothing shows where such a name ends. $100 is a price."""
    folded = text.casefold().replace("＄", "$")
    return "$" in folded and any(f"${name}" in folded for name in known if name and not name[0].isdigit())
