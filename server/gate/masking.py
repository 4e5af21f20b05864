"""Results as they leave the server: numbers and names masked, by the marks on the fields' types."""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from functools import cache, cached_property
from typing import Any, cast, get_args, get_type_hints

from pydantic import BaseModel, PlainSerializer
from pydantic_core import to_jsonable_python

from server.gate.tables import table
from server.gate.text_fields import FROM_OUTSIDE, Reading, fields_of, is_record, read_hints
from server.logs.logs import without_secrets
from server.logs.number_masking import mask_numbers
from tools.cleaning import clean
from tools.email_address import mask_email, mask_emails
from tools.mobile import mask_mobile
from tools.sentence import Sentence
from tools.values import CELLS, EMAIL, MOBILE, PERSON, Table

_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_ID = re.compile(r"(?=\D*\d)(?!.*[A-Za-z]{9})[0-9A-Za-z_:.+-]{1,40}", re.ASCII)
_WORD = re.compile("[A-Za-z]{3,}")
_PLAIN = frozenset({int, float, bool})
_AS_THEY_ARE = (int, float, bool, str)
_PAIR = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Presented:
    """A result as it may be shown."""

    facts: dict[str, object]
    """Ready for JSON, without what is None."""
    outside: bool
    """Whether somebody outside could have put words into it; a bare id or a time is none."""


def present(
    result: BaseModel, *, show_numbers: bool, known: Collection[str] = (), in_tables: bool = True
) -> Presented:
    """Show a result; its lists of rows as tables, or row by row.

    Mobile numbers become `0912***678` and names `王**`; in text from outside, which is cleaned once more,
    mobile numbers are masked as well. `show_numbers` opens all of that; numbers in `known` (E.164: those
    that the caller itself gave) stay readable in any case.
    """
    walk = _Walk(show_numbers, frozenset(known), in_tables)
    facts = walk.record(result)
    return Presented(facts=facts, outside=walk.outside)


@dataclass(slots=True)
class _Walk:
    """One result on its way out: what may be shown, and what was met."""

    show_numbers: bool
    known: frozenset[str]
    in_tables: bool
    outside: bool = False

    def record(self, value: Any) -> dict[str, object]:
        facts: dict[str, object] = {}
        for name, place in _places(type(cast("object", value))):
            item = getattr(value, name)
            if place.columns is not None and self.in_tables:
                facts |= place.columns.shown(item, self)
            elif item is not None:
                facts[name] = place.shown(item, self)
        return facts

    def meet(self, text: str) -> None:
        """Text from outside, as it came."""
        self.outside = self.outside or not _is_bare_id(text)


@cache
def _places(kind: type[Any]) -> tuple[tuple[str, "_Place"], ...]:
    """What each field of a record says of its values: read once, since types do not change."""
    if issubclass(kind, BaseModel):
        decorators = kind.__pydantic_decorators__
        if decorators.field_serializers or decorators.model_serializers:
            raise TypeError(f"{kind.__name__}: write a serialiser of a result into the field's type")
    return tuple((name, _Place(reading)) for name, reading in fields_of(kind))


class _Place:
    """How to show what stands at one place of a result: a value tells its kind, its type has the marks."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._serialisers = {_class_of(each): _function_of(each) for each in reading.serialisers}
        self._is_marked = bool(reading.kinds)
        self._from_outside = bool(reading.kinds & FROM_OUTSIDE)
        self._masked = _mask_of(reading.kinds)
        self._stays_as_it_is = not reading.kinds and all(arm in _AS_THEY_ARE for arm in reading.arms)
        self.is_time = datetime in reading.arms
        self.columns = _Columns(reading) if reading.table else None

    def shown(self, value: Any, walk: _Walk) -> object:
        kind = type(cast("object", value))
        if kind is str:
            return self._text(value, walk) if self._is_marked and value else value
        if kind is Sentence:
            return self._plain_text(str(value), walk)
        if value is None or kind in _PLAIN:
            return value
        if kind in self._serialisers:
            return self._plain_text(self._serialisers[kind](value), walk)
        if isinstance(value, BaseModel) or (isinstance(value, tuple) and is_record(kind)):
            return walk.record(value)
        if isinstance(value, Mapping):
            return self._mapping(cast("Mapping[Any, Any]", value), walk)
        if isinstance(value, (list, tuple, AbstractSet)):
            return [self._inner.shown(item, walk) for item in cast("Iterable[Any]", value)]
        return self._plain_text(to_jsonable_python(value), walk)

    def all_shown(self, values: list[Any], walk: _Walk) -> list[Any]:
        """A column of values; those that are alike are shown once."""
        if self._stays_as_it_is:
            return values
        try:
            shown = {value: self.shown(value, walk) for value in set(values)}
        except TypeError:  # A mapping or a list has no hash.
            return [self.shown(value, walk) for value in values]
        return [shown[value] for value in values]

    def _plain_text(self, plain: object, walk: _Walk) -> object:
        return self._text(plain, walk) if self._is_marked and plain and isinstance(plain, str) else plain

    @cached_property
    def _inner(self) -> "_Place":
        """Of the items of a list."""
        inner = [hint for arm in self._reading.arms for hint in get_args(arm)]
        return _Place(read_hints(inner, self._reading.kinds))

    @cached_property
    def _entries(self) -> "tuple[_Place, _Place]":
        """Of the keys and of the values of a mapping."""
        pairs = [get_args(arm) for arm in self._reading.arms if len(get_args(arm)) == _PAIR]
        sides = ([pair[0] for pair in pairs], [pair[1] for pair in pairs])
        key, value = (_Place(read_hints(side, self._reading.kinds)) for side in sides)
        return key, value

    def _mapping(self, value: Mapping[Any, Any], walk: _Walk) -> dict[str, object]:
        keys, values = self._entries
        result: dict[str, object] = {}
        for key, item in value.items():
            name = str(keys.shown(key, walk))
            while name in result:  # Two numbers can look alike once they are masked.
                name += "'"
            result[name] = values.shown(item, walk)
        return result

    def _text(self, text: str, walk: _Walk) -> str:
        if self._from_outside:
            walk.meet(text)
        shown = clean(text, limit=4 * len(text) + 4, lines=True)
        if self._from_outside:
            # A vendor repeats what it was sent, a password in the worst case.
            shown = without_secrets(shown)
        if walk.show_numbers or shown in walk.known:
            return shown
        return self._masked(shown, walk.known)


class _Columns:
    """The columns of a table, by the type of its rows."""

    def __init__(self, reading: Reading) -> None:
        self._mark = reading.table or Table()
        ((kind,),) = (get_args(arm) for arm in reading.arms)
        self._places = _places(kind)
        self._times = [name for name, place in self._places if place.is_time]

    def shown(self, rows: Sequence[Any], walk: _Walk) -> dict[str, object]:
        cells = {
            name: place.all_shown([getattr(row, name) for row in rows], walk) for name, place in self._places
        }
        return table(cells, self._times, self._mark)


def _class_of(serialiser: PlainSerializer) -> type:
    """What a serialiser takes: that of `Points` takes Decimals and leaves the rest of a union alone."""
    return next(iter(get_type_hints(serialiser.func).values()))


def _function_of(serialiser: PlainSerializer) -> Callable[[Any], object]:
    return cast("Callable[[Any], object]", serialiser.func)


def _mask_of(kinds: frozenset[str]) -> Callable[[str, Collection[str]], str]:
    if PERSON.kind in kinds:
        return lambda text, _known: text.strip()[:1] + "**"
    if EMAIL.kind in kinds:
        return lambda text, _known: mask_email(text)
    if MOBILE.kind in kinds:
        return lambda text, _known: mask_mobile(text)
    if CELLS.kind in kinds:
        return lambda text, known: mask_emails(mask_numbers(text, known))
    return mask_numbers


def _is_bare_id(text: str) -> bool:
    """`1182`, `cust_001`, a UUID. `send-it-to-all` is a sentence, and single words of several make one."""
    if not text or _UUID.fullmatch(text):
        return True
    return _ID.fullmatch(text) is not None and len(_WORD.findall(text)) <= 1
