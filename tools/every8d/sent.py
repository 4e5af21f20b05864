"""What a send of the ledger was, from its tool and its arguments alone: whom it reached, with what words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from pydantic import ValidationError

from tools.cleaning import clean
from tools.every8d.recipients import unique
from tools.every8d.send_mms import SEND_MMS, SendMmsParams
from tools.every8d.send_personalized_sms import SEND_PERSONALIZED_SMS, PersonalizedParams, keys_of
from tools.every8d.send_sms import SEND_SMS, SendSmsParams
from tools.every8d.send_sms_deduplicated import SEND_SMS_DEDUPLICATED
from tools.every8d.send_sms_with_message_id import SEND_SMS_WITH_MESSAGE_ID, MessageIdParams

Kind = Literal["sms", "mms"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressed:
    """One message: E.164, the name if one was given, the record's key at the vendor (MR), and the text."""

    mobile: str
    name: str = ""
    record: str = ""
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SentMessages:
    """A send's messages. `text` is the template, or the first text where each has its own.

    `send_at` is when the first of those that are booked goes out, `last_at` the last.
    """

    kind: Kind
    subject: str
    text: str
    send_at: datetime | None
    last_at: datetime | None
    messages: tuple[Addressed, ...]


def sent_messages(tool: str, arguments: Mapping[str, object], reference: str) -> SentMessages | None:
    """The messages of a send; None when this tool sends nothing by itself, or took other arguments then.

    `reference` is the action's, which the keys of a personalized send's records begin with.
    """
    try:
        return _messages_of(tool, dict(arguments), reference)
    except ValidationError:
        # An earlier version took them: one send that cannot be read is no reason to know of no other.
        return None


def booked_after(tool: str, arguments: Mapping[str, object], moment: datetime) -> list[datetime] | None:
    """The later times of the messages of a send that has one for each; None for any other send."""
    if tool != SEND_PERSONALIZED_SMS.name:
        return None
    try:
        people = PersonalizedParams.model_validate(dict(arguments)).people
    except ValidationError:
        return None
    return [person.send_at for person in people if person.send_at is not None and person.send_at > moment]


def _messages_of(tool: str, given: dict[str, object], reference: str) -> SentMessages | None:
    if tool in (SEND_SMS.name, SEND_SMS_DEDUPLICATED.name):
        return _to_all("sms", SendSmsParams.model_validate(given))
    if tool == SEND_MMS.name:
        return _to_all("mms", SendMmsParams.model_validate(given))
    if tool == SEND_SMS_WITH_MESSAGE_ID.name:
        return _to_one(MessageIdParams.model_validate(given))
    if tool == SEND_PERSONALIZED_SMS.name:
        return _to_each(PersonalizedParams.model_validate(given), reference)
    return None


def _to_all(kind: Kind, params: SendSmsParams | SendMmsParams) -> SentMessages:
    each = (Addressed(mobile=mobile, text=params.text) for mobile in unique(params.recipients))
    return SentMessages(
        kind=kind,
        subject=clean(params.subject),
        text=params.text,
        send_at=params.send_at,
        last_at=params.send_at,
        messages=tuple(each),
    )


def _to_one(params: MessageIdParams) -> SentMessages:
    return SentMessages(
        kind="sms",
        subject=clean(params.subject),
        text=params.text,
        send_at=params.send_at,
        last_at=params.send_at,
        messages=(Addressed(mobile=params.recipient, text=params.text),),
    )


def _to_each(params: PersonalizedParams, reference: str) -> SentMessages:
    people = params.people
    booked = [person.send_at for person in people if person.send_at is not None]
    each = (
        Addressed(mobile=person.mobile, name=person.name, record=key, text=text)
        for person, text, key in zip(people, params.texts, keys_of(people, reference), strict=True)
    )
    messages = tuple(each)
    return SentMessages(
        kind="sms",
        subject=clean(params.subject),
        text=params.template or messages[0].text,
        send_at=min(booked, default=None),
        last_at=max(booked, default=None),
        messages=messages,
    )
