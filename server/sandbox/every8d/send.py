"""The text endpoints 1.1, 1.3 and 1.4 (003_)."""

import re
from datetime import datetime, timedelta

from server.sandbox.every8d.fields import read_numbers, read_send_time, read_text, refuse_event
from server.sandbox.every8d.login import RefusedError
from server.sandbox.every8d.order import Order, Recipient, place
from server.sandbox.phone_numbers import read_number
from server.sandbox.state.accounts import Account
from server.sandbox.vendor_call import VendorCall
from server.sandbox.world import World

_FILTER_WINDOW = timedelta(hours=24)
_MESSAGE_ID = re.compile(r"\d{20}", re.ASCII)


def send_sms(world: World, account: Account, call: VendorCall) -> str:
    """1.1: CREDIT,SENDED,COST,UNSEND,BATCH_ID."""
    return place(world, account, _order(call)).line(account)


def send_filtered(world: World, account: Account, call: VendorCall) -> str:
    """1.3: five fields, and a sixth with what was filtered; -98 and the numbers when nothing is left."""
    order = _order(call)
    recipients, filtered = _split(world, account, order.recipients)
    failed = "/".join(filtered)
    if not recipients:
        raise RefusedError(-98, failed)
    receipt = place(world, account, _order_of(call, recipients))
    line = receipt.line(account)
    return f"{line},{failed}" if filtered else line


def send_with_id(world: World, account: Account, call: VendorCall) -> str:
    """1.4: one number, and the caller's MSGID as the sixth field."""
    order = _order(call)
    message_id = call.get("MSGID")
    if len(order.recipients) > 1:
        raise RefusedError(-27, "僅能填入一支電話號碼")
    if not _MESSAGE_ID.fullmatch(message_id):
        raise RefusedError(-99, "MSGID格式錯誤")
    return f"{place(world, account, order).line(account)},{message_id}"


def _order(call: VendorCall) -> Order:
    refuse_event(call)
    text = read_text(call)
    numbers = read_numbers(call)
    send_time = read_send_time(call)
    message_id = call.get("MSGID")
    return _order_of(
        call,
        tuple(
            Recipient(given=each, text=text, send_time=send_time, message_id=message_id) for each in numbers
        ),
    )


def _order_of(call: VendorCall, recipients: tuple[Recipient, ...]) -> Order:
    return Order(endpoint=call.last_segment, subject=call.get("SB"), recipients=recipients)


def _split(
    world: World, account: Account, recipients: tuple[Recipient, ...]
) -> tuple[tuple[Recipient, ...], tuple[str, ...]]:
    """Those to send to, and the numbers that had this text within 24 hours, by any endpoint."""
    now = world.clock.now()
    seen = _seen(world, account, max(recipients[0].send_time or now, now), recipients[0].text)
    kept: list[Recipient] = []
    filtered: list[str] = []
    for recipient in recipients:
        listed = read_number(recipient.given).listed
        if listed in seen:
            filtered.append(recipient.given)
        else:
            kept.append(recipient)
            seen.add(listed)
    return tuple(kept), tuple(filtered)


def _seen(world: World, account: Account, send_time: datetime, text: str) -> set[str]:
    return {
        message.mobile
        for batch in world.batches.values()
        if batch.uid == account.uid and batch.kind == "sms"
        for message in batch.messages
        if message.sent and message.text == text and abs(send_time - message.send_time) < _FILTER_WINDOW
    }
