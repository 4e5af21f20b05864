"""Send one text, except to numbers that had the same text within 24 hours (EVERY8D 1.3)."""

import re
from collections.abc import Collection
from decimal import Decimal

from tools.every8d.receipt_check import check_receipt
from tools.every8d.receipts import SendResult, accepted, note, read_receipt
from tools.every8d.recipients import dest, unique
from tools.every8d.send_sms import SendSmsParams, audience_of_sms, preview_sms
from tools.every8d.texts import sms_fields
from tools.mobile import from_vendor
from tools.operation import Action, Reply, Request, Risk, Surroundings
from tools.values import MobileNumber
from tools.wire.errors import UnreadableReply
from tools.wire.refusal import Refusal

_ALL_FILTERED = -98
_NUMBER = re.compile(r"\+?\d{5,20}")


class DeduplicatedResult(SendResult):
    """An accepted send, and the numbers that were left out."""

    filtered_numbers: list[MobileNumber]
    """Numbers that had this text within 24 hours, so that nothing was sent to them now."""


def _build(params: SendSmsParams, surroundings: Surroundings) -> Request:
    fields = sms_fields(params, dest(params.recipients, surroundings), surroundings)
    return Request(vendor="every8d", path="API21/HTTP/sendSMS4FilterMessage.ashx", fields=fields)


def _parse(reply: Reply, params: SendSmsParams, _surroundings: Surroundings) -> DeduplicatedResult:
    found = read_receipt(reply, fields=(5, 6, 7))
    if isinstance(found, Refusal) and found.code == _ALL_FILTERED:
        return _all_filtered(found, params)
    receipt = accepted(found)
    return DeduplicatedResult(
        credit=receipt.credit,
        sent=receipt.sent,
        points=receipt.points,
        unsent=receipt.unsent,
        batch_id=receipt.batch_id,
        note=note(receipt),
        filtered_numbers=_numbers(receipt.rest[0]) if receipt.rest else [],
    )


def _all_filtered(refusal: Refusal, params: SendSmsParams) -> DeduplicatedResult:
    """No failure: everybody has the text already, which is what the caller wanted to know."""
    return DeduplicatedResult(
        credit=None,
        sent=0,
        points=Decimal(0),
        unsent=0,
        batch_id=None,
        note="Nothing was sent: every number had this text within 24 hours.",
        filtered_numbers=_numbers(refusal.text) or list(unique(params.recipients)),
    )


def skipped_in(answer: str, recipients: Collection[str]) -> frozenset[str]:
    """Those of the recipients (E.164) whom an answer of 1.3, as the ledger keeps it, left out."""
    try:
        found = read_receipt(Reply(status=200, body=answer.encode()), fields=(5, 6, 7))
    except UnreadableReply:
        return frozenset()
    if isinstance(found, Refusal):
        everybody = found.code == _ALL_FILTERED and not _numbers(found.text)
        told = recipients if everybody else _numbers(found.text) if found.code == _ALL_FILTERED else ()
    else:
        told = _numbers(found.rest[0]) if found.rest else ()
    bare = {number.removeprefix("+") for number in told}
    return frozenset(mobile for mobile in recipients if mobile.removeprefix("+") in bare)


def _numbers(joined: str) -> list[str]:
    written = (part.strip() for part in joined.split("/"))
    return [from_vendor(part) for part in written if _NUMBER.fullmatch(part)]


SEND_SMS_DEDUPLICATED = Action(
    name="send_sms_deduplicated",
    title="Send SMS, no repeats",
    description=(
        "Send an SMS without duplicates: skips (filters) those who already had the same text today, "
        "within 24 hours. Costs points for the others. To repeat a send of unknown outcome use "
        "retry_safely. 過濾24小時內重複名單：同一則不讓人收到兩次，今天收過的不要再發。"
    ),
    toolset="sms",
    vendor="every8d",
    section="EVERY8D 1.3",
    risk=Risk.SPEND,
    params=SendSmsParams,
    result=DeduplicatedResult,
    build=_build,
    parse=_parse,
    check=check_receipt,
    preview=preview_sms,
    audience=audience_of_sms,
)
