"""JSON bodies of EVERY8D: names have no case, and a number is taken as its text."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from server.sandbox.every8d.login import RefusedError


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """A JSON object whose names have no case; numbers are taken as their text."""

    values: Mapping[str, object]

    def text(self, name: str) -> str:
        """A value as text; empty when there is none."""
        value = self.values.get(name.lower(), "")
        text = "" if value is None else str(value)
        # JSON can escape half of a surrogate pair, which no encoding can carry further.
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")

    def children(self, name: str) -> tuple["Body", ...]:
        """The objects of a list; none when it is no list."""
        value = self.values.get(name.lower())
        items = cast("list[object]", value) if isinstance(value, list) else []
        return tuple(_body(item) for item in items)


def read_body(body: bytes) -> Body:
    """A request's body. Raises RefusedError -99 when it is no JSON object, or nested without end."""
    try:
        value: object = json.loads(body)
    except (ValueError, RecursionError):
        raise RefusedError(-99, "JSON格式錯誤") from None
    return _body(value)


def _body(value: object) -> Body:
    if not isinstance(value, dict):
        raise RefusedError(-99, "JSON格式錯誤")
    return Body(values={str(key).lower(): item for key, item in cast("dict[object, object]", value).items()})
