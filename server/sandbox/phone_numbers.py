"""Mobile numbers as EVERY8D takes them: +886912345678 or 0912345678 (003_ 1.1 DEST)."""

import re
from dataclasses import dataclass
from typing import Literal

_DOMESTIC = re.compile(r"(?:\+886|0)(9\d{8})", re.ASCII)
_INTERNATIONAL = re.compile(r"\+(?!886)[1-9]\d{7,14}", re.ASCII)

NumberKind = Literal["domestic", "international", "invalid"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """A number as it was given, and as the platform lists it."""

    given: str
    listed: str
    kind: NumberKind


def read_number(given: str) -> Number:
    """Sort a number; one that is no mobile number is accepted by the platform and fails later."""
    if match := _DOMESTIC.fullmatch(given):
        return Number(given=given, listed=f"+886{match[1]}", kind="domestic")
    if _INTERNATIONAL.fullmatch(given):
        return Number(given=given, listed=given, kind="international")
    return Number(given=given, listed=given, kind="invalid")
