"""Where text can stand in a result, told by the marks on its type."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import EllipsisType, NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel, PlainSerializer

from tools.values import CELLS, OUTSIDE, Mark, Table

FROM_OUTSIDE = frozenset({OUTSIDE.kind, CELLS.kind})
"""The marks of text that somebody outside may have written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextField:
    """A place in a result where a text can stand: `records[].mobile`, `other{}`, `other{key}`."""

    owner: str
    """The model's class and the field: `Record.mobile`."""
    path: str
    kinds: frozenset[str]
    """The marks: mobile, email, person, outside, cells."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a type says once unions and Annotated are taken off."""

    arms: tuple[Any, ...]
    kinds: frozenset[str]
    """All marks on the way: the strictest reading counts."""
    serialisers: tuple[PlainSerializer, ...] = ()
    table: Table | None = None


def outside_fields(model_type: type[BaseModel]) -> list[str]:
    """Return the paths of a result type at which text from outside can stand."""
    return [place.path for place in text_fields(model_type) if place.kinds & FROM_OUTSIDE]


def text_fields(model_type: type[BaseModel]) -> list[TextField]:
    """Return every place of a result type at which free text can stand; literals and enums are none."""
    return list(_fields_of(model_type, "", (model_type,)))


def is_record(kind: type[object]) -> bool:
    """Whether a type has fields of its own: a model, or the light kind of which long lists are made."""
    return issubclass(kind, BaseModel) or (tuple in kind.__mro__ and hasattr(kind, "_fields"))


def fields_of(model_type: type[Any]) -> Iterator[tuple[str, Reading]]:
    """Each field of a record in its order, the computed ones last."""
    if not issubclass(model_type, BaseModel):
        for name, hint in get_type_hints(model_type, include_extras=True).items():
            yield name, read_hints([hint])
        return
    # A model that names itself knows the types of its computed fields only when it is whole.
    model_type.model_rebuild()
    for name, declared in model_type.model_fields.items():
        if not declared.exclude:
            yield name, read_hints([declared.annotation], metadata=declared.metadata)
    for name, computed in model_type.model_computed_fields.items():
        yield name, read_hints([computed.return_type])


def read_hints(
    hints: Iterable[Any], kinds: frozenset[str] = frozenset(), metadata: Iterable[Any] = ()
) -> Reading:
    """What these types say together, below marks that are already known."""
    arms: list[Any] = []
    notes = list(metadata)
    waiting = list(hints)
    while waiting:
        hint = waiting.pop(0)
        if get_origin(hint) is Annotated:
            notes += hint.__metadata__
            waiting.append(get_args(hint)[0])
        elif get_origin(hint) in (Union, UnionType):
            waiting += get_args(hint)
        elif hint is not NoneType and not isinstance(hint, EllipsisType):
            arms.append(hint)
    return Reading(
        arms=tuple(arms),
        kinds=kinds | {note.kind for note in notes if isinstance(note, Mark)},
        serialisers=tuple(note for note in notes if isinstance(note, PlainSerializer)),
        table=next((note for note in notes if isinstance(note, Table)), None),
    )


def _fields_of(model_type: type[Any], prefix: str, above: tuple[type[Any], ...]) -> Iterator[TextField]:
    for name, reading in fields_of(model_type):
        place = TextField(owner=f"{model_type.__name__}.{name}", path=prefix + name, kinds=reading.kinds)
        yield from _places(reading.arms, place, above)


def _places(hints: Iterable[Any], place: TextField, above: tuple[type[Any], ...]) -> Iterator[TextField]:
    reading = read_hints(hints, place.kinds)
    for arm in reading.arms:
        origin = get_origin(arm)
        if isinstance(arm, type) and is_record(arm):
            if arm not in above:
                yield from _fields_of(arm, f"{place.path}.", (*above, arm))
        elif isinstance(origin, type) and issubclass(origin, Mapping):
            key, value = get_args(arm)
            yield from _places([key], _deeper(place, "{key}", reading.kinds), above)
            yield from _places([value], _deeper(place, "{}", reading.kinds), above)
        elif isinstance(origin, type):
            yield from _places(get_args(arm), _deeper(place, "[]", reading.kinds), above)
        elif arm in (str, Any, object):
            yield _deeper(place, "", reading.kinds)


def _deeper(place: TextField, step: str, kinds: frozenset[str]) -> TextField:
    return TextField(owner=place.owner, path=place.path + step, kinds=kinds)
