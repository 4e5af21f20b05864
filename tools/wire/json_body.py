"""The JSON answers of EVERY8D: the receipt of section 1.5 and the delivery reports of newer hosts."""

from decimal import Decimal
from typing import cast

from tools.wire.csv_line import SendReceipt, certain, read_send_receipt
from tools.wire.errors import UnreadableReply
from tools.wire.json_text import read_json
from tools.wire.page import Page, delivery_row
from tools.wire.refusal import Refusal, members, read_refusal, refusal_in, truth

__all__ = ["read_delivery_json", "read_json", "read_send_json"]

_MAX_TOTAL_DIGITS = 9


def read_send_json(text: str) -> SendReceipt | Refusal:
    """Return the receipt of a personalised send (document 003, section 1.5), or the vendor's refusal.

    Names are taken without case. Msg has the five values of a receipt, though the document lists four.
    Raises UnreadableReply when Result is true and Status is not 0 or Msg is not a whole receipt, and when
    Result is neither true nor false.
    """
    answer = _answer(text)
    if isinstance(answer, Refusal):
        return certain(answer, text)
    # Later versions print a success without Status; Msg is then all there is, and it must be whole.
    if truth(answer.get("result")) is not True or str(answer.get("status", "0")).strip() != "0":
        raise UnreadableReply("Result true and Status 0, or Result false, were expected.")
    message = answer.get("msg")
    receipt = read_send_receipt(message, fields=(5,)) if isinstance(message, str) else None
    if not isinstance(receipt, SendReceipt):
        raise UnreadableReply("A receipt of five values was expected in Msg.")
    return receipt


def read_delivery_json(text: str) -> Page | Refusal:
    """Return a page of delivery reports in JSON (RESPFORMAT=1 of newer hosts), or the vendor's refusal.

    A row is (name, mobile, send_time, cost, status, received_time, mr), values as the vendor writes them:
    text or number there, text here; dates with `/` or `-`. DATA is absent when there are no rows.
    Raises UnreadableReply for any other shape.
    """
    answer = _answer(text)
    if isinstance(answer, Refusal):
        return answer
    total = _text(answer.get("sms_count")).strip()
    if not (total.isascii() and total.isdecimal() and len(total) <= _MAX_TOTAL_DIGITS):
        raise UnreadableReply("A whole number was expected in SMS_COUNT.")
    data = answer.get("data")
    if data is None:
        return Page(total=int(total), rows=())
    if not isinstance(data, list):
        raise UnreadableReply("A list of delivery reports was expected in DATA.")
    return Page(total=int(total), rows=tuple(_row(item) for item in cast("list[object]", data)))


def _answer(text: str) -> dict[str, object] | Refusal:
    if text.lstrip("\ufeff \r\n\t").startswith("{"):
        answer = members(read_json(text))
        return refusal_in(answer) or answer
    refusal = read_refusal(text)
    if refusal is None:
        raise UnreadableReply("A JSON object or a refusal was expected.")
    return refusal


def _row(item: object) -> tuple[str, ...]:
    return delivery_row({name: _text(value) for name, value in members(item).items()})


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise UnreadableReply("A text or a number was expected in each place of a delivery report.")
    return str(value)
