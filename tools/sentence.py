"""A sentence of ours for people: English as text, and what it is made of, so that it can be said otherwise.

Its template is its id in the catalogue (`server/languages`), as gettext has it. What is put into it is data
and is never looked up, unless it is a sentence of ours itself.
"""

import json
from collections.abc import Callable, Mapping
from typing import Annotated, Any, LiteralString, Self, cast

from pydantic import PlainSerializer, PlainValidator, WithJsonSchema

Value = str | int
_WRITTEN = '{"template"'
Choose = Callable[[str, str, int], str]
"""The template to use for a template, its plural ('' where it has none) and the number that decides."""


class Sentence(str):
    """See the module. To everything that knows nothing of languages it is its English text."""

    __slots__ = ("_change", "number", "plural", "template", "values")
    template: str
    plural: str
    """'' where the sentence does not depend on a number."""
    number: int
    values: Mapping[str, Value]
    _change: Callable[[str], str] | None

    @classmethod
    def of(
        cls,
        template: str,
        plural: str,
        number: int,
        values: Mapping[str, Value],
        change: Callable[[str], str] | None = None,
    ) -> Self:
        """The sentence; `change` is done to it once it is said, in whatever language."""
        told = _filled(_english, template, plural, number, values)
        made = cls(told if change is None else change(told))
        made.template, made.plural, made.number, made.values = template, plural, number, values
        made._change = change
        return made

    def then(self, change: Callable[[str], str]) -> Self:
        """The same with this done to it."""
        return self.of(self.template, self.plural, self.number, self.values, change)

    def told(self, choose: Choose) -> str:
        """The sentence with each template chosen so."""
        told = _filled(choose, self.template, self.plural, self.number, self.values)
        return self._change(told) if self._change else told

    def __reduce__(self) -> tuple[Any, ...]:
        return Sentence.of, (self.template, self.plural, self.number, self.values, self._change)


def sentence(template: LiteralString, /, **values: Value) -> Sentence:
    """A sentence; braces are places for values only where there are values."""
    return Sentence.of(template, "", 1, values)


def of_text(text: str) -> Sentence:
    """Text of ours that came without its parts: said otherwise where the catalogue has it as it stands."""
    return Sentence.of(text, "", 1, {})


def plural(one: LiteralString, many: LiteralString, count: int, /, **values: Value) -> Sentence:
    """A sentence that has another form for one thing than for several; `{count}` is how many."""
    return Sentence.of(one, many, count, {"count": count, **values})


def together(*parts: str) -> str:
    """Sentences after each other, without the empty ones."""
    said = [part for part in parts if part]
    if len(said) <= 1:
        return said[0] if said else ""
    return sentence("{first} {second}", first=said[0], second=together(*said[1:]))


def reason_of(error: BaseException) -> str:
    """What an error of ours says, still as a sentence: `str` of it would be English for good."""
    said = error.args[0] if error.args else ""
    return said if isinstance(said, Sentence) else str(error)


def _english(template: str, plural: str, number: int) -> str:
    return plural if plural and number != 1 else template


def _filled(choose: Choose, template: str, plural: str, number: int, values: Mapping[str, Value]) -> str:
    chosen = choose(template, plural, number)
    if not values:
        return chosen
    told = {
        name: value.told(choose) if isinstance(value, Sentence) else value for name, value in values.items()
    }
    return chosen.format_map(told)


def kept(said: str) -> object:
    """As a sentence stands in JSON: text, or its parts where it has values."""
    return _parts(said) if isinstance(said, Sentence) and said.values else str(said)


def _parts(said: Sentence) -> dict[str, object]:
    values = {
        name: _parts(value) if isinstance(value, Sentence) else value for name, value in said.values.items()
    }
    return {"template": said.template, "plural": said.plural, "number": said.number, "values": values}


def restored(written: object) -> Sentence:
    """What `kept` wrote; a text is a sentence without values.

    Raises:
        ValueError: it is neither.
    """
    if isinstance(written, Sentence):
        return written
    if isinstance(written, str):
        return of_text(written)
    try:
        parts = cast("Mapping[str, Any]", written)
        values = {
            name: value if isinstance(value, str | int) else restored(value)
            for name, value in parts["values"].items()
        }
        return Sentence.of(parts["template"], parts["plural"], parts["number"], values)
    except (AttributeError, KeyError, TypeError, IndexError):
        raise ValueError("is no sentence.") from None


def written(said: str) -> str:
    """A sentence as one text, of which `read` makes it again; one without values is its own text."""
    parts = kept(said)
    return parts if isinstance(parts, str) else json.dumps(parts)


def read(text: str) -> Sentence:
    """What `written` wrote."""
    if not text.startswith(_WRITTEN):
        return of_text(text)
    try:
        return restored(json.loads(text))
    except ValueError:
        return of_text(text)


Spoken = Annotated[str, PlainValidator(restored), PlainSerializer(kept), WithJsonSchema({"type": "string"})]
"""A sentence in a model: it stays one when the model is written as JSON and read again."""
