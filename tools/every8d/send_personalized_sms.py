"""Send each recipient a text of their own, from a template or whole (EVERY8D 1.5)."""

from collections.abc import Sequence
from datetime import datetime
from functools import cached_property
from itertools import accumulate, count
from typing import Annotated, Self

from pydantic import AfterValidator, Field

from tools.every8d.answers import text_of
from tools.every8d.cautions import booking_caution, recipient_cautions, text_cautions
from tools.every8d.charging import price_by_count, price_of_each, units
from tools.every8d.counted import SOMEBODY, Count, count_cautions
from tools.every8d.overflow import overflow_cautions
from tools.every8d.personal import Person, Planned, Recipient, checked_texts, param
from tools.every8d.previews import Send, preview_send
from tools.every8d.receipt_check import check_receipt
from tools.every8d.receipts import SendResult, accepted, send_result
from tools.every8d.recipients import check_count
from tools.every8d.texts import (
    DEFAULT_VALIDITY,
    LONGEST_TEXT,
    Subject,
    ValidityMinutes,
    send_time,
    subject_line,
)
from tools.mobile import as_dest
from tools.operation import (
    Action,
    Audience,
    Message,
    Preview,
    Reply,
    Request,
    Risk,
    RiskyParams,
    Steps,
    Surroundings,
)
from tools.personal_fields import PLACEHOLDER
from tools.problems import InvalidArgumentError
from tools.same_text import visible_each
from tools.sentence import sentence
from tools.values import UNTOLD_LENGTH
from tools.wire.json_body import read_send_json

PATH = "API21/HTTP/SendParamSMS.ashx"
_SHOWN = 20
_SHOWN_CHARACTERS = 6_000
"""Own texts that a question can hold; a person is told how many more there are."""
_FILLED_IN = "…"
"""In place of a value that nobody knows yet."""
_MOST_ADDRESSES = 50
"""Addresses that one question can hold; each is shown, since a copy leaves with the whole text."""


def _not_blank(template: str) -> str:
    if template and not template.strip():
        raise ValueError(sentence("is blank. Write a text with %field1%, or leave it out."))
    return template


class PersonalizedParams(RiskyParams):
    """A template or none, and the recipients with what is theirs."""

    count: Count = 0
    recipients: Annotated[
        list[Person],
        Field(description="Each with values or text.", validate_default=True),
        SOMEBODY,
    ] = Field(default=[])
    template: Annotated[
        str,
        Field(
            max_length=LONGEST_TEXT,
            description="Text with %field1%…%field5%; absent: own texts.",
            json_schema_extra=UNTOLD_LENGTH,
        ),
        AfterValidator(_not_blank),
    ] = ""
    subject: Subject = ""
    validity_minutes: ValidityMinutes = DEFAULT_VALIDITY

    @classmethod
    def of_plan(cls, people: Sequence[Planned], template: str, subject: str) -> Self:
        """What sends to these people of a plan."""
        return cls.model_construct(recipients=people, template=template, subject=subject)

    # Each is asked for at many steps of one call.
    @cached_property
    def _each(self) -> tuple[Sequence[Recipient], Sequence[str]]:
        """The recipients, checked, once for each number, text and time; and their texts."""
        those: Sequence[Recipient] = self.recipients
        texts = checked_texts(those, self.template)
        if len({person.mobile for person in those}) == len(those):
            return those, texts
        each: dict[tuple[str, str, datetime | None], Recipient] = {}
        for person, text in zip(those, texts, strict=True):
            each.setdefault((person.mobile, text, person.send_at), person)
        return tuple(each.values()), [text for _, text, _ in each]

    @cached_property
    def people(self) -> tuple[Recipient, ...]:
        """The recipients, checked; who would get the same text twice at the same time gets it once.

        Raises:
            InvalidArgumentError: somebody's text would go out wrong.
        """
        return tuple(self._each[0])

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """What each of `people` gets."""
        return tuple(self._each[1])

    @cached_property
    def emails(self) -> tuple[str, ...]:
        """The addresses that get a copy."""
        return tuple(dict.fromkeys(person.email for person in self.people if person.email))

    @cached_property
    def messages(self) -> tuple[Message, ...]:
        """Each text to a number, and its copy to an address where there is one."""
        seen = visible_each(self.texts)
        if not self.emails:
            return tuple(map(_message, self.people, seen))
        found: list[Message] = []
        for person, text in zip(self.people, seen, strict=True):
            found += [Message(to, text, person.send_at) for to in (person.mobile, person.email) if to]
        return tuple(found)


def _message(person: Recipient, seen: str) -> Message:
    return Message(person.mobile, seen, person.send_at)


def _build(params: PersonalizedParams, surroundings: Surroundings) -> Request:
    people = params.people
    check_count(len(people), surroundings)
    _check_copies(params.emails)
    keys, at_once = keys_of(people, surroundings.reference), send_time(None, surroundings)
    return Request(
        vendor="every8d",
        path=PATH,
        json={
            "SB": subject_line(params.subject, surroundings),
            "MSG": params.template,
            "RETRYTIME": params.validity_minutes,
            "RecipientDataList": [
                {
                    "Name": person.name,
                    "Mobile": as_dest(person.mobile),
                    "Email": person.email,
                    "Param": param(person, params.template),
                    "SendTime": at_once
                    if person.send_at is None
                    else _send_time(person, people, surroundings),
                    "Mr": key,
                }
                for person, key in zip(people, keys, strict=True)
            ],
        },
    )


def _send_time(person: Recipient, people: Sequence[Recipient], surroundings: Surroundings) -> str:
    try:
        return send_time(person.send_at, surroundings)
    except InvalidArgumentError as error:
        field = f"recipients[{people.index(person) + 1}].send_at"
        raise InvalidArgumentError(field, error.problem, error.fix) from None


def _check_copies(emails: Sequence[str]) -> None:
    """Refuse more addresses than a person is shown."""
    if len(emails) > _MOST_ADDRESSES:
        raise InvalidArgumentError(
            "recipients",
            f"more than {_MOST_ADDRESSES} different e-mail addresses.",
            "Leave out email, or split the list into several calls.",
        )


def keys_of(people: Sequence[Recipient], reference: str) -> list[str]:
    """Mr for each: given, or made from our reference; the callback brings it back.

    Raises:
        InvalidArgumentError: a key that was given twice (1.5: 必須是唯一值).
    """
    given = [person.key for person in people if person.key]
    if len(set(given)) != len(given):
        raise InvalidArgumentError("recipients", "two recipients have the same key.", "Give each its own.")
    if not given:
        return made_keys(reference, len(people))
    taken = set(given)
    made = (key for key in (_key(reference, number) for number in count(1)) if key not in taken)
    return [person.key or next(made) for person in people]


def made_keys(reference: str, people: int) -> list[str]:
    """Mr for each of so many people to none of whom one was given."""
    return [_key(reference, number) for number in range(1, people + 1)]


def _key(reference: str, number: int) -> str:
    return f"{reference}-{number}" if reference else f"r{number}"


def _parse(reply: Reply, _params: PersonalizedParams, _surroundings: Surroundings) -> SendResult:
    return send_result(accepted(read_send_json(text_of(reply))))


def _preview(params: PersonalizedParams, surroundings: Surroundings) -> Steps[Preview]:
    people = params.people
    if params.count:
        return _preview_of_count(params, surroundings)
    texts = params.texts
    times = [person.send_at for person in people]
    same = times[0] if len(set(times)) == 1 else None
    return preview_send(
        Send(
            effect=sentence("Send personalized SMS"),
            mobiles=[person.mobile for person in people],
            price=price_of_each(texts, [person.mobile for person in people]),
            text=_shown(texts),
            subject=params.subject,
            send_at=same,
            emails=params.emails,
            warnings=(
                *_unseen(texts),
                *_people_cautions(params, people),
                *text_cautions(texts),
                *booking_caution(same, "erase_sms_booking"),
                *(overflow_cautions(max(texts, key=units)) if params.dry_run else ()),
            ),
        )
    )


def _preview_of_count(params: PersonalizedParams, surroundings: Surroundings) -> Steps[Preview]:
    """The price of the template as it stands, to so many people."""
    template, count = params.template, params.count
    if not template:
        raise InvalidArgumentError("template", "needed to price a count.", "Give the common template.")
    return preview_send(
        Send(
            effect=sentence("Send personalized SMS"),
            mobiles=(),
            count=count,
            price=price_by_count(template, count),
            text=template,
            subject=params.subject,
            send_at=None,
            warnings=(
                *text_cautions([PLACEHOLDER.sub(_FILLED_IN, template)]),
                "Priced as the template stands: what is filled in can make the texts longer, and dearer.",
                *count_cautions(count, surroundings),
                *overflow_cautions(template),
            ),
        )
    )


def _shown(texts: Sequence[str]) -> str:
    """The texts as they go out, whether a template made them or not: a template would hide them."""
    return "\n\n".join(f"#{number}\n{text}" for number, text in enumerate(_seen(texts), 1))


def _seen(texts: Sequence[str]) -> list[str]:
    """The different texts, as many as fit; the first always does."""
    different = list(dict.fromkeys(texts))[:_SHOWN]
    ends = accumulate(map(len, different))
    return [text for text, end in zip(different, ends, strict=True) if end <= _SHOWN_CHARACTERS]


def _unseen(texts: Sequence[str]) -> tuple[str, ...]:
    unseen = len(set(texts)) - len(_seen(texts))
    said = sentence(
        "Different texts that are not shown here: {count}. `campaign-ops-mcp approvals --texts` shows all.",
        count=unseen,
    )
    return (said,) if unseen > 0 else ()


def _people_cautions(params: PersonalizedParams, people: Sequence[Recipient]) -> tuple[str, ...]:
    mobiles = [person.mobile for person in people]
    repeated = len(mobiles) - len(set(mobiles))
    times = {person.send_at for person in people}
    found = [
        *recipient_cautions(len(params.recipients) - len(people), mobiles),
        *(
            [sentence("Messages to a number that gets another one too: {count}.", count=repeated)]
            if repeated
            else []
        ),
        *([sentence("The send times differ; those without one are sent at once.")] if len(times) > 1 else []),
    ]
    return tuple(found)


def _audience(params: PersonalizedParams, _surroundings: Surroundings) -> Audience:
    people = params.people
    return Audience(
        recipients=tuple(person.mobile for person in people),
        emails=params.emails,
        texts=tuple(dict.fromkeys(params.texts)),
        send_times=tuple(dict.fromkeys(person.send_at for person in people)),
        messages=params.messages,
    )


SEND_PERSONALIZED_SMS = Action(
    name="send_personalized_sms",
    title="Send personalized SMS",
    description=(
        "Send each customer their own SMS or reminder: a template filled with name, date or amount, or "
        "whole texts. Costs points; final once sent. For a common text use send_sms. 參數簡訊、個人化簡"
        "訊：每位客戶內容不一樣，各發自己的，帶入姓名、時間。"
    ),
    toolset="sms",
    vendor="every8d",
    section="EVERY8D 1.5",
    risk=Risk.SPEND,
    params=PersonalizedParams,
    result=SendResult,
    build=_build,
    parse=_parse,
    check=check_receipt,
    preview=_preview,
    audience=_audience,
)
