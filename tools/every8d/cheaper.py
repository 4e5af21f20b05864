"""A wording of the same that costs a part less: what nobody misses goes, and then what counts as two."""

import re
from collections.abc import Callable

from tools.every8d.charging import sms_parts, units

_LINE_END = re.compile(r"[ \t\u3000]*\r?\n")
_BLANK_LINES = re.compile(r"\n{2,}")
_SPACES = re.compile(r"[ \t\u3000]{2,}")
_REPEATED = re.compile(r"([…—～~!！?？。.*=\-_])\1+")


def _plainer(text: str) -> str:
    """Without what shows nothing or says it twice: spaces, blank lines, `……`, `!!!`."""
    lines = _BLANK_LINES.sub("\n", _LINE_END.sub("\n", text.strip()))
    return _REPEATED.sub(r"\1", _SPACES.sub(" ", lines))


def _without_pairs(text: str) -> str:
    """Without the characters that count as two, emoji above all."""
    return _plainer("".join(char for char in text if units(char) == 1))


_STEPS: tuple[Callable[[str], str], ...] = (_plainer, _without_pairs)


def cheaper_wording(text: str, filled: Callable[[str], str] = str) -> str:
    """The text changed as little as saves a part; '' where neither change does.

    A template is priced as it is `filled` in for somebody.
    """
    parts = sms_parts(filled(text), domestic=True)
    changed = (step(text) for step in _STEPS)
    return next((each for each in changed if each and sms_parts(filled(each), domestic=True) < parts), "")
