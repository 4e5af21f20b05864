"""What the server tells of many messages at once, for the operations of the desk: figures, without words."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal, Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """Which batches are meant; all that is given must hold. Nothing given: the newest batch alone."""

    batch_id: str = ""
    campaign_id: str = ""
    """All batches of this campaign."""
    day: date | None = None
    words: str = ""
    since: datetime | None = None

    @property
    def newest(self) -> bool:
        """Whether nothing was given."""
        return not (self.batch_id or self.campaign_id or self.day or self.words or self.since)


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeFigures:
    """The messages of one status. `points` is what the vendor charged, of all but `unpriced` of them."""

    code: int | None
    state: str
    count: int
    points: Decimal
    unpriced: int
    examples: tuple[str, ...] = ()
    """Numbers of some that failed, E.164."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierFigures:
    """The last batches that are like these, in counts: of the same text, or else of the same kind."""

    batches: int
    same_text: bool
    delivered: int
    failed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OneBatch:
    """The batch, where the figures are those of a single one."""

    batch_id: str
    sent_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryFigures:
    """What became of the chosen batches. `ledger_points` is what our ledger has, less what came back."""

    batches: int
    recipients: int
    ledger_points: Decimal
    codes: tuple[CodeFigures, ...]
    """Every message that is kept, by code; most first."""
    reduced: int
    """Batches whose messages were reduced to counts."""
    delays: Sequence[tuple[int, int]]
    """How long messages took to arrive: seconds, and of how many; shortest first."""
    earlier: EarlierFigures | None
    one: OneBatch | None
    asked: int
    """How many of the batches the vendor was asked for, and when for the one longest ago."""
    asked_at: datetime | None
    heard_at: datetime | None
    unknown_batches: int
    unknown_recipients: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Refreshed:
    """How asking the vendor anew went: batches not asked, those not told whole, and what stopped it."""

    left: int
    partly: int = 0
    stopped: Literal["", "vendor", "time", "many", "account"] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadNumber:
    """A number that failed for good in several batches: E.164, how often, when last, and what was charged."""

    mobile: str
    times: int
    last_at: datetime
    code: int | None
    points: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadNumbers:
    """A page of them, and all of them in figures: `points` were charged in the last `days`."""

    page: Sequence[DeadNumber]
    total: int
    points: Decimal
    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PointsOfDay:
    """A sender's sends of a day. `told` is the part of `points` of which the vendor said all prices.

    `points`: by our ledger, less `returned` by erased bookings; `open` of them are of sends whose outcome is
    unknown. `charged`: what the vendor charged for the told part.
    """

    day: date
    sender: str
    sends: int
    points: Decimal
    returned: Decimal
    open: Decimal
    told: Decimal
    charged: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A send for which the vendor charged something else than our ledger has."""

    action_id: str
    batch_id: str
    points: Decimal
    returned: Decimal
    charged: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A month's points. `credit` is what was left before its first send and after its last, if known."""

    days: Sequence[PointsOfDay]
    differences: Sequence[Difference]
    differing: int
    """How many sends differ; `differences` are the largest."""
    elsewhere: Decimal
    """Charged for batches that were sent without this server, as far as they are known."""
    credit: tuple[Decimal, Decimal] | None


class InsightDesk(Protocol):
    """Figures over the caller's batches."""

    async def refresh(self, chosen: Chosen) -> Refreshed:
        """Ask the vendor for the chosen batches anew, newest first, as far as a call's time allows."""
        ...

    async def delivery(self, chosen: Chosen, examples: int) -> DeliveryFigures:
        """What became of the chosen batches, with at most so many numbers that failed, of all codes."""
        ...

    async def dead_numbers(self, codes: Collection[int], page: int, page_size: int) -> DeadNumbers:
        """A page of the numbers that failed with these codes in two or more batches."""
        ...

    async def statement(self, first: date, end: date, differences: int) -> Statement:
        """The points of the days from `first` to before `end`, with so many of the differences."""
        ...
