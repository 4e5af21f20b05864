"""Erasing bookings, 3.2 and 3.3 (003_), with the codes that client code knows."""

import re
from datetime import timedelta
from decimal import Decimal

from server.sandbox.every8d.login import RefusedError
from server.sandbox.every8d.query import find_batch
from server.sandbox.state.accounts import Account
from server.sandbox.state.messages import BOOKED, ERASED, Batch, Kind, Message
from server.sandbox.vendor_call import VendorCall
from server.sandbox.world import World

_BATCH_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII | re.IGNORECASE)
TOO_LATE = timedelta(seconds=60)


def erase_sms(world: World, account: Account, call: VendorCall) -> str:
    """3.2: `a,b`, rows erased and points returned."""
    return _erase(world, account, call, "sms")


def erase_mms(world: World, account: Account, call: VendorCall) -> str:
    """3.3: as 3.2."""
    return _erase(world, account, call, "mms")


def _erase(world: World, account: Account, call: VendorCall, kind: Kind) -> str:
    if not _BATCH_ID.fullmatch(call.get("BID").strip()):
        raise RefusedError(-3, "查無此批次")
    batch = find_batch(world, account, call, kind)
    if batch is None:
        return ""
    rows = _erasable(world, batch)
    returned = sum((message.cost for message in rows), Decimal(0))
    for message in rows:
        message.status = ERASED
    account.credit += returned
    return f"{len(rows)},{returned:.1f}" if account.legacy else f"{len(rows)},{returned:.0f}"


def _erasable(world: World, batch: Batch) -> list[Message]:
    """Booked rows that do not leave within a minute. Raises RefusedError -4 or -8."""
    booked = [message for message in batch.messages if message.status == BOOKED]
    if not booked:
        raise RefusedError(-4, "批次已刪除或已發送")
    rows = [message for message in booked if message.send_time - world.clock.now() > TOO_LATE]
    if not rows:
        raise RefusedError(-8, "即將發送，目前無法取消")
    return rows
