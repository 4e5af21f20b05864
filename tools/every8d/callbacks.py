"""A callback of 2.1, from bytes to an event: pure, so that the receiver and the list read it alike."""

import re
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from urllib.parse import unquote_to_bytes

from tools.every8d.codes import Status, StatusClass, read_status
from tools.mobile import from_vendor
from tools.operation import Result
from tools.taipei import read_row_time
from tools.values import MobileNumber, OutsideText, PersonName, Points, Timestamp

PATH = "/callbacks/every8d"
"""Where reports are received: of the URL that the vendor is given, what stands before the secret."""
REPLY = 999
_ENCODINGS = ("utf-8", "cp950")
"""An account is set to UTF-8 or Big5; Windows means code page 950 by the latter."""
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:\.?\d{3})?", re.ASCII)
_MOST_FIELDS = 40
_CODE = re.compile(r"-?[0-9]{1,5}")
_AMOUNT = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,4})?")


class DeliveryEvent(Result):
    """One callback: the state of one message, or, when `reply` is not empty, what its recipient answered."""

    batch_id: OutsideText
    mobile: MobileNumber
    name: PersonName
    reported_at: Timestamp | None = None
    status_code: int | None = None
    status: str
    status_class: StatusClass
    is_reply: bool
    reply: OutsideText
    message_key: OutsideText
    """MR: our key of 1.5, or the vendor's number of the message in its batch."""
    message_id: OutsideText
    subject: OutsideText
    sent_at: Timestamp | None = None
    points: Points | None = None


def read_callback_fields(encoded: bytes) -> dict[str, str]:
    """The fields of a query string or form body, under upper-case names; of a repeated one the first.

    All values are UTF-8, or else all are Big5; bytes that are neither become U+FFFD, since a callback that
    is refused for its reply's text would be sent ten times and then be lost.

    Raises:
        ValueError: more than 40 fields.
    """
    parts = [part.partition(b"=") for part in encoded.replace(b"+", b" ").split(b"&") if part]
    if len(parts) > _MOST_FIELDS:
        raise ValueError(f"A callback with at most {_MOST_FIELDS} fields was expected.")
    raw = [(_percent(name), _percent(value)) for name, _, value in parts]
    # A line break is no second byte of Big5: no character is made of the ends of two values.
    encoding, errors = _encoding(b"\n".join(part for pair in raw for part in pair))
    found: dict[str, str] = {}
    for name, value in raw:
        found.setdefault(name.decode(encoding, errors).upper(), value.decode(encoding, errors))
    return found


def _percent(part: bytes) -> bytes:
    return unquote_to_bytes(part) if b"%" in part else part


def _encoding(joined: bytes) -> tuple[str, str]:
    for encoding in _ENCODINGS:
        try:
            joined.decode(encoding)
        except UnicodeDecodeError:
            continue
        return encoding, "strict"
    return "utf-8", "replace"


def read_event(fields: Mapping[str, str]) -> DeliveryEvent:
    """The event that a callback's fields tell of; names are taken without case, absent ones are empty.

    SM is a reply only when STATUS is 999; on a delivery report it holds the text that was sent.
    """
    given = {name.upper(): value for name, value in fields.items()}
    code = _number(given.get("STATUS", ""))
    status = read_status(code)
    return DeliveryEvent(
        batch_id=given.get("BATCHID", "").strip(),
        mobile=mobile_of(given.get("RM", "")),
        name=given.get("NAME", "").strip(),
        reported_at=moment_of(given.get("RT", "")),
        status_code=code,
        status=status.meaning,
        status_class=status.kind,
        is_reply=code == REPLY,
        reply=given.get("SM", "") if code == REPLY else "",
        message_key=given.get("MR", "").strip(),
        message_id=given.get("MSGID", "").strip(),
        subject=given.get("SUBJECT", ""),
        sent_at=moment_of(given.get("ST", "")),
        points=points_of(given.get("CHARGE", "")),
    )


def mobile_of(written: str) -> str:
    """RM, whose `+` arrives as a space when the vendor forgot to escape it."""
    return from_vendor("+" + written.strip() if written.startswith(" ") else written)


def moment_of(written: str) -> datetime | None:
    """`20090210120000`, with or without milliseconds, or a time as rows have it."""
    found = _COMPACT.fullmatch(written.strip())
    return read_row_time("{}-{}-{} {}:{}:{}".format(*found.groups()) if found else written)


def status_of(written: str) -> tuple[int | None, Status]:
    """STATUS as it was kept, and what it means."""
    code = _number(written)
    return code, read_status(code)


def _number(written: str) -> int | None:
    digits = written.strip()
    return int(digits) if _CODE.fullmatch(digits) else None


def points_of(written: str) -> Decimal | None:
    """CHARGE; None where it is no amount."""
    return Decimal(written.strip()) if _AMOUNT.fullmatch(written.strip()) else None
