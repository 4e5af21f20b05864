"""What a send answers (EVERY8D 1.1 to 1.5)."""

from collections.abc import Collection

from tools.every8d.answers import refused, text_of
from tools.operation import Reply, Result
from tools.sentence import sentence
from tools.values import Points, Timestamp
from tools.wire.csv_line import SendReceipt, read_send_receipt
from tools.wire.refusal import Refusal

NOTHING_SENT = sentence("Nothing was sent.")


class SendResult(Result):
    """An accepted send. Accepted is not delivered: the delivery query tells that."""

    credit: Points | None = None
    """Points left."""
    sent: int
    """Messages accepted."""
    points: Points
    """Points charged."""
    unsent: int
    """Messages left out for lack of points."""
    batch_id: str | None = None
    undo_until: Timestamp | None = None
    """Until when undo_send takes it back."""
    note: str | None = None


def read_receipt(reply: Reply, *, fields: Collection[int]) -> SendReceipt | Refusal:
    """The receipt of a form send with that many fields, or the vendor's refusal.

    Raises:
        UnreadableReply: neither of the two; whether anything was sent is unknown.
    """
    return read_send_receipt(text_of(reply), fields=fields)


def accepted(receipt: SendReceipt | Refusal) -> SendReceipt:
    """The receipt.

    Raises:
        RefusedError: the vendor refused, so nothing was sent.
    """
    if isinstance(receipt, Refusal):
        raise refused(receipt, NOTHING_SENT)
    return receipt


def send_result(receipt: SendReceipt) -> SendResult:
    """What the user needs of a receipt."""
    return SendResult(
        credit=receipt.credit,
        sent=receipt.sent,
        points=receipt.points,
        unsent=receipt.unsent,
        batch_id=receipt.batch_id,
        note=note(receipt),
    )


def note(receipt: SendReceipt) -> str | None:
    """What the figures alone would hide: that nothing or a part was not sent, or that it was not charged."""
    if not receipt.sent and not receipt.unsent:
        return f"{NOTHING_SENT} The vendor took the call and no message of it."
    if not receipt.sent:
        return f"{NOTHING_SENT} The points ran out: {receipt.unsent} left out."
    if receipt.unsent:
        return f"Not sent, as the points ran out: {receipt.unsent}."
    if not receipt.points:
        return "Accepted and not charged: the numbers may be invalid. Check the delivery."
    return None
