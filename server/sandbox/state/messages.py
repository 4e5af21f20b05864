"""What EVERY8D keeps of a send: batches, messages, replies."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Literal

Kind = Literal["sms", "mms"]

HANDED_OVER = 0
DELIVERED = 100
BOOKED = 300
NO_CREDIT = 301
ERASED = 303
INTERNATIONAL_OFF = 500
SENT_MMS = 700
REPLIED = 999
BAD_PARAMETER = -1
BAD_NUMBER = -3
BAD_SEND_TIME = -6


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A text that somebody sent back; `sender` is whose number the platform has it from."""

    text: str
    received: datetime
    sender: str


@dataclass(slots=True, kw_only=True)
class Message:
    """One text to one number. Mutable: its status follows the clock."""

    mobile: str
    text: str
    name: str
    record: str
    message_id: str
    ordered: datetime
    send_time: datetime
    cost: Decimal
    status: int
    refused: bool = False
    received: datetime | None = None
    replies: list[Reply] = field(default_factory=list[Reply])

    @property
    def sent(self) -> bool:
        """Whether the text has left, or will leave, the platform."""
        return not self.refused and self.status != ERASED


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """One accepted call of a send endpoint."""

    batch_id: str
    uid: str
    kind: Kind
    subject: str
    endpoint: str
    created: datetime
    messages: list[Message] = field(default_factory=list[Message])
