"""JSON with comments and trailing commas, changed in one place: all else stays as the person wrote it."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from server.hosts.errors import UnchangeableError

_BLANK = re.compile(r"(?:\s|//[^\n]*|/\*.*?\*/)*", re.DOTALL)
_STRING = re.compile(r'"(?:[^"\\\x00-\x1f]|\\.)*"')
_SCALAR = re.compile(r"[\w.+-]+")
_INDENT = re.compile(r"\n([ \t]+)\S")
_DEEPEST = 100


@dataclass(frozen=True, slots=True)
class _Member:
    """One entry of an object: where it begins, and where its value does and ends."""

    begin: int
    value: int
    end: int


@dataclass(frozen=True, slots=True)
class _Node:
    """A value with its members, if it is an object; `end` is after its last character."""

    begin: int
    end: int
    data: Any
    members: Mapping[str, tuple[_Member, "_Node"]]


def parsed(text: str) -> Any:
    """What the text holds.

    Raises:
        UnchangeableError: it is not JSON with comments, or an object names something twice.
    """
    return _root(text).data


def with_entry(text: str, section: str, name: str, entry: Mapping[str, Any]) -> str:
    """The text with this entry in this section, both made where they are not there.

    Raises:
        UnchangeableError: as for `parsed`, or there is something else in its place.
    """
    root = _root(text)
    if not isinstance(root.data, dict):
        raise UnchangeableError("is no object")
    unit = found[1] if (found := _INDENT.search(text)) else "  "
    line = "\r\n" if "\r\n" in text else "\n"
    if section not in root.members:
        return _added(text, root, section, {name: entry}, ("", unit, line))
    below = root.members[section][1]
    if not isinstance(below.data, dict):
        raise UnchangeableError("the section is no object")
    if name not in below.members:
        return _added(text, below, name, entry, (unit, unit, line))
    member = below.members[name][0]
    return text[: member.value] + _written(entry, (unit * 2, unit, line)) + text[member.end :]


def without_entry(text: str, section: str, name: str) -> str:
    """The text without this entry, and without the comma that belonged to it.

    Raises:
        UnchangeableError: as for `parsed`.
        KeyError: there is no such entry.
    """
    members = _root(text).members[section][1].members
    member = members[name][0]
    names = list(members)
    at = names.index(name)
    after = _BLANK.match(text, member.end)
    if after is not None and text[after.end() : after.end() + 1] == ",":
        return _joined(text[: member.begin], text[after.end() + 1 :])
    if at:
        before = members[names[at - 1]][0].end
        comma = text.index(",", _comments_end(text, before))
        return text[:comma] + _joined(text[comma + 1 : member.begin], text[member.end :])
    return _joined(text[: member.begin], text[member.end :])


def _comments_end(text: str, at: int) -> int:
    blank = _BLANK.match(text, at)
    return at if blank is None else blank.end()


def _joined(before: str, after: str) -> str:
    """The line that an entry leaves empty goes with it."""
    blank = before.rstrip(" \t")
    following = after.lstrip(" \t")
    return (
        blank.removesuffix("\n").removesuffix("\r") + after
        if following[:1] in ("\n", "\r")
        else before + after
    )


def _added(text: str, into: _Node, name: str, value: Any, style: tuple[str, str, str]) -> str:
    outer, unit, line = style
    inner = outer + unit
    new = f"{line}{inner}{json.dumps(name)}: {_written(value, (inner, unit, line))}"
    if not into.members:
        # What stands between the braces can be a comment only.
        kept = text[into.begin + 1 : into.end - 1].rstrip()
        return text[: into.begin + 1] + kept + new + line + outer + text[into.end - 1 :]
    last = list(into.members.values())[-1][0].end
    blank = _comments_end(text, last)
    if text[blank] == ",":
        return text[: into.end - 1].rstrip() + new + "," + line + outer + text[into.end - 1 :]
    return text[:last] + "," + text[last:blank].rstrip() + new + line + outer + text[into.end - 1 :]


def _written(value: Any, style: tuple[str, str, str]) -> str:
    outer, unit, line = style
    first, *rest = json.dumps(value, indent=unit, ensure_ascii=False).split("\n")
    return line.join([first, *(outer + each for each in rest)])


def _root(text: str) -> _Node:
    root = _value(text, _comments_end(text, 0), 0)
    if _comments_end(text, root.end) != len(text):
        raise UnchangeableError("something follows")
    return root


def _value(text: str, at: int, depth: int) -> _Node:
    if depth > _DEEPEST:
        raise UnchangeableError("is too deep")
    if text[at : at + 1] == "{":
        return _object(text, at, depth)
    if text[at : at + 1] == "[":
        return _array(text, at, depth)
    found = _STRING.match(text, at) or _SCALAR.match(text, at)
    if found is None:
        raise UnchangeableError("no value")
    return _Node(at, found.end(), json.loads(found[0]), {})


def _object(text: str, begin: int, depth: int) -> _Node:
    members: dict[str, tuple[_Member, _Node]] = {}
    at = _comments_end(text, begin + 1)
    while text[at : at + 1] != "}":
        key = _STRING.match(text, at)
        colon = _comments_end(text, key.end()) if key else at
        if key is None or text[colon : colon + 1] != ":":
            raise UnchangeableError("no name")
        value = _value(text, _comments_end(text, colon + 1), depth + 1)
        name = json.loads(key[0])
        if name in members:
            raise UnchangeableError("a name stands twice")
        members[name] = (_Member(at, value.begin, value.end), value)
        at = _next(text, value.end, "}")
    data = {name: value.data for name, (_, value) in members.items()}
    return _Node(begin, at + 1, data, members)


def _array(text: str, begin: int, depth: int) -> _Node:
    data: list[Any] = []
    at = _comments_end(text, begin + 1)
    while text[at : at + 1] != "]":
        value = _value(text, at, depth + 1)
        data.append(value.data)
        at = _next(text, value.end, "]")
    return _Node(begin, at + 1, data, {})


def _next(text: str, at: int, closing: str) -> int:
    at = _comments_end(text, at)
    if text[at : at + 1] == ",":
        return _comments_end(text, at + 1)
    if text[at : at + 1] != closing:
        raise UnchangeableError("not closed")
    return at
