"""What EVERY8D answers when it refuses a call."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from tools.wire.errors import UnreadableReply
from tools.wire.json_text import read_json

_MINUS = "-\u2212\uff0d\ufe63"
_LINE = re.compile(rf" *[{_MINUS}]([0-9]{{1,9}})(?:\.0{{1,4}})?(?: *,(.*))?", re.DOTALL)
_TRUTH = {"true": True, "false": False}
_WHOLE = re.compile(r"-?[0-9]{1,9}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """The vendor's no: its code, and its text, which is vendor text and must be cleaned before it is shown.

    After code -98 of section 1.3 the text is not a message: it is the filtered numbers, joined by `/`.
    """

    code: int
    text: str


def trim(text: str) -> str:
    """Return a text without byte order marks and line ends around it; they are never part of a field."""
    return text.strip("\ufeff\r\n")


def read_refusal(text: str) -> Refusal | None:
    """Return the refusal that a body is, or None when it is something else.

    Two forms: `-code` or `-code,text`, split at the first comma only (document 003, note 1 of sections
    1.1 to 1.4), and on newer hosts `{"Result":false,"Status":"-27","Msg":"…"}`.
    A minus of another kind and a code with zeros behind the point (`-5.00`) are taken as the same code.
    Raises UnreadableReply for a body that opens with `-` or `{` and is neither.
    """
    line = trim(text)
    if line.lstrip(" ").startswith(tuple(_MINUS)):
        refusal = _from_line(line)
        if refusal is None:
            raise UnreadableReply("A negative code, alone or with a comma and a text, was expected.")
        return refusal
    if line.lstrip().startswith("{"):
        return refusal_in(members(read_json(line)))
    return None


def members(value: object) -> dict[str, object]:
    """Return the members of a JSON object under lower-case names.

    Raises UnreadableReply when the value is no object, or two of its names differ by case alone.
    """
    if not isinstance(value, dict):
        raise UnreadableReply("A JSON object was expected.")
    given = cast("dict[str, object]", value)
    lowered = {name.lower(): item for name, item in given.items()}
    if len(lowered) != len(given):
        raise UnreadableReply("The JSON has an object with the same name twice.")
    return lowered


def refusal_in(answer: Mapping[str, object]) -> Refusal | None:
    """Return the refusal that lower-case members `result`, `status` and `msg` make, or None.

    The code is STATUS, or else the number that MSG opens with. Raises UnreadableReply when RESULT is
    false and there is no code.
    """
    if truth(answer.get("result")) is not False:
        return None
    message = answer.get("msg")
    text = trim(message) if isinstance(message, str) else ""
    inner = _from_line(text)
    code = _code(answer.get("status")) or (inner.code if inner else 0)
    if not code:
        raise UnreadableReply("A refusal with a code in Status, or at the start of Msg, was expected.")
    return Refusal(code=code, text=inner.text if inner and inner.code == code else text)


def truth(value: object) -> bool | None:
    """Return what a RESULT says, as a JSON boolean or as text; None when it is neither true nor false."""
    if isinstance(value, bool):
        return value
    return _TRUTH.get(value.strip().lower()) if isinstance(value, str) else None


def _from_line(line: str) -> Refusal | None:
    found = _LINE.fullmatch(line)
    return Refusal(code=-int(found[1]), text=(found[2] or "").strip()) if found else None


def _code(status: object) -> int:
    if not isinstance(status, str | int):
        return 0
    digits = str(status).strip()
    return int(digits) if _WHOLE.fullmatch(digits) else 0
