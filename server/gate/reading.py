"""Arguments as a client plainly means them, before they are checked as strictly as ever.

Hosts hand over lists as JSON text, null for what is not given, and a number or spaces around an id. Nothing
else is guessed: a flag is no number, and a text stays as it was written.
"""

import json
from collections.abc import Mapping
from types import UnionType
from typing import Annotated, Any, TypeGuard, Union, get_args, get_origin

from pydantic import BaseModel

from tools.problems import InvalidArgumentError
from tools.values import IDENTIFIER

MOST_ENTRIES = 10_000
"""No setting lets a call carry more (`every8d.max_recipients`). A longer list is not read at all: each number
from abroad takes a tenth of a millisecond, in which no other call goes on."""
_LONGEST_ID = 10**64
"""No id is longer, and Python does not write out a number of many thousand digits."""


def plainly_meant(params: type[BaseModel], given: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of a model by its own names. Names that it does not have stay as they are.

    Raises:
        InvalidArgumentError: a list is longer than any call may carry.
    """
    fields = params.model_fields
    meant: dict[str, Any] = {}
    for name, value in given.items():
        if name not in fields:
            meant[name] = value
        elif value is not None:
            field = fields[name]
            read = _read(field.annotation, value, is_id=IDENTIFIER in field.metadata)
            if _is_list(read) and len(read) > MOST_ENTRIES:
                raise InvalidArgumentError(
                    name, f"holds more than {MOST_ENTRIES} entries.", "Split the list into several calls."
                )
            meant[name] = read
    return meant


def _read(hint: Any, value: Any, *, is_id: bool) -> Any:
    """One value, by the annotation that it must obey."""
    origin, inner = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return _read(inner[0], value, is_id=is_id or IDENTIFIER in inner[1:])
    if origin in (Union, UnionType):
        choices = [choice for choice in inner if choice is not type(None)]
        return _read(choices[0], value, is_id=is_id) if len(choices) == 1 else value
    if origin is list:
        items = _from_json(value, list)
        return [_read(inner[0], item, is_id=is_id) for item in items] if _is_list(items) else value
    if isinstance(hint, type) and issubclass(hint, BaseModel):
        fields = _from_json(value, dict)
        return plainly_meant(hint, fields) if _is_object(fields) else value
    return _identifier(value) if is_id else value


def _from_json(value: Any, kind: type) -> Any:
    """The list or object that a text holds; the value as it is when it holds something else."""
    if not isinstance(value, str):
        return value
    try:
        read = json.loads(value)
    except (ValueError, RecursionError):
        return value
    return read if isinstance(read, kind) else value


def _is_list(value: Any) -> TypeGuard[list[Any]]:
    return isinstance(value, list)


def _is_object(value: Any) -> TypeGuard[dict[str, Any]]:
    return isinstance(value, dict)


def _identifier(value: Any) -> Any:
    """An id: a number is its digits, and spaces around it are no part of it; those inside stay, and fail."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _LONGEST_ID:
        return str(value)
    return value.strip() if isinstance(value, str) else value
