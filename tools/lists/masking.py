"""A value of a list as it may be shown: enough to see that the right column was taken."""

import re

from tools.cleaning import clean

_FIGURES = re.compile(r"(?=.*\d)[\d\s.,:/%年月日時分秒上下午AMPNT元$()\-]{1,20}")
_ID_DIGITS = re.compile(r"\d{7,}")
_SHOWN = 40


def mask_value(text: str) -> str:
    """An amount or a date as it is; of anything else its first character."""
    if not text:
        return ""
    if _FIGURES.fullmatch(text) and not _ID_DIGITS.search(text):
        return text
    return clean(text, limit=_SHOWN)[:1] + "**"
