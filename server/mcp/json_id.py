"""What can still be read of a broken line of JSON-RPC: the id, and whether it was a request."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

_STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_SPACE = re.compile(r"[ \t\r\n]*")
_WHOLE_NUMBER = re.compile(r"(-?\d+)[ \t\r\n]*[,}]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Remains:
    """The id of a broken message, None where none can be read for sure."""

    id: int | str | None = None
    is_response: bool = False
    """Whether it answers a request of ours, so that the id is ours and not the other side's."""


def remains_of(line: str) -> Remains:
    """Read what stands on the outermost level, as far as the line is whole."""
    try:
        message = json.loads(line)
    except (ValueError, RecursionError):
        message = dict(_outermost(line))
    if not isinstance(message, dict):
        return Remains()
    found = cast("dict[str, Any]", message)
    is_response = "method" not in found and bool({"result", "error"} & found.keys())
    return Remains(id=_usable(found.get("id")), is_response=is_response)


def _usable(written: object) -> int | str | None:
    if isinstance(written, bool) or not isinstance(written, (int, str)):
        return None
    # Half a character cannot be written back.
    return written if str(written).isascii() or str(written).isprintable() else None


def _outermost(line: str) -> Iterator[tuple[str, object]]:
    """Names of the outermost object, with the value where it is a whole text or number; up to the damage."""
    at, depth, name = 0, 0, ""
    while at < len(line):
        if text := _STRING.match(line, at):
            at = text.end()
            after = _SPACE.match(line, at)
            is_name = after is not None and line[after.end() : after.end() + 1] == ":"
            if depth == 1 and is_name:
                name = _text(text[0])
                yield name, None
            elif depth == 1 and name:
                yield name, _text(text[0])
            continue
        if line[at] == '"':
            return
        if depth == 1 and name and (number := _WHOLE_NUMBER.match(line, at)):
            yield name, int(number[1])
            at = number.end(1)
            continue
        depth += {"{": 1, "[": 1, "}": -1, "]": -1}.get(line[at], 0)
        name = "" if line[at] == "," and depth == 1 else name
        at += 1


def _text(quoted: str) -> str:
    try:
        return json.loads(quoted)
    except ValueError:
        return ""
