"""Results as they leave the server: numbers and names masked, by the marks on the fields' types."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import EllipsisType, NoneType, UnionType
from typing import Annotated, Any, Union, cast, get_args, get_origin

from pydantic import BaseModel

from server.logs.logs import without_secrets
from server.logs.number_masking import mask_numbers
from tools.cleaning import clean
from tools.email_address import mask_email
from tools.mobile import mask_mobile
from tools.values import EMAIL, MOBILE, OUTSIDE, PERSON, Mark

_CELLS = "cells"
_FROM_OUTSIDE = frozenset({OUTSIDE.kind, _CELLS})
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_ID = re.compile(r"(?=\D*\d)(?!.*[A-Za-z]{9})[0-9A-Za-z_:.+-]{1,40}", re.ASCII)
_WORD = re.compile("[A-Za-z]{3,}")
_NO_KINDS: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class TextField:
    """A place in a result where a text can stand: `records[].mobile`, `other{}`, `other{key}`."""

    owner: str
    """The model's class and the field: `Record.mobile`."""
    path: str
    kinds: frozenset[str]
    """The marks: mobile, email, person, outside, cells."""


def present(result: BaseModel, *, show_numbers: bool, known: Collection[str] = ()) -> dict[str, object]:
    """Return a result as JSON-ready facts, without what is None.

    Mobile numbers become `0912***678` and names `王**`; in text from outside, which is cleaned once more,
    mobile numbers are masked as well. `show_numbers` opens all of that; numbers in `known` (E.164: those
    that the caller itself gave) stay readable in any case.
    """
    dumped = result.model_dump(mode="json", exclude_none=True, by_alias=False)
    return _Presenter(show_numbers=show_numbers, known=frozenset(known)).model(result, dumped)


def has_outside_text(result: BaseModel) -> bool:
    """Whether somebody outside could have put words into this result; a bare id or a time is none."""
    presenter = _Presenter(show_numbers=True, known=frozenset())
    presenter.model(result, result.model_dump(mode="json", exclude_none=True, by_alias=False))
    return not all(map(_is_bare_id, presenter.outside))


def _is_bare_id(text: str) -> bool:
    """`1182`, `cust_001`, a UUID. `send-it-to-all` is a sentence, and single words of several make one."""
    if _UUID.fullmatch(text):
        return True
    return _ID.fullmatch(text) is not None and len(_WORD.findall(text)) <= 1


def outside_fields(model_type: type[BaseModel]) -> list[str]:
    """Return the paths of a result type at which text from outside can stand."""
    return [place.path for place in text_fields(model_type) if place.kinds & _FROM_OUTSIDE]


def text_fields(model_type: type[BaseModel]) -> list[TextField]:
    """Return every place of a result type at which free text can stand; literals and enums are none."""
    return list(_fields_of(model_type, "", (model_type,)))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Presenter:
    """Walks a model beside its dump: the model has the types, the dump has the serialised values."""

    show_numbers: bool
    known: frozenset[str]
    outside: list[str] = field(default_factory=list[str])
    """Texts from outside that were met on the way."""

    def model(self, value: BaseModel, dumped: Mapping[str, Any]) -> dict[str, object]:
        return {
            name: self._value(getattr(value, name), item, *_field(type(value), name))
            for name, item in dumped.items()
        }

    def _value(self, value: Any, dumped: Any, hints: Iterable[Any], inherited: frozenset[str]) -> object:
        arms, kinds = _arms(hints, inherited)
        if isinstance(value, BaseModel):
            return self.model(value, dumped)
        if isinstance(value, Mapping):
            return self._mapping(cast("Mapping[Any, Any]", value), dumped, arms, kinds)
        if isinstance(value, (list, tuple, set, frozenset)):
            inner = [hint for arm in arms for hint in get_args(arm)]
            items = zip(cast("Iterable[Any]", value), dumped, strict=True)
            return [self._value(item, shown, inner, kinds) for item, shown in items]
        return self._text(dumped, kinds) if isinstance(dumped, str) else dumped

    def _mapping(
        self, value: Mapping[Any, Any], dumped: Mapping[str, Any], arms: list[Any], kinds: frozenset[str]
    ) -> dict[str, object]:
        pairs = [get_args(arm) for arm in arms if len(get_args(arm)) == len(("key", "value"))]
        keys, values = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
        # Some serialisers leave out what is None, and some do not.
        items = [item for item in value.values() if item is not None or len(dumped) == len(value)]
        result: dict[str, object] = {}
        for (key, shown), item in zip(dumped.items(), items, strict=True):
            name = cast("str", self._value(key, key, keys, kinds))
            while name in result:  # Two numbers can look alike once they are masked.
                name += "'"
            result[name] = self._value(item, shown, values, kinds)
        return result

    def _text(self, text: str, kinds: frozenset[str]) -> str:
        if not kinds or not text:
            return text
        if kinds & _FROM_OUTSIDE:
            self.outside.append(text)
        shown = clean(text, limit=4 * len(text) + 4, lines=True)
        if kinds & _FROM_OUTSIDE:
            # A vendor repeats what it was sent, a password in the worst case.
            shown = without_secrets(shown)
        if self.show_numbers or shown in self.known:
            return shown
        if PERSON.kind in kinds:
            return shown.strip()[:1] + "**"
        if EMAIL.kind in kinds:
            return mask_email(shown)
        return mask_mobile(shown) if MOBILE.kind in kinds else mask_numbers(shown, self.known)


def _field(model_type: type[BaseModel], name: str) -> tuple[list[Any], frozenset[str]]:
    if found := model_type.model_fields.get(name):
        return [found.annotation], _kinds(found.metadata)
    if computed := model_type.model_computed_fields.get(name):
        return [computed.return_type], _NO_KINDS
    return [], _NO_KINDS


def _kinds(metadata: Iterable[Any]) -> frozenset[str]:
    return frozenset(mark.kind for mark in metadata if isinstance(mark, Mark))


def _arms(hints: Iterable[Any], kinds: frozenset[str]) -> tuple[list[Any], frozenset[str]]:
    """The plain types behind unions and Annotated, and all marks on the way: the strictest reading counts."""
    arms: list[Any] = []
    waiting = list(hints)
    while waiting:
        hint = waiting.pop(0)
        if get_origin(hint) is Annotated:
            kinds |= _kinds(hint.__metadata__)
            waiting.append(get_args(hint)[0])
        elif get_origin(hint) in (Union, UnionType):
            waiting += get_args(hint)
        elif hint is not NoneType and not isinstance(hint, EllipsisType):
            arms.append(hint)
    return arms, kinds


def _fields_of(
    model_type: type[BaseModel], prefix: str, above: tuple[type[BaseModel], ...]
) -> Iterator[TextField]:
    for name in (*model_type.model_fields, *model_type.model_computed_fields):
        hints, kinds = _field(model_type, name)
        place = TextField(owner=f"{model_type.__name__}.{name}", path=prefix + name, kinds=kinds)
        yield from _places(hints, place, above)


def _places(
    hints: Iterable[Any], place: TextField, above: tuple[type[BaseModel], ...]
) -> Iterator[TextField]:
    arms, kinds = _arms(hints, place.kinds)
    for arm in arms:
        origin = get_origin(arm)
        if isinstance(arm, type) and issubclass(arm, BaseModel):
            if arm not in above:
                yield from _fields_of(arm, f"{place.path}.", (*above, arm))
        elif isinstance(origin, type) and issubclass(origin, Mapping):
            key, value = get_args(arm)
            yield from _places([key], _deeper(place, "{key}", kinds), above)
            yield from _places([value], _deeper(place, "{}", kinds), above)
        elif isinstance(origin, type):
            yield from _places(get_args(arm), _deeper(place, "[]", kinds), above)
        elif arm in (str, Any, object):
            yield _deeper(place, "", kinds)


def _deeper(place: TextField, step: str, kinds: frozenset[str]) -> TextField:
    return TextField(owner=place.owner, path=place.path + step, kinds=kinds)
