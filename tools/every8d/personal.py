"""Texts that differ for each recipient: filling in, and what cannot be said in Param (EVERY8D 1.5)."""

import re
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Annotated, Any, NamedTuple, Protocol

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from tools.cleaning import is_blank, is_plain_line
from tools.email_address import normalise_email
from tools.every8d.texts import LONGEST_TEXT, SendAt
from tools.filling import Filling
from tools.personal_fields import FIELDS, PLACEHOLDER
from tools.problems import InvalidArgumentError
from tools.sentence import sentence
from tools.values import PERSON, UNTOLD_LENGTH, MobileArgument

_LONGEST_NAME = 50
_KEY = re.compile(r"[A-Za-z0-9_.:-]{0,40}")


def _without_description(schema: dict[str, Any]) -> None:
    """The list of recipients says it already; every word of a schema is paid for in each conversation."""
    schema.pop("description", None)


def _check_name(name: str) -> str:
    if len(name) > _LONGEST_NAME:
        raise ValueError(f"is longer than {_LONGEST_NAME} characters. Shorten it.")
    if not is_plain_line(name):
        raise ValueError(sentence("has a line break or a control character. Write it on one line."))
    return name


def _check_email(email: str) -> str:
    return normalise_email(email) if email else ""


def _check_key(key: str) -> str:
    if _KEY.fullmatch(key) is None:
        raise ValueError(
            sentence("has other characters than letters, digits and _ . : -, or more than 40. Change it.")
        )
    return key


class Person(BaseModel):
    """One recipient, with the values for the template or with a whole text."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, defer_build=True, json_schema_extra=_without_description
    )

    mobile: Annotated[MobileArgument, Field(description="Mobile number: 09… or +….")]
    values: Annotated[list[str], Field(max_length=FIELDS, description="For %field1% and on.")] = []
    text: Annotated[
        str,
        Field(
            max_length=LONGEST_TEXT,
            description="Own text, without template.",
            json_schema_extra=UNTOLD_LENGTH,
        ),
    ] = ""
    name: Annotated[
        str, AfterValidator(_check_name), PERSON, Field(description="Name for the vendor's log.")
    ] = ""
    email: Annotated[
        str, AfterValidator(_check_email), PERSON, Field(description="Address that gets a copy.")
    ] = ""
    send_at: SendAt = None
    key: Annotated[str, AfterValidator(_check_key), Field(description="Unique id in delivery events.")] = ""


class Recipient(Protocol):
    """One recipient: given to a call (`Person`), or of a plan (`Planned`)."""

    @property
    def mobile(self) -> str:
        """E.164."""
        ...

    @property
    def values(self) -> Sequence[str]:
        """Of the template's fields, in their order."""
        ...

    @property
    def text(self) -> str:
        """The own text, where there is no template."""
        ...

    @property
    def name(self) -> str:
        """For the vendor's log."""
        ...

    @property
    def email(self) -> str:
        """An address that gets a copy; '' is none."""
        ...

    @property
    def send_at(self) -> datetime | None:
        """When; None is at once."""
        ...

    @property
    def key(self) -> str:
        """Unique id in delivery events; '' where one is to be made."""
        ...


class Planned(NamedTuple):
    """A recipient of a plan, whose number, values and time were read when the plan was made."""

    mobile: str
    values: Sequence[str]
    send_at: datetime | None
    text: str = ""
    name: str = ""
    email: str = ""
    key: str = ""


def highest_field(template: str) -> int:
    """The highest placeholder of a template, 0 when it has none.

    Raises:
        InvalidArgumentError: a placeholder that the platform would send out as it stands.
    """
    found = [(match[0], match[1]) for match in PLACEHOLDER.finditer(template)]
    known = {f"%field{number}%": number for number in range(1, FIELDS + 1)}
    if any(written not in known for written, _ in found):
        raise InvalidArgumentError(
            "template",
            "has a placeholder that does not exist.",
            "Use %field1% to %field5%, in small letters.",
        )
    return max((known[written] for written, _ in found), default=0)


def checked_texts(people: Sequence[Recipient], template: str) -> list[str]:
    """The texts as the recipients get them.

    Raises:
        InvalidArgumentError: as `checked_text`; `people` are counted from 1.
    """
    needed = highest_field(template)
    if all(len(person.values) == needed and bool(person.text) != bool(template) for person in people):
        texts = _rendered_each(people, template)
        if _surely_sendable(people, texts):
            return texts
    return [checked_text(person, template, needed, number) for number, person in enumerate(people, 1)]


def _surely_sendable(people: Sequence[Recipient], texts: Sequence[str]) -> bool:
    """Whether all of them are, by one look at all together; where it is not sure each is looked at."""
    written = "\n".join(texts)
    own = "\n".join([person.text or "\n".join(person.values) for person in people])
    return (
        "|" not in own
        and PLACEHOLDER.search(written) is None
        and max(map(len, texts), default=0) <= LONGEST_TEXT
        and not any(map(is_blank, texts))
    )


def _rendered_each(people: Sequence[Recipient], template: str) -> list[str]:
    if not template:
        return [person.text for person in people]
    return _filling(template).of_each(person.values for person in people)


def checked_text(person: Recipient, template: str, needed: int, number: int) -> str:
    """The text as the recipient gets it; refused where it would go out wrong. `number` counts from 1.

    Raises:
        InvalidArgumentError: a text and a template, or neither; values that the template does not use or
            lacks; a `|` or a placeholder in a value or an own text, since Param has no way to escape them; a
            text that is blank or too long once it is filled in.
    """
    where = f"recipients[{number}]"
    if bool(person.text.strip()) == bool(template):
        raise InvalidArgumentError(
            where, "needs either the common template or a text of its own.", "Give exactly one of the two."
        )
    if len(person.values) != needed:
        raise InvalidArgumentError(
            f"{where}.values",
            f"as many values as the template has fields ({needed}) are needed.",
            "Give each one; an empty value is allowed.",
        )
    text = rendered(person, template)
    # A value can make a placeholder with what stands beside it: the platform would fill that as well.
    if "|" in person.text or "|" in "".join(person.values) or PLACEHOLDER.search(text):
        raise InvalidArgumentError(
            where, "a value or text holds | or %field…%, which cannot be sent here.", "Reword it."
        )
    if is_blank(text):
        raise InvalidArgumentError(where, "its text is blank.", "Give it a text or a value, or leave it out.")
    if len(text) > LONGEST_TEXT:
        raise InvalidArgumentError(
            where, f"its text has more than {LONGEST_TEXT} characters.", "Shorten its values."
        )
    return text


def rendered(person: Recipient, template: str) -> str:
    """The text as the recipient gets it."""
    return _rendered_each([person], template)[0]


@lru_cache(maxsize=64)
def _filling(template: str) -> Filling:
    pieces = PLACEHOLDER.split(template)
    return Filling.between(pieces[::2], (int(number) - 1 for number in pieces[1::2]))


def param(person: Recipient, template: str) -> str:
    """Param: five fields with four pipes for a template, else the whole text."""
    if not template:
        return person.text
    values = person.values
    return "|".join(values) + "|" * (FIELDS - max(1, len(values)))
