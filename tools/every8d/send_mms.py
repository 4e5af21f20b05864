"""Send an image with a text to many numbers (EVERY8D 1.2)."""

import base64
from hashlib import sha256
from typing import Annotated

from pydantic import AfterValidator, Field

from tools.cleaning import clean, is_plain_line
from tools.every8d.cautions import booking_caution, recipient_cautions, text_cautions
from tools.every8d.charging import mms_price, units
from tools.every8d.counted import Count, count_cautions
from tools.every8d.images import read_image
from tools.every8d.previews import Send, preview_send
from tools.every8d.receipt_check import check_receipt
from tools.every8d.receipts import SendResult, accepted, read_receipt, send_result
from tools.every8d.recipients import Recipients, check_domestic, dest, unique
from tools.every8d.texts import DEFAULT_VALIDITY, SendAt, ValidityMinutes, send_time
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
from tools.same_text import visible
from tools.sentence import sentence
from tools.values import UNTOLD_LENGTH

_SUBJECT_CHINESE = 15
_SUBJECT_ASCII = 95
_SUBJECT_SURE = 39
_LONGEST_TEXT = 4000


def _check_subject(subject: str) -> str:
    if not subject.strip():
        raise ValueError(sentence("is blank. An MMS needs a subject, which its recipients see."))
    if subject.isascii() and units(subject) > _SUBJECT_ASCII:
        raise ValueError(f"has more than {_SUBJECT_ASCII} characters. Shorten it.")
    if not subject.isascii() and units(subject) > _SUBJECT_CHINESE:
        raise ValueError(
            f"has more than {_SUBJECT_CHINESE} characters, the most when not plain ASCII. Shorten it."
        )
    if not is_plain_line(subject):
        raise ValueError(sentence("has a line break or a control character. Write it on one line."))
    return subject


def _check_text(text: str) -> str:
    if not clean(text).strip():
        raise ValueError(sentence("is blank. An MMS needs a text beside its image."))
    if units(text) > _LONGEST_TEXT:
        raise ValueError(f"has more than {_LONGEST_TEXT} characters (an emoji counts as two). Shorten it.")
    return text


class SendMmsParams(RiskyParams):
    """Subject, text and image, and the numbers that get them."""

    count: Count = 0
    recipients: Recipients = Field(default=[])
    subject: Annotated[
        str, Field(description="Seen by recipients: 15 characters, ASCII 95."), AfterValidator(_check_subject)
    ]
    text: Annotated[
        str,
        Field(max_length=_LONGEST_TEXT, description="Text of the MMS.", json_schema_extra=UNTOLD_LENGTH),
        AfterValidator(_check_text),
    ]
    image: Annotated[str, Field(min_length=1, max_length=255, description="Name of a JPEG or PNG file.")]
    send_at: SendAt = None
    validity_minutes: ValidityMinutes = DEFAULT_VALIDITY


def _build(params: SendMmsParams, surroundings: Surroundings) -> Request:
    check_domestic(params.recipients)
    image = read_image(params.image, params.text, surroundings)
    fields = {
        "SB": params.subject,
        "MSG": params.text,
        "DEST": dest(params.recipients, surroundings),
        "ST": send_time(params.send_at, surroundings),
        "RETRYTIME": str(params.validity_minutes),
        "ATTACHMENT": base64.b64encode(image.content).decode("ascii"),
        "TYPE": image.type,
    }
    return Request(vendor="every8d", path="API21/HTTP/MMS/sendMMS.ashx", fields=fields)


def _parse(reply: Reply, _params: SendMmsParams, _surroundings: Surroundings) -> SendResult:
    return send_result(accepted(read_receipt(reply, fields=(5,))))


def _preview(params: SendMmsParams, surroundings: Surroundings) -> Steps[Preview]:
    mobiles = unique(params.recipients)
    image = read_image(params.image, params.text, surroundings)
    return preview_send(
        Send(
            effect=sentence("Send an MMS"),
            mobiles=mobiles,
            count=params.count,
            price=mms_price(image.size, params.count or len(mobiles)),
            text=params.text,
            subject=params.subject,
            send_at=params.send_at,
            image=f"{params.image} ({image.type}, {len(image.content):,} bytes)",
            warnings=(
                *recipient_cautions(len(params.recipients) - len(mobiles), mobiles),
                *_subject_caution(params.subject),
                *text_cautions([f"{params.subject}\n{params.text}"]),
                *booking_caution(params.send_at, "erase_mms_booking"),
                *count_cautions(params.count, surroundings, abroad=False),
            ),
        )
    )


def _subject_caution(subject: str) -> tuple[str, ...]:
    if len(subject) <= _SUBJECT_SURE:
        return ()
    return (
        sentence(
            "The subject is longer than {count} characters: newer platforms may cut or refuse it.",
            count=_SUBJECT_SURE,
        ),
    )


def _files(params: SendMmsParams) -> tuple[str, ...]:
    return (params.image,)


def _audience(params: SendMmsParams, surroundings: Surroundings) -> Audience:
    each = unique(params.recipients)
    # A file that is not there is refused elsewhere, with a way out.
    image = sha256(surroundings.files.get(params.image, b"")).hexdigest()
    seen = f"MMS {image} {visible(params.subject)}\n{visible(params.text)}"
    return Audience(
        recipients=each,
        texts=(f"{params.subject}\n{params.text}",),
        send_times=(params.send_at,),
        messages=tuple(Message(to, seen, params.send_at) for to in each),
    )


SEND_MMS = Action(
    name="send_mms",
    title="Send MMS",
    description=(
        "Send an MMS (multimedia message: subject, text and a picture, an image or photo up to 300 KB) "
        "to Taiwanese mobile numbers. Costs 3 or 5 points each; final once sent. 發一則 MMS 多媒體簡"
        "訊：附圖片、照片給這些號碼。"
    ),
    toolset="sms",
    vendor="every8d",
    section="EVERY8D 1.2",
    risk=Risk.SPEND,
    params=SendMmsParams,
    result=SendResult,
    build=_build,
    parse=_parse,
    check=check_receipt,
    preview=_preview,
    audience=_audience,
    files=_files,
)
