"""What an operation must know of a campaign that its arguments name."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal, cast

from tools.sentence import Sentence

CampaignState = Literal["planned", "running", "holding", "paused", "cancelled", "done"]
"""As it is kept."""
SeenState = Literal["planned", "running", "holding", "paused", "cancelled", "booked", "done"]
"""As it is told: `booked` is one that the vendor has whole, and of which something is still to go out."""


def seen_state(kept: str, *, ahead: bool) -> SeenState:
    """Its state as it is told; `ahead`: something of it is booked at the vendor, and still to go out."""
    return "booked" if kept == "done" and ahead else cast("SeenState", kept)


MOST_ERASED = 200
"""Bookings that one step erases: 100,000 recipients."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignBooking:
    """A part of a campaign that is booked at the vendor, or may be: then it has no batch."""

    batch_id: str
    at: datetime | None
    """When the first of its messages goes out."""
    last_at: datetime | None
    """When the last one does."""
    count: int
    """Messages still to go out."""
    points: Decimal

    def is_at(self, time: datetime | None) -> bool:
        """Whether all of it goes out at this time."""
        return time is not None and self.at == self.last_at == time


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignFacts:
    """A campaign as it stands. `digest` stands for everything that its plan would send."""

    id: str
    name: str
    state: CampaignState
    digest: str
    list_changed: bool
    """The list's file is not the one that was planned from."""
    is_readable: bool
    """Its plan can be read: nobody agrees to what nobody knows."""
    past_lost: bool
    """Parts of it may have been sent: the store lost its past since it was planned."""
    recipients: int
    parts: int
    points: Decimal
    estimate: bool
    first_at: datetime | None
    last_at: datetime | None
    trial: int
    release: Sentence | None
    """On what terms the rest follows the trial by itself."""
    released: bool
    """There is no trial, or what follows it may be sent."""
    reason: str
    """Why it stands still, where it does."""
    text: str
    """With its columns."""
    longest: Sequence[str]
    """The longest texts as they go out."""
    abroad: int
    texted: int
    """Recipients who had the same text within 24 hours when it was planned."""
    again_of: str
    """The campaign that it retries, for those whom that one failed to reach; '' for none."""
    often: int
    """Those for whom it was planned as the third text within 7 days, or a later one."""
    at_night: int
    """Texts of the plan that go out at night."""
    quiet: str
    """The operator's quiet hours as a span of the day; '' where there are none."""
    sending: int
    """Recipients of parts that are being sent at this moment."""
    waiting: int
    """Recipients that nothing was sent to yet."""
    waiting_points: Decimal
    untimed: int
    """Recipients whose bookings were erased whole: nothing goes out to them until it is moved."""
    untimed_points: Decimal
    bookings: Sequence[CampaignBooking]
    """What is booked and still ahead, the next one first."""
    moves: int
    """How often it was moved."""
    resumed: int
    """How often it was resumed."""

    @property
    def at_once(self) -> bool:
        """It goes out as soon as it is started."""
        return self.first_at is None

    @property
    def seen(self) -> SeenState:
        """Its state as it is told."""
        return seen_state(self.state, ahead=bool(self.bookings))

    @property
    def is_begun(self) -> bool:
        """Something of it may be under way."""
        return self.state not in ("planned", "cancelled")

    def to_erase(self, moved_to: datetime | None = None) -> Sequence[CampaignBooking]:
        """The bookings that one step can erase: a move leaves those alone that are at its time already."""
        wanted = [each for each in self.bookings if each.batch_id and not each.is_at(moved_to)]
        return wanted[:MOST_ERASED]


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignStep:
    """What happens to a campaign, in place of a vendor's request."""

    kind: Literal["start", "resume", "cancel", "move"]
    campaign: str
    at: datetime | None = None
    """To when it is moved."""
