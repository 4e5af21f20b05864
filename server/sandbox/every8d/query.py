"""Delivery status 2.2 and 2.3, replies 2.4, credit 3.1 (003_)."""

from collections.abc import Sequence
from datetime import datetime
from typing import TypeVar

from server.sandbox.every8d.formats import as_json, as_xml
from server.sandbox.state.accounts import Account
from server.sandbox.state.messages import Batch, Kind, Message
from server.sandbox.vendor_call import VendorCall
from server.sandbox.world import World

_STATUS_PAGE = 1000
_REPLY_PAGE = 10
_PNO_DIGITS = 40
"""Python refuses to read a number of thousands of digits."""
_PADDED = 20
_SHOWN = "%Y/%m/%d %H:%M:%S"

Item = TypeVar("Item")


def sms_status(world: World, account: Account, call: VendorCall) -> str:
    """2.2: six columns, five on older hosts; JSON or XML by RESPFORMAT."""
    batch = find_batch(world, account, call, "sms")
    messages = batch.messages if batch else []
    if (write := {"1": as_json, "2": as_xml}.get(call.get("RESPFORMAT"))) is not None:
        return write(call.get("BID"), len(messages), _page(messages, call, _STATUS_PAGE))
    rows = [_row(message, account) for message in _page(messages, call, _STATUS_PAGE)]
    if account.legacy:
        rows = [row[:-1] for row in rows]
    return _table(len(messages), rows)


def mms_status(world: World, account: Account, call: VendorCall) -> str:
    """2.3: five columns."""
    batch = find_batch(world, account, call, "mms")
    messages = batch.messages if batch else []
    return _table(len(messages), [_row(each, account)[:-1] for each in _page(messages, call, _STATUS_PAGE)])


def replies(world: World, account: Account, call: VendorCall) -> str:
    """2.4: pages of ten; CONTENT raw, with whatever the recipient typed."""
    batch = find_batch(world, account, call, "sms")
    answered = [
        (message, reply) for message in (batch.messages if batch else []) for reply in message.replies
    ]
    answered.sort(key=lambda pair: pair[1].received)
    rows = [
        (message.name, reply.sender, reply.text, shown(reply.received))
        for message, reply in _page(answered, call, _REPLY_PAGE)
    ]
    return _table(len(answered), rows)


def credit(world: World, account: Account, call: VendorCall) -> str:
    """3.1: the points left."""
    return f"{account.credit:.2f}"


def find_batch(world: World, account: Account, call: VendorCall, kind: Kind) -> Batch | None:
    """The account's own batch of that kind by BID."""
    batch = world.batches.get(call.get("BID").strip().lower())
    return batch if batch and batch.uid == account.uid and batch.kind == kind else None


def shown(moment: datetime | None) -> str:
    """A moment as the platform lists it; empty when it has not come."""
    return moment.strftime(_SHOWN) if moment else ""


def _page(items: Sequence[Item], call: VendorCall, size: int) -> Sequence[Item]:
    given = call.get("PNO").strip()
    number = max(int(given[:_PNO_DIGITS]), 1) if given.isascii() and given.isdigit() else 1
    return items[(number - 1) * size : number * size]


def _row(message: Message, account: Account) -> tuple[str, ...]:
    mobile = message.mobile.ljust(_PADDED) if account.legacy else message.mobile
    times = shown(message.send_time), shown(message.received)
    return message.name, mobile, times[0], f"{message.cost:.1f}", str(message.status), times[1]


def _table(total: int, rows: Sequence[Sequence[str]]) -> str:
    """The total with CRLF, and rows that end with LF; a batch that nobody knows has the total 0."""
    return f"{total}\r\n" + "".join("\t".join(row) + "\n" for row in rows)
