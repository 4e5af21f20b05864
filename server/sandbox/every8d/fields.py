"""The fields that the send endpoints share (003_ 1.1)."""

import re
from datetime import datetime

from server.sandbox.clock import TAIPEI
from server.sandbox.every8d.login import RefusedError
from server.sandbox.vendor_call import VendorCall

_COMPACT = "%Y%m%d%H%M%S"
_COMPACT_SHAPE = re.compile(r"\d{14}", re.ASCII)
_SPOILED_PLUS = " 886"
_END_OF_TIME = datetime(9999, 1, 1, tzinfo=TAIPEI)


def read_text(call: VendorCall) -> str:
    """MSG. Raises RefusedError -24 when it is empty."""
    text = call.get("MSG")
    if not text:
        raise RefusedError(-24, "簡訊內容不得為空")
    return text


def read_numbers(call: VendorCall) -> tuple[str, ...]:
    """DEST. Raises RefusedError -41 without the field, -27 when a number is empty or lost its plus."""
    if not call.has("DEST"):
        raise RefusedError(-41, "未輸入電話號碼")
    numbers = call.get("DEST").split(",")
    if any(not number.strip() or number.startswith(_SPOILED_PLUS) for number in numbers):
        raise RefusedError(-27, "電話號碼不得為空")
    return tuple(number.strip() for number in numbers)


def read_send_time(call: VendorCall) -> datetime | None:
    """ST. None to send at once. Raises RefusedError -28 when it is not yyyyMMddHHmmss."""
    given = call.get("ST")
    if not given:
        return None
    moment = parse_compact(given)
    if moment is None:
        raise RefusedError(-28, "預約時間格式錯誤")
    return moment


def parse_compact(given: str) -> datetime | None:
    """A yyyyMMddHHmmss in Taipei time; None when it is none."""
    if not _COMPACT_SHAPE.fullmatch(given):
        return None
    try:
        moment = datetime.strptime(given, _COMPACT).replace(tzinfo=TAIPEI)
    except ValueError:
        return None
    return moment if moment < _END_OF_TIME else None


def refuse_event(call: VendorCall) -> None:
    """EventID is allowed for no account here. Raises RefusedError -290."""
    if call.get("EventID"):
        raise RefusedError(-290, "此帳號無法使用EventID")
