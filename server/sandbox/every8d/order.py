"""Taking an order: each recipient is judged, charged, kept and put on the clock."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from server.sandbox.charging import sms_points
from server.sandbox.delivery import schedule
from server.sandbox.phone_numbers import Number, read_number
from server.sandbox.state.accounts import Account
from server.sandbox.state.messages import (
    BAD_NUMBER,
    BOOKED,
    HANDED_OVER,
    INTERNATIONAL_OFF,
    NO_CREDIT,
    Batch,
    Kind,
    Message,
)
from server.sandbox.world import World

_FREE = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """One text to one number; `refused_with` is a status of 2.2 that it gets at once."""

    given: str
    text: str
    send_time: datetime | None = None
    name: str = ""
    record: str = ""
    message_id: str = ""
    refused_with: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A call of a send endpoint; `mms_points` is the price of each MMS."""

    endpoint: str
    subject: str
    recipients: tuple[Recipient, ...]
    kind: Kind = "sms"
    mms_points: Decimal = _FREE


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """CREDIT,SENDED,COST,UNSEND,BATCH_ID."""

    credit: Decimal
    sent: int
    cost: Decimal
    unsent: int
    batch_id: str

    def line(self, account: Account) -> str:
        """The receipt as the platform writes it: COST is 4, or 4.0 on older hosts."""
        cost = f"{self.cost:.1f}" if account.legacy else f"{self.cost:.0f}"
        return f"{self.credit:.2f},{self.sent},{cost},{self.unsent},{self.batch_id}"


def place(world: World, account: Account, order: Order) -> Receipt:
    """Keep the order's messages and charge them now, bookings too."""
    now = world.clock.now()
    batch = Batch(
        batch_id=str(uuid.uuid4()),
        uid=account.uid,
        kind=order.kind,
        subject=order.subject,
        endpoint=order.endpoint,
        created=now,
    )
    world.batches[batch.batch_id] = batch
    for place_in_batch, recipient in enumerate(order.recipients, 1):
        message = _take(account, order, recipient, str(place_in_batch), now)
        batch.messages.append(message)
        schedule(world, batch, message)
    return _receipt(account, batch)


def _take(account: Account, order: Order, recipient: Recipient, record: str, now: datetime) -> Message:
    number = read_number(recipient.given)
    points = order.mms_points if order.kind == "mms" else sms_points(number, recipient.text)
    refused_with = _refusal(account, order.kind, recipient, number, points)
    send_time = max(recipient.send_time or now, now)
    status = BOOKED if send_time > now else HANDED_OVER
    cost = _FREE if refused_with is not None else points
    account.credit -= cost
    return Message(
        mobile=number.listed,
        text=recipient.text,
        name=recipient.name,
        record=recipient.record or record,
        message_id=recipient.message_id,
        ordered=now,
        send_time=send_time,
        cost=cost,
        status=status if refused_with is None else refused_with,
        refused=refused_with is not None,
    )


def _refusal(
    account: Account, kind: Kind, recipient: Recipient, number: Number, points: Decimal
) -> int | None:
    if recipient.refused_with is not None:
        return recipient.refused_with
    if number.kind == "invalid" or (number.kind == "international" and kind == "mms"):
        return BAD_NUMBER
    if number.kind == "international" and not account.international:
        return INTERNATIONAL_OFF
    return NO_CREDIT if points > account.credit else None


def _receipt(account: Account, batch: Batch) -> Receipt:
    unsent = sum(message.status == NO_CREDIT for message in batch.messages)
    return Receipt(
        credit=account.credit,
        sent=len(batch.messages) - unsent,
        cost=sum((message.cost for message in batch.messages), _FREE),
        unsent=unsent,
        batch_id=batch.batch_id,
    )
