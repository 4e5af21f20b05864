"""Campaigns, for the operations of the desk."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal, Protocol

from tools.campaign_facts import SeenState
from tools.list_desk import ListFound


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanAsked:
    """What is to be planned."""

    name: str
    list_name: str
    sheet: str
    hidden: Literal["", "include", "leave_out"]
    """What becomes of rows that the sheet hides; '' asks where there are any."""
    not_opened: str
    """The e-mail, by its report, job or launch, whose openers get no text; '' for none."""
    mobile: str
    """The column of the numbers; '' finds it."""
    consent: str
    """The column that must say yes; '' for none."""
    text: str
    send_at: datetime | None
    per_hour: int
    not_between: str
    done_by: datetime | None
    trial: str
    """How many go first, or which share of all."""
    release: str
    """The terms on which the rest follows by itself; '' for a person's word."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanFigures:
    """A plan that waits for its start. `texted` had the same text within 24 hours."""

    id: str
    recipients: int
    points: Decimal
    points_left: Decimal | None
    """After it; None where the vendor could not be asked."""
    over_caps: Sequence[str]
    """Each limit of the operator's that would refuse its start now, in sentences of ours."""
    segments: Sequence[tuple[int, int, int]]
    """Parts, recipients, points."""
    excluded: Mapping[str, int]
    longest: Sequence[str]
    """Texts as they go out, the values of the list masked."""
    ends_at: datetime | None
    texted: int
    abroad: int
    estimate: bool
    often: int
    """Recipients for whom it is at least the third text within 7 days."""
    full: int
    """Those who had as many texts today as the operator lets one get."""
    at_night: int
    """Texts that go out between 21:00 and 08:00."""
    quiet: str
    """The operator's quiet hours, where it goes out whenever it is started; '' else."""
    undo_minutes: int
    """For how long all of it can be taken back once it is started; 0 where it is not held."""
    cautions: Sequence[str]
    """What to know of the text, in sentences of ours."""
    cheaper: str
    """A wording that costs the longest text a part less; '' for none."""
    found: ListFound | None
    """What there is to know of the list; None for one that is no file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignView:
    """How far a campaign is, in recipients."""

    id: str
    name: str
    state: SeenState
    reason: str
    held_by: str
    """The undecided cancellation that keeps a running one from going on; '' for none."""
    released: bool
    """There is no trial, or what follows it may be sent."""
    recipients: int
    points: Decimal
    """Of the whole plan."""
    spent: Decimal
    waiting: int
    sending: int
    sent: int
    unknown: int
    failed: int
    left_out: int
    cancelled: int
    """Not sent: taken back before, at the vendor or here."""
    untimed: int
    """Of these, those whose bookings were erased whole: `move_campaign` books them anew."""
    untimed_parts: int
    in_doubt: Sequence[str]
    """Erasings of its bookings of which nobody knows whether they were done: the ids of their actions."""
    booked: int
    """Of those that were sent, or may have been: booked at the vendor, and still to go out."""
    delivered: int
    not_delivered: int
    undo_until: datetime | None
    """Until when all of it can still be taken back; None where it was not held, or not any more."""
    watched_until: datetime | None
    """Until when its trial is watched, which is out and releases the rest by itself; None where none is."""
    started_at: datetime | None
    ends_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignLine:
    """A campaign in a list."""

    id: str
    name: str
    state: SeenState
    recipients: int
    points: Decimal
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsed:
    """What a plan came to at the simulated vendor."""

    recipients: int
    """Of the whole plan."""
    of: int
    """How many of them were played."""
    trial: int
    texts: int
    points: Decimal
    """What the simulated vendor took for them."""
    planned: Decimal
    """What the plan says of them."""
    twice: int
    """Recipients with the same text more than once."""
    timeline: Sequence[tuple[datetime, int, Decimal]]
    """Texts and points by stretches of time, each by its first moment."""


class CampaignDesk(Protocol):
    """The caller's own campaigns."""

    async def plan(self, asked: PlanAsked) -> PlanFigures:
        """Plan one; nothing is sent.

        Raises:
            RefusedError: a rule forbids it, nobody is left, or the list cannot be used.
            InvalidArgumentError: the text, the pace or a time cannot be used.
        """
        ...

    async def retry(self, id_: str, send_at: datetime | None) -> PlanFigures:
        """Plan a campaign again for those whom it failed to reach and a later text can; nothing is sent.

        Raises:
            RefusedError: there is no such campaign, nobody of it failed so, or its list changed.
        """
        ...

    async def rehearse(self, id_: str) -> Rehearsed | None:
        """Play a plan against the simulated vendor; nothing leaves this machine. None when there is none.

        Raises:
            RefusedError: it was started already, is still being played, or cannot be.
        """
        ...

    async def view(self, id_: str) -> CampaignView | None:
        """How far one is; None when there is none."""
        ...

    async def settled(self, id_: str, said: Callable[[CampaignView | None], str]) -> CampaignView | None:
        """The same once it does not run, or when the call's time is up; `said` is told meanwhile."""
        ...

    async def page(self, page: int, page_size: int) -> tuple[Sequence[CampaignLine], int]:
        """A page of them, newest first, and how many there are."""
        ...

    async def under_way(self, at_most: int) -> Sequence[CampaignView]:
        """Those that were started and are not over, or are still booked ahead; what is being sent first."""
        ...

    async def pause(self, id_: str) -> bool:
        """Begin nothing more of it; False when it does not run."""
        ...
