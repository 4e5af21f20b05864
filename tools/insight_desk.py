"""What the server tells of many messages at once, for the operations of the desk: figures, without words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal, Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """Which batches are meant; all that is given must hold. Nothing given: the newest batch alone."""

    batch_id: str = ""
    day: date | None = None
    words: str = ""
    since: datetime | None = None

    @property
    def newest(self) -> bool:
        """Whether nothing was given."""
        return not (self.batch_id or self.day or self.words or self.since)


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
    reduced: dict[str, int]
    """Messages by state, of batches whose messages were reduced to counts."""
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
    """How asking the vendor anew went: batches asked, those that were not, and what stopped it."""

    asked: int
    left: int
    stopped: Literal["", "vendor", "time", "account"] = ""


class InsightDesk(Protocol):
    """Figures over the caller's batches."""

    async def refresh(self, chosen: Chosen) -> Refreshed:
        """Ask the vendor for the chosen batches anew, newest first, as far as a call's time allows."""
        ...

    async def delivery(self, chosen: Chosen, examples: int) -> DeliveryFigures:
        """What became of the chosen batches, with at most so many numbers that failed, of all codes."""
        ...
