"""Dates of a spreadsheet, which it keeps as numbers, as their format shows them to a person in Taiwan."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import lru_cache

from tools.lists.cells import Cell

_BUILT_IN = {
    14: "yyyy/m/d",
    15: "d-mmm-yy",
    16: "d-mmm",
    17: "mmm-yy",
    18: "h:mm AM/PM",
    19: "h:mm:ss AM/PM",
    20: "h:mm",
    21: "h:mm:ss",
    22: "yyyy/m/d h:mm",
    27: "[$-404]e/m/d",
    28: '[$-404]e"年"m"月"d"日"',
    29: '[$-404]e"年"m"月"d"日"',
    30: "m/d/yy",
    31: 'yyyy"年"m"月"d"日"',
    32: 'hh"時"mm"分"',
    33: 'hh"時"mm"分"ss"秒"',
    34: '上午/下午hh"時"mm"分"',
    35: '上午/下午hh"時"mm"分"ss"秒"',
    36: "[$-404]e/m/d",
    45: "mm:ss",
    46: "[h]:mm:ss",
    47: "mm:ss.0",
    50: "[$-404]e/m/d",
    51: '[$-404]e"年"m"月"d"日"',
    52: '上午/下午hh"時"mm"分"',
    53: '上午/下午hh"時"mm"分"ss"秒"',
    54: '[$-404]e"年"m"月"d"日"',
    55: '上午/下午hh"時"mm"分"',
    56: '上午/下午hh"時"mm"分"ss"秒"',
    57: "[$-404]e/m/d",
    58: '[$-404]e"年"m"月"d"日"',
}
"""Formats without a text of their own in the file (ECMA-376, 18.8.30, those of zh-TW)."""
_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|[_*].|\[(?P<bracket>[^\]]*)\]'
    r"|(?P<half>AM/PM|A/P|上午/下午)|(?P<letters>y+|m+|d+|h+|s+|e+|g+|a+)(?P<fraction>\.0+)?|(?P<other>.)",
    re.IGNORECASE,
)
_GENERAL = re.compile("general|g/通用格式", re.IGNORECASE)
"""`General"元"` and `[Red]General` show numbers."""
_NUMERIC = re.compile(r"[0#?]|e[+-]", re.IGNORECASE)
_OF_TAIWAN = re.compile(r"\[\$[^\]-]*-(?:[0-9A-F]*404|zh-(?:Hant-)?TW)\b", re.IGNORECASE)
_ELAPSED = {"H": 3600, "M": 60, "S": 1}
"""The seconds of what is counted beyond a day: `[h]:mm` shows 25:30."""
_ROC = 1911
_FIRST = datetime(1899, 12, 30)  # noqa: DTZ001 - a spreadsheet knows no time zone
_FIRST_1904 = datetime(1904, 1, 1)  # noqa: DTZ001
_LEAP_BUG = 60
"""Excel counts a 29 February 1900 that never was: earlier days are one further on."""
_LAST = 2_958_466
"""The day after 9999-12-31."""
_REMEMBERED = 4096
"""Dates of a list are few, and each is written out once."""

Part = tuple[str, str]
Show = Callable[[float], Cell]


def built_in_format(number: int) -> str:
    """The text of a format that every spreadsheet knows; '' for one that shows no date."""
    return _BUILT_IN.get(number, "")


def date_reader(format_code: str, *, from_1904: bool) -> Show | None:
    """What shows a number in this format; None for a format that shows no date."""
    parts = _parts(format_code.split(";", maxsplit=1)[0])
    kinds = {kind for kind, _ in parts} - {"text", "half"}
    if not kinds:
        return None
    taiwanese = _OF_TAIWAN.search(format_code) is not None

    @lru_cache(maxsize=_REMEMBERED)
    def show(value: float) -> Cell:
        moment = _moment(value, from_1904=from_1904)
        if moment is None:
            return value
        seconds = round(value * 86400)
        return "".join(
            _elapsed(part, seconds)
            if part[0] in _ELAPSED
            else _said(part, moment, roc=taiwanese, parts=parts)
            for part in parts
        )

    return show


def written_date(written: str) -> str:
    """A date that a workbook has written out (ISO 8601), as a person reads it; what is none as it stands."""
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        return written
    day = f"{moment.year}/{moment.month}/{moment.day}"
    return f"{day} {moment.hour}:{moment.minute:02d}" if moment.hour or moment.minute else day


def _moment(value: float, *, from_1904: bool) -> datetime | None:
    if not 0 <= value < _LAST:
        return None
    first = _FIRST_1904 if from_1904 else _FIRST + timedelta(days=value < _LEAP_BUG)
    try:
        return first + timedelta(seconds=round(value * 86400))
    except OverflowError:
        return None


def _parts(code: str) -> list[Part]:
    """The parts of a format, each with its kind: y, mon, d, h, min, s, e, g, a, half, text, H, M or S."""
    if code.casefold() == "general" or "@" in code:
        return []
    plain = re.sub(r'"[^"]*"|\\.|\[[^\]]*\]|\.0+', "", code)
    if _NUMERIC.search(plain) or _GENERAL.search(plain):
        return []
    parts: list[Part] = []
    for found in _TOKEN.finditer(code):
        if found["letters"]:
            parts.append((found["letters"][0].lower(), found["letters"].lower()))
        elif found["half"]:
            parts.append(("half", found["half"]))
        elif found["bracket"] and re.fullmatch("h+|m+|s+", found["bracket"], re.IGNORECASE):
            parts.append((found["bracket"][0].upper(), found["bracket"]))
        else:
            parts.append(("text", found["quoted"] or found["escaped"] or found["other"] or ""))
    return _with_minutes(parts)


def _with_minutes(parts: list[Part]) -> list[Part]:
    """`m` is a minute behind an hour and before a second, else a month."""
    times = [kind for kind, _ in parts if kind not in ("text", "half")]
    at, told = -1, list[Part]()
    for kind, letters in parts:
        at += kind not in ("text", "half")
        near = [*times[max(0, at - 1) : at], *times[at + 1 : at + 2]]
        minute = kind == "m" and (near[:1] in (["h"], ["H"]) or "s" in near)
        told.append(("min" if minute else "mon" if kind == "m" else kind, letters))
    return told


def _said(part: Part, moment: datetime, *, roc: bool, parts: list[Part]) -> str:
    kind, letters = part
    if kind == "text":
        return letters
    if kind == "half":
        early = moment.hour < 12  # noqa: PLR2004 - noon
        return letters.split("/")[not early]
    if kind in ("mon", "d", "a") and len(letters) > 2:  # noqa: PLR2004 - from three letters on a name
        return _name(kind, letters, moment)
    if kind == "g":
        return "民國" if roc else ""
    numbers = {
        "y": moment.year % 100 if len(letters) <= 2 else moment.year,  # noqa: PLR2004 - yy
        "e": moment.year - _ROC if roc else moment.year,
        "mon": moment.month,
        "d": moment.day,
        "h": (moment.hour - 1) % 12 + 1 if any(kind == "half" for kind, _ in parts) else moment.hour,
        "min": moment.minute,
        "s": moment.second,
        "a": moment.isoweekday(),
    }
    width = 2 if kind == "y" else len(letters)
    return f"{numbers[kind]:0{width}d}"


def _elapsed(part: Part, seconds: int) -> str:
    kind, letters = part
    return f"{seconds // _ELAPSED[kind]:0{len(letters)}d}"


def _name(kind: str, letters: str, moment: datetime) -> str:
    if kind == "mon":
        return f"{moment.month}月"
    return ("星期" if len(letters) > 3 else "週") + "一二三四五六日"[moment.weekday()]  # noqa: PLR2004 - dddd
