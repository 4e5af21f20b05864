"""The comma strings of EVERY8D: a receipt, points, an erased booking, or a refusal."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from tools.wire.errors import UnreadableReply
from tools.wire.refusal import Refusal, read_refusal, trim

__all__ = ["Refusal", "SendReceipt", "read_erase", "read_line", "read_points", "read_send_receipt"]

_AMOUNT = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,4})?")
_COUNT = re.compile(r"[0-9]{1,9}")
_ERASED = re.compile(r"([0-9]{1,9})(?:\.0{1,4})?")
_BATCH_ID = re.compile(r"[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True, kw_only=True)
class SendReceipt:
    """What an accepted send answers: CREDIT, SENDED, COST, UNSEND, BATCH_ID of document 003, section 1.1.

    `credit` is the points left, `sent` the messages accepted, `points` the points charged (0 means accepted
    and not charged), `unsent` the messages left out for lack of points. `rest` is what follows the batch
    id: filtered numbers in 1.3, the message id in 1.4.
    """

    credit: Decimal
    sent: int
    points: Decimal
    unsent: int
    batch_id: str
    rest: tuple[str, ...]


def read_line(text: str, *, fields: Collection[int]) -> tuple[str, ...] | Refusal:
    """Return the fields of a comma string, or the vendor's refusal.

    `fields` are the numbers of fields that may come. Byte order marks and line ends around the line and
    spaces around a field are not part of it. Raises UnreadableReply for any other number of fields, and
    for a control character or a second line.
    """
    refusal = read_refusal(text)
    if refusal is not None:
        return refusal
    line = trim(text)
    found = tuple(field.strip(" ") for field in line.split(","))
    if len(found) not in fields or _CONTROL.search(line):
        expected = " or ".join(str(count) for count in sorted(fields))
        raise UnreadableReply(f"One line of {expected} fields, separated by commas, was expected.")
    return found


def read_send_receipt(text: str, *, fields: Collection[int] = (5, 6, 7)) -> SendReceipt | Refusal:
    """Return the receipt of a send (document 003, sections 1.1 to 1.4), or the vendor's refusal.

    Raises UnreadableReply unless each of the five values is whole; a batch id that was cut off is never
    taken for a success. What a cut leaves of `rest` cannot be told from a short one here: give the one
    number of `fields` that the section has, where it has one; the body's length is the HTTP layer's check.
    """
    found = read_line(text, fields=fields)
    return certain(found, text) if isinstance(found, Refusal) else _receipt(found)


def certain(refusal: Refusal, text: str) -> Refusal:
    """Return a refusal of a send, unless a whole batch id stands in the answer.

    `-5,4,4,0,<batch id>` can be a receipt of an account in debt. Raises UnreadableReply then.
    """
    if _BATCH_ID.search(text):
        raise UnreadableReply(
            "A refusal without a batch id, or a receipt with credit not below zero, was expected."
        )
    return refusal


def read_points(text: str) -> Decimal | Refusal:
    """Return the points left (document 003, section 3.1: `2310.00`), or the vendor's refusal.

    Read as CREDIT in a receipt is: a whole number, or one with up to four decimals. A number that was cut
    cannot be told from a whole one here; the body's length is the HTTP layer's check.
    """
    found = read_line(text, fields=(1,))
    if isinstance(found, Refusal):
        return found
    return _amount(found[0])


def read_erase(text: str) -> tuple[int, Decimal] | Refusal | None:
    """Return the messages erased and the points given back (document 003, sections 3.2 and 3.3).

    None stands for an empty body, in which case the vendor found no booking. The count is never that of a
    cut body; the points can be, since no number of decimals is documented: that, and a body cut to
    nothing, only the HTTP layer can see.
    """
    if not trim(text).strip(" "):
        return None
    found = read_line(text, fields=(2,))
    if isinstance(found, Refusal):
        return found
    erased = _ERASED.fullmatch(found[0])
    if erased is None:
        raise UnreadableReply("A whole number of erased messages was expected.")
    return int(erased[1]), _amount(found[1])


def _receipt(found: tuple[str, ...]) -> SendReceipt:
    credit, sent, points, unsent, batch_id, *rest = found
    if not _BATCH_ID.fullmatch(batch_id):
        raise UnreadableReply("A whole batch id (36 characters) was expected in the fifth place.")
    return SendReceipt(
        credit=_amount(credit),
        sent=_count(sent),
        points=_amount(points),
        unsent=_count(unsent),
        batch_id=batch_id,
        rest=tuple(rest),
    )


def _amount(field: str) -> Decimal:
    if not _AMOUNT.fullmatch(field):
        raise UnreadableReply("A number of points, not below zero, was expected.")
    return Decimal(field)


def _count(field: str) -> int:
    if not _COUNT.fullmatch(field):
        raise UnreadableReply("A whole number of messages, not below zero, was expected.")
    return int(field)
