"""What a cell means as a field of a text: the words that go out, or the reason why they cannot.

These rules hold where a column is texted, and nowhere else.
"""

import re
from typing import NamedTuple

from tools.cleaning import clean
from tools.lists.cells import Cell, Special, is_error, text_of
from tools.lists.reasons import Reason
from tools.personal_fields import PLACEHOLDER

_FORMULA = re.compile(r"[=@]|\+(?![\d\s().,\-]*\d%?$)|-(?!\d[\d,]*(?:\.\d+)?%?$)", re.ASCII)
"""+886 912-345-678 and -5 are numbers; -2+3 is none."""
_LONGEST = 2000
"""Of a whole text, in characters."""
_UNKNOWN = "\ufffd"
ORDINARY = re.compile(
    r"[0-9A-Za-z\u4e00-\u9fff$](?:[ 0-9A-Za-z\u4e00-\u9fff$.,:/()\-]*[0-9A-Za-z\u4e00-\u9fff)])?%?"
)
"""Values of which nothing needs to be looked at: most are such."""
_BREAKS = re.compile("[\r\n\t\v\f\x1c-\x1e\x85\u2028\u2029]")


class ReadField(NamedTuple):
    """The text as it goes out, or the reason; `joined` when its lines were made one."""

    text: str = ""
    reason: Reason | None = None
    joined: bool = False


def read_field(cell: Cell) -> ReadField:
    """The words of a cell, without what cannot be seen, on one line."""
    written = text_of(cell)
    if ORDINARY.fullmatch(written):
        return ReadField(written)
    if cell is Special.UNCALCULATED:
        return ReadField(reason=Reason.FORMULA_WITHOUT_VALUE)
    if is_error(cell):
        return ReadField(reason=Reason.ERROR_VALUE)
    written = written.strip()
    text = clean(written, limit=_LONGEST).strip()
    reason = _reason(text, is_number=isinstance(cell, float))
    return ReadField(text, reason, joined=_BREAKS.search(written) is not None)


def _reason(text: str, *, is_number: bool) -> Reason | None:
    if not is_number and _FORMULA.match(text):
        return Reason.FORMULA_TEXT
    if "|" in text:
        return Reason.PIPE_IN_FIELD
    if "%" in text and PLACEHOLDER.search(text):
        return Reason.PLACEHOLDER_IN_FIELD
    return Reason.UNREADABLE_FIELD if _UNKNOWN in text else None
