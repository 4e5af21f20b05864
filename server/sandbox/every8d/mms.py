"""1.2 MMS (003_): a picture with a text, Taiwanese numbers only."""

import base64
import binascii

from server.sandbox.charging import LARGEST_MMS, mms_points
from server.sandbox.every8d.fields import read_numbers, read_send_time
from server.sandbox.every8d.login import RefusedError
from server.sandbox.every8d.order import Order, Recipient, place
from server.sandbox.state.accounts import Account
from server.sandbox.vendor_call import VendorCall
from server.sandbox.world import World

_TYPES = frozenset({"jpg", "jpeg", "png"})
_LINE_BREAKS = str.maketrans("", "", "\r\n")


def send_mms(world: World, account: Account, call: VendorCall) -> str:
    """1.2: CREDIT,SENDED,COST,UNSEND,BATCH_ID; its text may be empty (our reading)."""
    text = call.get("MSG")
    size = len(_read_picture(call)) + len(text.encode("utf-8", "replace"))
    if size > LARGEST_MMS:
        raise RefusedError(-314, "附檔超過300KB限制")
    numbers = read_numbers(call)
    send_time = read_send_time(call)
    order = Order(
        endpoint=call.last_segment,
        subject=call.get("SB"),
        recipients=tuple(Recipient(given=each, text=text, send_time=send_time) for each in numbers),
        kind="mms",
        mms_points=mms_points(size),
    )
    return place(world, account, order).line(account)


def _read_picture(call: VendorCall) -> bytes:
    if not call.get("SB"):
        raise RefusedError(-303, "MMS主旨不得為空")
    picture = _decode(call.get("ATTACHMENT"))
    if not picture:
        raise RefusedError(-304, "MMS附檔圖片不得為空")
    if call.get("TYPE").lower() not in _TYPES:
        raise RefusedError(-305, "MMS附檔圖片格式不得為空")
    return picture


def _decode(encoded: str) -> bytes:
    """Strict: a plus that became a space, for want of percent-encoding, spoils the picture."""
    try:
        return base64.b64decode(encoded.translate(_LINE_BREAKS), validate=True)
    except (binascii.Error, ValueError):
        return b""
