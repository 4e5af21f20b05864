"""What an operator wants to know in the morning, for the operations of the desk: figures, without words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """Of messages that ended: how many arrived, and how many did not."""

    delivered: int
    failed: int

    @property
    def ended(self) -> int:
        """All of them."""
        return self.delivered + self.failed


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropped:
    """A batch that did worse than the mean."""

    batch_id: str
    arrived: Arrived


@dataclass(frozen=True, slots=True, kw_only=True)
class Morning:
    """What went out since `since`, the month before it, and what waits."""

    since: datetime
    batches: int
    recipients: int
    replies: int
    arrived: Arrived
    before: Arrived
    """Of the 30 days before."""
    dropped: Sequence[Dropped]
    unknown: int
    approvals: int
    opt_outs: int
    spent: Decimal
    """Points of the last `spent_days` days, by our ledger."""
    spent_days: int
    paused: Sequence[str]
    """Launches that were paused here and not resumed since."""
    standing: Sequence[str]
    """Campaigns that wait for a person: paused ones, and those whose trial is out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """The points left; None where no account is configured, or the vendor did not say."""

    points: Decimal | None
    configured: bool


class BriefDesk(Protocol):
    """The caller's morning."""

    async def morning(self) -> Morning:
        """What the records and the ledger hold of it."""
        ...

    async def left(self) -> Left:
        """The points left at EVERY8D: one query where an account is configured; a failure is no error."""
        ...
