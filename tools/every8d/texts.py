"""The arguments that all sends share, and the vendor's fields that they become (EVERY8D 1.1)."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any, cast

from pydantic import AfterValidator, Field

from tools.cleaning import clean, shortened
from tools.operation import RiskyParams, Surroundings
from tools.problems import InvalidArgumentError
from tools.sentence import sentence
from tools.taipei import as_taipei, compact
from tools.values import NO_FLAG, UNTOLD_LENGTH, TimeArgument, without

LEAST_AHEAD = timedelta(minutes=2)
"""A send time that passes on the way is either not sent or sent at once: the document says both (ST)."""
MOST_AHEAD = timedelta(days=365)
SUBJECT_LENGTH = 50
"""Of SB. No limit is documented; the reference stands in front, so that a cut can only meet our own note."""
DEFAULT_VALIDITY = 1440
_FIRST_WORDS = 41
LONGEST_TEXT = 2000
"""Of an SMS, in characters. Decision: the platform splits what is above 333, and names no end."""


def _not_blank(text: str) -> str:
    """Refuse a text in which nothing can be seen: it would be charged all the same."""
    if not clean(text).strip():
        raise ValueError(sentence("is blank. Write what the recipients shall read."))
    return text


# The length goes first: after a check of ours pydantic counts `items`, and lets half characters through.
Text = Annotated[
    str,
    Field(
        max_length=LONGEST_TEXT,
        description="Text as recipients get it.",
        json_schema_extra=UNTOLD_LENGTH,
    ),
    AfterValidator(_not_blank),
]
Subject = Annotated[str, Field(max_length=40, description="Log note, never sent.")]
SendAt = Annotated[TimeArgument | None, Field(description="Taipei time; absent: at once.")]
ValidityMinutes = Annotated[
    int,
    Field(
        ge=1,
        le=DEFAULT_VALIDITY,
        description="Minutes to try.",
        json_schema_extra=without("minimum", "maximum"),
    ),
    NO_FLAG,
]
"""RETRYTIME: minutes of validity, not a number of tries. Decision: the documented default is the most."""


def first_words(arguments: Mapping[str, object]) -> str:
    """How the text of an earlier send begins, by its arguments: enough to know it again."""
    given: Mapping[str, Any] = dict(arguments)
    first: Any = next(iter(given.get("recipients") or ()), "")
    own = cast("Mapping[str, str]", first).get("text", "") if isinstance(first, Mapping) else ""
    return beginning(str(given.get("text") or given.get("template") or own))


def beginning(text: str) -> str:
    """How a text begins, cleaned."""
    return shortened(clean(text), _FIRST_WORDS)


class SmsParams(RiskyParams):
    """What every SMS to be sent has in common."""

    text: Text
    subject: Subject = ""
    send_at: SendAt = None
    validity_minutes: ValidityMinutes = DEFAULT_VALIDITY


def subject_line(subject: str, surroundings: Surroundings) -> str:
    """SB of an SMS: our reference, then the caller's note, on one line.

    The recipient never sees it; the vendor's pages and its callbacks (SUBJECT) show it.
    """
    return clean(f"{surroundings.reference} {subject}".strip(), limit=SUBJECT_LENGTH)


def send_time(send_at: datetime | None, surroundings: Surroundings, *, field: str = "send_at") -> str:
    """ST and SendTime: empty for at once, unless it is held so that it can be taken back.

    Raises:
        InvalidArgumentError: the time is past, less than two minutes ahead, or more than a year ahead.
    """
    if send_at is None:
        hold = surroundings.hold
        return "" if hold is None else compact(hold.goes_out)
    ahead = send_at - as_taipei(surroundings.now)
    if ahead < LEAST_AHEAD:
        raise InvalidArgumentError(
            field,
            sentence("past, or less than two minutes ahead."),
            sentence("Give a later time, or none to send at once."),
        )
    if ahead > MOST_AHEAD:
        raise InvalidArgumentError(field, sentence("more than a year ahead."), sentence("Check the year."))
    return compact(send_at)


def sms_fields(params: SmsParams, dest: str, surroundings: Surroundings) -> dict[str, str]:
    """The fields that 1.1, 1.3 and 1.4 share, under the vendor's names."""
    return {
        "SB": subject_line(params.subject, surroundings),
        "MSG": params.text,
        "DEST": dest,
        "ST": send_time(params.send_at, surroundings),
        "RETRYTIME": str(params.validity_minutes),
    }
