"""TOML changed in one table: all else stays as the person wrote it."""

import json
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from server.hosts.errors import UnchangeableError

_BARE = re.compile(r"[\w-]+", re.ASCII)
_HEADING = re.compile(r"^[ \t]*\[([^\[\]]+)\][ \t]*(?:#.*)?$")


def parsed(text: str) -> dict[str, Any]:
    """What the text holds.

    Raises:
        UnchangeableError: it is not TOML.
    """
    return tomllib.loads(text)


def with_table(text: str, place: Sequence[str], values: Mapping[str, Any]) -> str:
    """The text with this table, in the place of the one that is there, or at the end.

    Raises:
        UnchangeableError: the text is not TOML, or writes the table in a way that this cannot change.
    """
    line = "\r\n" if "\r\n" in text else "\n"
    written = line.join(_written(place, values)) + line
    before, after = _around(text, place)
    gap = line if before.strip() and not before.endswith(line * 2) else ""
    if before and not before.endswith("\n"):
        gap = line * 2
    new = before + gap + written + (line + after if after else "")
    return _checked(text, new, place, values)


def without_table(text: str, place: Sequence[str]) -> str:
    """The text without this table.

    Raises:
        UnchangeableError: as for `with_table`.
    """
    before, after = _around(text, place)
    return _checked(text, before.rstrip() + ("\n" if before.strip() else "") + after, place, None)


def _around(text: str, place: Sequence[str]) -> tuple[str, str]:
    """What stands before and after the table and those below it; all of it before, if there is none."""
    lines = text.splitlines(keepends=True)
    ours = [_heading(each)[: len(place)] == tuple(place) if _heading(each) else None for each in lines]
    if True not in ours:
        return text, ""
    begin = ours.index(True)
    end = next((at for at in range(begin, len(lines)) if ours[at] is False), len(lines))
    return "".join(lines[:begin]), "".join(lines[end:])


def _heading(line: str) -> tuple[str, ...]:
    found = _HEADING.match(line.rstrip("\r\n"))
    if found is None:
        return ()
    try:
        below: Any = tomllib.loads(f"[{found[1]}]")
    except ValueError:
        return ()
    names: list[str] = []
    while below:
        ((name, below),) = below.items()
        names.append(name)
    return tuple(names)


def _checked(old: str, new: str, place: Sequence[str], values: Mapping[str, Any] | None) -> str:
    """Whatever the lines were taken for: what is read must be the old values with this change alone."""
    wanted = parsed(old)
    table = wanted
    for name in place[:-1]:
        below = table.setdefault(name, {})
        if not isinstance(below, dict):
            raise UnchangeableError("there is something else in its place")
        table = cast("dict[str, Any]", below)
    table.pop(place[-1], None)
    if values is not None:
        table[place[-1]] = dict(values)
    if _without_empty(parsed(new)) != _without_empty(wanted):
        raise UnchangeableError("the table is written in a way that is not changed here")
    return new


def _without_empty(values: Mapping[str, Any]) -> dict[str, Any]:
    """A table of nothing but the removed one is gone with it."""
    inner = {
        name: _without_empty(cast("Mapping[str, Any]", value)) if isinstance(value, dict) else value
        for name, value in values.items()
    }
    return {name: value for name, value in inner.items() if value != {}}


def _written(place: Sequence[str], values: Mapping[str, Any]) -> Iterator[str]:
    yield f"[{'.'.join(map(_key, place))}]"
    for name, value in values.items():
        yield f"{_key(name)} = {_value(value)}"


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else _value(name)


def _value(value: Any) -> str:
    match value:
        case str() | bool() | int() | float():
            return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
        case list():
            return f"[{', '.join(map(_value, cast('list[Any]', value)))}]"
        case dict():
            entries = cast("dict[str, Any]", value).items()
            return f"{{ {', '.join(f'{_key(name)} = {_value(each)}' for name, each in entries)} }}"
        case _:
            raise UnchangeableError("holds a value that is not written here")
