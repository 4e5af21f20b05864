"""JSON from outside, hardened."""

import json
import re
from decimal import Decimal
from typing import NoReturn, cast

from tools.wire.errors import UnreadableReply

MAX_CHARACTERS = 8 * 1024 * 1024
MAX_DEPTH = 32
MAX_DIGITS = 40

_TOKENS = re.compile(r'"(?:[^"\\]++|\\.)*+"?|[\[{]|[\]}]', re.DOTALL)
_SURROGATE = re.compile("[\ud800-\udfff]")


def read_json(text: str) -> object:
    """Return the value of a JSON text; fractions are Decimal, so that points stay exact.

    Raises UnreadableReply for what is not JSON, and for what readers disagree on or choke on: more than
    8 Mi characters or 32 levels (stack exhaustion), NaN and Infinity, two equal names in one object
    (which one counts?), half a surrogate pair, numbers of more than 40 characters or with an exponent.
    """
    text = text.strip("\ufeff")
    if len(text) > MAX_CHARACTERS:
        raise UnreadableReply(f"The JSON is longer than {MAX_CHARACTERS} characters.")
    _check_depth(text)
    try:
        value = cast(
            "object",
            json.loads(
                text,
                object_pairs_hook=_object,
                parse_int=_whole,
                parse_float=_fraction,
                parse_constant=_constant,
            ),
        )
    except json.JSONDecodeError:
        # The original error holds the whole text: it must not travel on as a cause.
        raise UnreadableReply("The reply is not JSON.") from None
    _check_strings(value)
    return value


def _check_depth(text: str) -> None:
    depth = 0
    for token in _TOKENS.finditer(text):
        match text[token.start()]:
            case "[" | "{":
                depth += 1
            case "]" | "}":
                depth -= 1
            case _:
                continue
        if depth > MAX_DEPTH:
            raise UnreadableReply(f"The JSON is nested deeper than {MAX_DEPTH} levels.")


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise UnreadableReply("The JSON has an object with the same name twice.")
    return result


def _whole(digits: str) -> int:
    if len(digits) > MAX_DIGITS:
        raise UnreadableReply("The JSON has a number that is too long.")
    return int(digits)


def _fraction(digits: str) -> Decimal:
    # An exponent turns ten characters into a number of a billion digits.
    if len(digits) > MAX_DIGITS or "e" in digits.lower():
        raise UnreadableReply("The JSON has a number that is too long or has an exponent.")
    return Decimal(digits)


def _constant(_name: str) -> NoReturn:
    raise UnreadableReply("The JSON has NaN or Infinity for a number.")


def _check_strings(value: object) -> None:
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, str):
            if _SURROGATE.search(item):
                raise UnreadableReply("The JSON has half of a surrogate pair in a text.")
        elif isinstance(item, dict):
            members = cast("dict[str, object]", item)
            waiting += [*members.keys(), *members.values()]
        elif isinstance(item, list):
            waiting += cast("list[object]", item)
