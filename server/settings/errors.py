"""What is wrong with the settings, one line for each mistake, all of them at once, and never a value."""

import difflib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, cast, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from server.settings.layers import Origins, Place, name_of
from server.settings.types import Mistake, MistakesError
from tools.sentence import Sentence, reason_of, sentence, together

_ROUNDS = 20

_NO_NUMBER = sentence("is not a number.")
_WORDS = {
    "bool": sentence("write true or false."),
    "int": sentence("is not a whole number."),
    "decimal": _NO_NUMBER,
    "float": _NO_NUMBER,
    "finite": _NO_NUMBER,
    "string": sentence("is not a text."),
    "path": sentence("is not a path."),
    "tuple": sentence("is not a list."),
    "dict": sentence("is a section. Set what is in it by name."),
}
"""By the first word of the type of pydantic's error."""
_LIMITS: Mapping[str, tuple[Callable[[str], Sentence], str]] = {
    "greater_than_equal": (lambda limit: sentence("must be at least {limit}.", limit=limit), "ge"),
    "greater_than": (lambda limit: sentence("must be more than {limit}.", limit=limit), "gt"),
    "less_than_equal": (lambda limit: sentence("must be at most {limit}.", limit=limit), "le"),
    "less_than": (lambda limit: sentence("must be less than {limit}.", limit=limit), "lt"),
}
_OTHERWISE = sentence("cannot be used. See the table of settings (docs/settings.md).")


def complaints(model: type[BaseModel], values: Mapping[str, Any], origins: Origins) -> list[str]:
    """Every mistake in the values, in lines that name the setting where it was written.

    A wrong value hides the checks of its whole section, so it is taken out and the rest is looked at again.
    """
    tree, taken, found = _copy(values), set[Place](), dict[str, None]()
    for _ in range(_ROUNDS):
        errors = _errors(model, tree)
        places = [_place(error) for error in errors]
        for error, place in zip(errors, places, strict=True):
            if place not in taken:
                found.update(dict.fromkeys(_lines(model, error, place, origins)))
        fresh = [place for place in places if place not in taken and _take_out(tree, place)]
        if not fresh:
            break
        taken.update(fresh)
    return list(found)


def _errors(model: type[BaseModel], tree: Mapping[str, Any]) -> list[ErrorDetails]:
    try:
        model.model_validate(tree)
    except ValidationError as error:
        return error.errors(include_url=False, include_input=False)
    return []


def _copy(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: _copy(cast("Mapping[str, Any]", value)) if isinstance(value, Mapping) else value
        for name, value in values.items()
    }


def _place(error: ErrorDetails) -> Place:
    """Up to the setting itself; what follows is an entry of its list."""
    loc = error["loc"]
    entry = next((at for at, part in enumerate(loc) if isinstance(part, int)), len(loc))
    return tuple(str(part) for part in loc[:entry])


def _take_out(tree: dict[str, Any], place: Place) -> bool:
    for name in place[:-1]:
        below = tree.get(name)
        if not isinstance(below, dict):
            return False
        tree = cast("dict[str, Any]", below)
    return bool(place) and tree.pop(place[-1], None) is not None


def _lines(model: type[BaseModel], error: ErrorDetails, place: Place, origins: Origins) -> Iterator[str]:
    entries = [part + 1 for part in error["loc"] if isinstance(part, int)]
    for said, setting in _mistakes(model, error, place):
        at = (*place, setting) if setting else place
        for where in _where(at, origins, whole=error["type"] == "extra_forbidden"):
            if entries:
                yield sentence("{where}: entry {number}: {said}", where=where, number=entries[0], said=said)
            else:
                yield sentence("{where}: {said}", where=where, said=said)


def _where(place: Place, origins: Origins, *, whole: bool) -> list[str]:
    """As it is written there: a name of the environment, or the file's own with the file.

    With `whole`, every name below the place: a section that does not exist stands in each of them.
    """
    if origins.file is not None and origins.origin(*place) == str(origins.file):
        return [sentence("{setting} in {file}", setting=".".join(place), file=origins.file.name)]
    below = [at for at in origins.of if at[: len(place)] == place] if whole else []
    return [name_of(at) for at in below or [place]]


def _mistakes(model: type[BaseModel], error: ErrorDetails, place: Place) -> Sequence[Mistake]:
    found = error.get("ctx", {}).get("error")
    if isinstance(found, MistakesError):
        return found.mistakes
    return [Mistake(reason_of(found) if isinstance(found, ValueError) else _words(model, error, place))]


def _words(model: type[BaseModel], error: ErrorDetails, place: Place) -> str:
    kind, context = error["type"], error.get("ctx", {})
    if kind in _LIMITS:
        words, limit = _LIMITS[kind]
        return words(str(context[limit]))
    match kind:
        case "missing":
            return sentence("is needed. Set it.")
        case "extra_forbidden":
            return together(sentence("no such setting."), _suggestion(model, place))
        case "too_short" | "string_too_short":
            return sentence("is empty. Give it a value, or leave it out.")
        case "model_type":
            return sentence("is a section. Set what is in it, as {name}__…", name=name_of(place))
        case "literal_error":
            return _one_of(str(context["expected"]).replace("'", ""))
        case _:
            return _WORDS.get(kind.split("_")[0], _OTHERWISE)


def _one_of(expected: str) -> Sentence:
    """Pydantic lists them as `a, b or c`."""
    first, _, last = expected.rpartition(" or ")
    return (
        sentence("write {first} or {last}.", first=first, last=last)
        if first
        else sentence("write {one}.", one=last)
    )


def _suggestion(model: type[BaseModel], place: Place) -> Sentence:
    section: type[BaseModel] | None = model
    for name in place[:-1]:
        section = section_of(section, name) if section else None
    known = section.model_fields if section else {}
    close = difflib.get_close_matches(place[-1], known, n=1)
    return sentence("Did you mean {name}?", name=close[0]) if close else sentence("Check its spelling.")


def section_of(model: type[BaseModel], name: str) -> type[BaseModel] | None:
    """The model of a section; None for a setting that is none."""
    field = model.model_fields.get(name)
    return None if field is None else _model_in(field.annotation)


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next(filter(None, map(_model_in, get_args(annotation))), None)
