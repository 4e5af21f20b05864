"""What is wrong with arguments, in our words: pydantic's own sentences reach nobody."""

import difflib
import re
from collections.abc import Callable, Mapping
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from tools.mobile import NotAMobileError
from tools.sentence import Sentence, Value, reason_of, sentence

_NAME = re.compile("[A-Za-z_][A-Za-z0-9_]{0,39}")
_LIMITS: Mapping[str, Sentence] = {
    "string_too_long": sentence("is longer than {max_length} characters. Shorten it."),
    "string_too_short": sentence("is empty. Fill it in."),
    "too_long": sentence("holds more than {max_length} entries. Leave some out."),
    "too_short": sentence("is an empty list. Give at least one."),
    "greater_than_equal": sentence("is less than {ge}. Give a larger number."),
    "less_than_equal": sentence("is more than {le}. Give a smaller number."),
    "literal_error": sentence("is none of {expected}. Take one of them."),
}
_KINDS: Mapping[str, str] = {
    "missing": sentence("is needed."),
    "list_type": sentence("is no list. Write it in square brackets, also for one."),
    "model_type": sentence("is no object. Write its fields in braces."),
    "string_type": sentence("is no text. Write it in quotation marks."),
    "string_unicode": sentence("holds half a character (a lone surrogate). Leave it out."),
    "string_pattern_mismatch": sentence("is no id. Give it exactly as an answer showed it."),
    "bool_type": sentence("is neither true nor false. Write one of the two, without quotation marks."),
}
_NO_NUMBER = sentence("is no whole number. Write it in digits, as 2.")
_OTHERWISE = sentence("cannot be used as it is. See the tool's schema for its form.")


def lines_of(params: type[BaseModel], error: ValidationError) -> list[str]:
    """One short line a field, without values: they may be numbers, names or secrets."""
    found = error.errors(include_url=False, include_input=False)
    return [
        sentence("{field}: {problem}", field=_path(problem["loc"]), problem=_words(params, problem))
        for problem in found
    ]


def _words(params: type[BaseModel], problem: ErrorDetails) -> str:
    kind, limits = problem["type"], problem.get("ctx", {})
    if kind == "value_error":
        return _said(limits["error"])
    if kind == "extra_forbidden":
        return _no_such(params, problem["loc"])
    if kind in _LIMITS:
        return Sentence.of(_LIMITS[kind].template, "", 1, _values(limits))
    return _NO_NUMBER if kind.startswith("int_") else _KINDS.get(kind, _OTHERWISE)


def _values(limits: Mapping[str, Any]) -> dict[str, Value]:
    return {name: each if isinstance(each, int) else str(each) for name, each in limits.items()}


def _said(error: ValueError) -> str:
    """What a check of ours raised. Python's own errors are ValueErrors too, and quote what was given."""
    if isinstance(error, UnicodeError):
        return _KINDS["string_unicode"]
    ours = isinstance(error, NotAMobileError) or type(error) is ValueError
    return reason_of(error) if ours else _OTHERWISE


def _no_such(params: type[BaseModel], location: tuple[int | str, ...]) -> str:
    """An unknown name is answered with the known ones, those most like it first."""
    model = params
    for part in location[:-1]:
        if isinstance(part, str):
            model = _model_in(model.model_fields[part].annotation) or model
    written = str(location[-1]).lower()
    names = sorted(model.model_fields, key=_likeness_to(written), reverse=True)
    if not names:
        return "no such argument; there are none. Leave it out."
    return f"no such argument. Leave it out or correct its name; there are: {', '.join(names)}."


def _likeness_to(written: str) -> Callable[[str], float]:
    return lambda name: difflib.SequenceMatcher(None, written[:80], name, autojunk=False).ratio()


def _model_in(hint: Any) -> type[BaseModel] | None:
    """The model that a list, or what may be left out, is made of."""
    if get_origin(hint) in (Annotated, Union, UnionType, list):
        return next(filter(None, map(_model_in, get_args(hint))), None)
    return hint if isinstance(hint, type) and issubclass(hint, BaseModel) else None


def _path(location: tuple[int | str, ...]) -> str:
    """`recipients[2].mobile`: counted from 1, as the operations' own checks count."""
    return "".join(map(_step, location)).removeprefix(".") or "arguments"


def _step(part: int | str) -> str:
    """A part of an argument's path. A caller's own names can be anything: a number, or a sentence."""
    if isinstance(part, int):
        return f"[{part + 1}]"
    return f".{part}" if _NAME.fullmatch(part) else ".(another name)"
