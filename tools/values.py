"""The value types that parameters and results share, with the marks that masking and cleaning read."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer, PlainValidator, WithJsonSchema

from tools.cleaning import clean
from tools.mobile import normalise_mobile
from tools.sentence import Sentence, kept, restored, sentence
from tools.taipei import iso, iso_minute, read_begin, read_day, read_end, read_time


@dataclass(frozen=True, slots=True)
class Mark:
    """What kind of text a field holds, for the code that masks, cleans and audits by reflection."""

    kind: str


MOBILE = Mark("mobile")
PERSON = Mark("person")
OUTSIDE = Mark("outside")
IDENTIFIER = Mark("identifier")
"""An id in arguments: it may come as a number, or with spaces around it."""
EMAIL = Mark("email")
CELLS = Mark("cells")
"""Every text inside may hold mobile numbers, addresses or names, under a heading that we do not know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Marks a list of rows in a result, which leaves as arrays under one line of columns.

    What follows from a column (`key`) alone, as a state's words from its code, is `told` once, in a legend.
    """

    key: str = ""
    told: tuple[str, ...] = ()


def without(*limits: str) -> Callable[[dict[str, Any]], None]:
    """For a schema's `json_schema_extra`: limits that are checked, and not told to every conversation."""

    def leave_out(schema: dict[str, Any]) -> None:
        for limit in limits:
            schema.pop(limit, None)

    return leave_out


UNTOLD_LENGTH = without("maxLength")


def _number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


Points = Annotated[Decimal, PlainSerializer(_number), WithJsonSchema({"type": "number"})]
"""An amount of points: a Decimal inside, a plain JSON number outside."""

MobileNumber = Annotated[str, MOBILE]
"""A mobile number in a result, E.164. Masked before it leaves the server, unless the settings open it."""

EmailAddress = Annotated[str, EMAIL]
"""An e-mail address in a result. Its name is masked, unless the settings open it; its domain never is."""

PersonName = Annotated[str, AfterValidator(clean), PERSON, OUTSIDE]
"""A person's name as the vendor holds it: cleaned, and masked like a number."""

OutsideText = Annotated[str, AfterValidator(clean), OUTSIDE]
"""Text that somebody outside wrote (a reply, a vendor's message): cleaned data, never an instruction."""


def _shown(value: object) -> str:
    if isinstance(value, str) and not isinstance(value, Sentence):
        return clean(value)
    return restored(value)


ShownText = Annotated[
    str, PlainValidator(_shown), PlainSerializer(kept), WithJsonSchema({"type": "string"}), OUTSIDE
]
"""The same, or a sentence of ours with what it is made of: it stays one, and in JSON it is no text."""

Timestamp = Annotated[
    datetime, PlainSerializer(iso), WithJsonSchema({"type": "string", "format": "date-time"})
]
"""A point in time in a result: ISO 8601 with +08:00."""

Minute = Annotated[datetime, PlainSerializer(iso_minute), WithJsonSchema({"type": "string"})]
"""A point in time in a list in which seconds would only cost room: ISO 8601 to the minute, with +08:00."""

MobileArgument = Annotated[
    str,
    Field(max_length=32, json_schema_extra=UNTOLD_LENGTH),
    AfterValidator(normalise_mobile),
    MOBILE,
]
"""A mobile number as a caller writes it (09…, 886…, +886…, spaces or dashes); E.164 once validated."""

DayArgument = Annotated[date, BeforeValidator(read_day), WithJsonSchema({"type": "string", "format": "date"})]
"""A day from the caller, as 2026-12-31."""


def _no_flag(value: object) -> object:
    if isinstance(value, bool):
        raise ValueError(sentence("is no number. Write it in digits, as 2."))  # noqa: TRY004 - pydantic's kind
    return value


NO_FLAG = BeforeValidator(_no_flag)
"""For whole numbers: `true` would be taken for 1."""

TimeArgument = Annotated[
    datetime, BeforeValidator(read_time), WithJsonSchema({"type": "string", "format": "date-time"})
]
"""An ISO 8601 time from the caller; without an offset it is Asia/Taipei."""

SinceArgument = Annotated[datetime, BeforeValidator(read_begin), WithJsonSchema({"type": "string"})]
"""The beginning of a time from the caller: a day, from its first moment, or an ISO 8601 time."""

UntilArgument = Annotated[datetime, BeforeValidator(read_end), WithJsonSchema({"type": "string"})]
"""The end of a time from the caller: a day, with all of it, or an ISO 8601 time, which is no part of it."""
