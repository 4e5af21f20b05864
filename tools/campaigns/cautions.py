"""What to know of a campaign's text once its list is known: as it stands, and as its longest fillings are."""

import re
from collections.abc import Sequence

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
    known = {column.casefold() for column in columns}
    named = (next(filter(None, found.groups())).strip() for found in _OTHER_BRACKETS.finditer(text))
    if any(name.casefold() in known for name in named):
        return ["The text names a column without {}: that goes out as it stands. Write {column}."]
    return []
