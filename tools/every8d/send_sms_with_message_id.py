"""Send one text to one number under a message id of one's own (EVERY8D 1.4)."""

import hashlib
from typing import Annotated

from pydantic import Field

from tools.every8d.cautions import booking_caution, recipient_cautions, text_cautions
from tools.every8d.charging import sms_price
from tools.every8d.overflow import overflow_cautions
from tools.every8d.previews import Send, preview_send
from tools.every8d.receipt_check import check_receipt
from tools.every8d.receipts import SendResult, accepted, note, read_receipt
from tools.every8d.recipients import Recipient, dest
from tools.every8d.texts import SmsParams, sms_fields
from tools.operation import Action, Audience, Preview, Reply, Request, Risk, Steps, Surroundings
from tools.same_text import same_to_all
from tools.sentence import sentence
from tools.taipei import iso

_DIGITS = 20


class MessageIdParams(SmsParams):
    """One text, one number, one id."""

    recipient: Recipient
    message_id: Annotated[
        str, Field(pattern=r"^[0-9]{0,20}$", description="Up to 20 digits; made if absent.")
    ] = ""


class MessageIdResult(SendResult):
    """An accepted send, and the id that the callback will carry."""

    message_id: str


def message_id(params: MessageIdParams, surroundings: Surroundings) -> str:
    """MSGID: 20 digits, zeros in front. Made from our reference when the caller has none, so that a look at
    the same action gives the same id; without a reference it is made from the time.
    """
    if params.message_id:
        return params.message_id.zfill(_DIGITS)
    seed = surroundings.reference or iso(surroundings.now)
    number = int.from_bytes(hashlib.sha256(seed.encode()).digest())
    return str(number % 10**_DIGITS).zfill(_DIGITS)


def _build(params: MessageIdParams, surroundings: Surroundings) -> Request:
    fields = sms_fields(params, dest([params.recipient], surroundings), surroundings)
    return Request(
        vendor="every8d",
        path="API21/HTTP/sendSMSWithMsgID.ashx",
        fields={**fields, "MSGID": message_id(params, surroundings)},
    )


def _parse(reply: Reply, params: MessageIdParams, surroundings: Surroundings) -> MessageIdResult:
    receipt = accepted(read_receipt(reply, fields=(5, 6, 7)))
    answered = receipt.rest[-1] if receipt.rest else ""
    asked = message_id(params, surroundings)
    another = _is_id(answered) and answered.lstrip("0") != asked.lstrip("0")
    notes = [
        note(receipt),
        "The vendor answered with another message id than was given." if another else None,
    ]
    return MessageIdResult(
        credit=receipt.credit,
        sent=receipt.sent,
        points=receipt.points,
        unsent=receipt.unsent,
        batch_id=receipt.batch_id,
        note=" ".join(filter(None, notes)) or None,
        message_id=answered if _is_id(answered) else asked,
    )


def _is_id(text: str) -> bool:
    """The document's own example answers 24 digits to 20."""
    return text.isascii() and text.isdecimal() and len(text) <= 2 * _DIGITS


def _preview(params: MessageIdParams, _surroundings: Surroundings) -> Steps[Preview]:
    mobiles = (params.recipient,)
    return preview_send(
        Send(
            effect=sentence("Send an SMS to one number"),
            mobiles=mobiles,
            price=sms_price(params.text, mobiles),
            text=params.text,
            subject=params.subject,
            send_at=params.send_at,
            warnings=(
                *recipient_cautions(0, mobiles),
                *text_cautions([params.text]),
                *booking_caution(params.send_at, "erase_sms_booking"),
                *(overflow_cautions(params.text) if params.dry_run else ()),
            ),
        )
    )


def _audience(params: MessageIdParams, _surroundings: Surroundings) -> Audience:
    each = (params.recipient,)
    return Audience(
        recipients=each,
        texts=(params.text,),
        send_times=(params.send_at,),
        messages=same_to_all(each, params.text, params.send_at),
    )


SEND_SMS_WITH_MESSAGE_ID = Action(
    name="send_sms_with_message_id",
    title="Send SMS with own id",
    description=(
        "Send an SMS to a single number under a message id of your own (MSGID, a reference), which "
        "delivery events carry back. Costs points; final once sent. 自行帶入 MSGID：流水號當訊息編號，"
        "單筆發一則簡訊。"
    ),
    toolset="sms",
    vendor="every8d",
    section="EVERY8D 1.4",
    risk=Risk.SPEND,
    params=MessageIdParams,
    result=MessageIdResult,
    build=_build,
    parse=_parse,
    check=check_receipt,
    preview=_preview,
    audience=_audience,
)
