"""Send one text to many numbers (EVERY8D 1.1)."""

from pydantic import Field

from tools.every8d.cautions import booking_caution, recipient_cautions, text_cautions
from tools.every8d.charging import price_by_count, sms_price
from tools.every8d.counted import Count, count_cautions
from tools.every8d.overflow import overflow_cautions
from tools.every8d.previews import Send, preview_send
from tools.every8d.receipt_check import check_receipt
from tools.every8d.receipts import SendResult, accepted, read_receipt, send_result
from tools.every8d.recipients import Recipients, dest, unique
from tools.every8d.texts import SmsParams, sms_fields
from tools.operation import Action, Audience, Preview, Reply, Request, Risk, Steps, Surroundings
from tools.same_text import same_to_all
from tools.sentence import sentence


class SendSmsParams(SmsParams):
    """One text and the numbers that get it."""

    count: Count = 0
    recipients: Recipients = Field(default=[])


def _build(params: SendSmsParams, surroundings: Surroundings) -> Request:
    fields = sms_fields(params, dest(params.recipients, surroundings), surroundings)
    return Request(vendor="every8d", path="API21/HTTP/sendSMS.ashx", fields=fields)


def _parse(reply: Reply, _params: SendSmsParams, _surroundings: Surroundings) -> SendResult:
    return send_result(accepted(read_receipt(reply, fields=(5,))))


def preview_sms(params: SendSmsParams, surroundings: Surroundings) -> Steps[Preview]:
    """What a person sees before one text goes to many numbers (1.1, 1.3)."""
    mobiles, count, text = unique(params.recipients), params.count, params.text
    return preview_send(
        Send(
            effect=sentence("Send an SMS"),
            mobiles=mobiles,
            count=count,
            price=price_by_count(text, count) if count else sms_price(text, mobiles),
            text=text,
            subject=params.subject,
            send_at=params.send_at,
            warnings=(
                *recipient_cautions(len(params.recipients) - len(mobiles), mobiles),
                *text_cautions([text]),
                *booking_caution(params.send_at, "erase_sms_booking"),
                *count_cautions(count, surroundings),
                *(overflow_cautions(text) if params.dry_run else ()),
            ),
        )
    )


def audience_of_sms(params: SendSmsParams, _surroundings: Surroundings) -> Audience:
    """Whom it reaches."""
    each = unique(params.recipients)
    return Audience(
        recipients=each,
        texts=(params.text,),
        send_times=(params.send_at,),
        messages=same_to_all(each, params.text, params.send_at),
    )


SEND_SMS = Action(
    name="send_sms",
    title="Send SMS",
    description=(
        "Send (text) an SMS message, reminder or promo, the same to one or many people (numbers, "
        "customers), at once or scheduled, tomorrow say. Costs points; final once sent. dry_run tells "
        "the cost and parts. For texts that differ use send_personalized_sms. 發簡訊、預約簡訊：群發一"
        "則給客戶、會員、這些號碼，立即或明天早上發，可先發幾個人試試；要多少點。"
    ),
    toolset="sms",
    vendor="every8d",
    section="EVERY8D 1.1",
    risk=Risk.SPEND,
    params=SendSmsParams,
    result=SendResult,
    build=_build,
    parse=_parse,
    check=check_receipt,
    preview=preview_sms,
    audience=audience_of_sms,
)
