"""What a spreadsheet's format makes of a number: 15% of 0.15, 1,200 of 1200 (ECMA-376, 18.8.30 and 18.8.31).

Rendered is what people use for amounts, shares and codes: digits and zeros, thousands, decimals, per cent,
words and currencies, signs, sections and their conditions. A fraction (`# ?/?`), a power of ten, Chinese
numerals (`[DBNum1]`) and what is no format at all are not.
"""

import re
from collections.abc import Callable
from functools import lru_cache

from tools.lists.general_numbers import general
from tools.lists.number_sections import Section, numbers_of, sections_of

Show = Callable[[float], str | None]
"""The text of a number; None where this format of it is not rendered."""

_BUILT_IN = {
    1: "0",
    2: "0.00",
    3: "#,##0",
    4: "#,##0.00",
    5: '"$"#,##0;-"$"#,##0',
    6: '"$"#,##0;-"$"#,##0',
    7: '"$"#,##0.00;-"$"#,##0.00',
    8: '"$"#,##0.00;-"$"#,##0.00',
    9: "0%",
    10: "0.00%",
    11: "0.00E+00",
    12: "# ?/?",
    13: "# ??/??",
    37: "#,##0;-#,##0",
    38: "#,##0;-#,##0",
    39: "#,##0.00;-#,##0.00",
    40: "#,##0.00;-#,##0.00",
    41: '#,##0;-#,##0;"-"',
    42: '"$"#,##0;-"$"#,##0;"$-"',
    43: '#,##0.00;-#,##0.00;"-"',
    44: '"$"#,##0.00;-"$"#,##0.00;"$-"',
    48: "##0.0E+0",
}
"""Formats of numbers without a text of their own in the file, as Excel in Taiwan has them, without dates."""
_GENERAL = re.compile(r"general|g/通用格式|@", re.IGNORECASE)
_REMEMBERED = 4096
"""Amounts of a list are few, and each is written out once."""


def number_format(number: int, format_code: str) -> Show | None:
    """What shows numbers in this format; None for the one that every cell has at first."""
    code = format_code.strip() or _BUILT_IN.get(number, "")
    if not code or _GENERAL.fullmatch(code):
        return None
    all_of_them = sections_of(code)
    sections = numbers_of(all_of_them)

    @lru_cache(maxsize=_REMEMBERED)
    def show(value: float) -> str | None:
        if not sections:
            return all_of_them[0].around(general(value))
        section = _section_for(sections, value)
        return None if section is None else section.shown(value)

    return show


def text_format(format_code: str) -> Callable[[str], str] | None:
    """What shows texts in this format; None for one that shows them as they are."""
    section = next((each for each in sections_of(format_code) if each.is_of_texts), None)
    return None if section is None or section.around("").strip() == "" else section.around


def _section_for(sections: list[Section], value: float) -> Section | None:
    """The section that a number falls into; None where none is for it."""
    last = len(sections) - 1
    for at, section in enumerate(sections):
        if section.condition is not None:
            if section.takes(value):
                return section
        elif at == last or _by_sign(at, last, value):
            return section
    return None


def _by_sign(at: int, last: int, value: float) -> bool:
    """Without conditions the first section is for what is above 0, the second for what is below."""
    if at == 0:
        return value > 0 or (value == 0 and last == 1)
    return value < 0
