"""A campaign and a plan in a person's words: from the figures of the campaign tools alone."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from server.console.shown import CAMPAIGN_STATES, Figure, time_of
from tools.campaign_desk import CampaignView, PlanFigures
from tools.canvas import figure
from tools.cleaning import clean
from tools.lists.reason_words import reason_said
from tools.sentence import Sentence, plural, sentence
from tools.taipei import as_taipei

_PARTS = (
    ("delivered", sentence("arrived")),
    ("pending", sentence("with the vendor")),
    ("failed_retryable", sentence("did not arrive")),
    ("scheduled", sentence("being handed over")),
    ("unknown", sentence("outcome unknown")),
    ("failed_permanent", sentence("certainly not sent")),
    ("cancelled", sentence("left out")),
    ("line", sentence("waiting")),
)
"""By the colour of each, as the views have them."""
_STEPS = {
    "planned": ("start", "rehearse", "cancel"),
    "running": ("pause", "cancel"),
    "paused": ("resume", "move", "cancel"),
    "holding": ("resume", "move", "cancel"),
}
_WHILE_BOOKED = {"booked": ("move", "cancel"), "done": ("move", "cancel"), "cancelled": ("erase",)}
"""What can be done with a campaign that is over, as long as the vendor has something of it ahead."""
_OVER = ("done", "booked", "cancelled")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A piece of the bar, in hundredths of its width."""

    kind: str
    x: float
    width: float
    count: int
    said: Sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignCard:
    """One campaign as the page shows it."""

    id: str
    name: str
    state: str
    reason: str
    """Why it stands still, in our words; '' where it does not."""
    parts: tuple[Part, ...]
    figures: tuple[Figure, ...]
    steps: tuple[str, ...]
    """What a person can do with it: start, rehearse, pause, resume, move, cancel, erase, retry."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Excluded:
    """Recipients that get no text, and why."""

    said: Sentence
    count: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanCard:
    """A plan that waits for its start."""

    figures: tuple[Figure, ...]
    excluded: tuple[Excluded, ...]
    longest: tuple[str, ...]
    """Texts as they go out, the list's values masked."""
    warnings: tuple[str, ...]
    cheaper: str


def campaign_card(found: CampaignView) -> CampaignCard:
    """How far it is."""
    return CampaignCard(
        id=found.id,
        name=clean(found.name),
        state=CAMPAIGN_STATES[found.state],
        reason=found.reason,
        parts=tuple(_parts(found)),
        figures=tuple(_figures(found)),
        steps=tuple(_steps(found)),
    )


def _steps(found: CampaignView) -> Iterator[str]:
    yield from _STEPS.get(found.state, ())
    if found.booked or found.untimed:
        yield from _WHILE_BOOKED.get(found.state, ())
    if found.state in _OVER and found.sent + found.failed - found.booked > found.delivered:
        yield "retry"


def _parts(found: CampaignView) -> Iterator[Part]:
    under_way = max(found.sent - found.delivered - found.not_delivered, 0)
    counts = (
        found.delivered,
        under_way,
        found.not_delivered,
        found.sending,
        found.unknown,
        found.failed,
        found.left_out + found.cancelled,
        found.waiting,
    )
    whole, x = sum(counts) or 1, 0.0
    for (kind, said), count in zip(_PARTS, counts, strict=True):
        if count:
            width = round(100 * count / whole, 2)
            yield Part(kind=kind, x=round(x, 2), width=width, count=count, said=said)
            x += width


def _figures(found: CampaignView) -> Iterator[Figure]:
    yield Figure(key="recipients", name=sentence("Recipients"), value=figure(found.recipients))
    yield Figure(key="points", name=sentence("Points of the whole plan"), value=figure(found.points))
    yield Figure(key="spent", name=sentence("Points spent so far"), value=figure(found.spent))
    if found.booked:
        yield Figure(key="booked", name=sentence("Booked, still to go out"), value=figure(found.booked))
    if found.untimed:
        name = sentence("No time any more: their bookings were erased")
        yield Figure(key="untimed", name=name, value=figure(found.untimed))
    yield from _times(sentence("Started"), found.started_at)
    yield from _times(sentence("The last one goes out"), found.ends_at)
    yield from _times(sentence("Its trial is watched until"), found.watched_until)
    if found.undo_until is not None:
        until = f"{as_taipei(found.undo_until):%H:%M:%S}"
        yield Figure(key="undo", name=sentence("All of it can be cancelled until"), value=until)


def _times(name: Sentence, moment: datetime | None) -> Iterator[Figure]:
    if moment is not None:
        yield Figure(key="time", name=name, value=time_of(moment))


def plan_card(found: PlanFigures) -> PlanCard:
    """What starting it would come to."""
    figures = [
        Figure(key="recipients", name=sentence("Recipients"), value=figure(found.recipients)),
        Figure(key="points", name=sentence("Points"), value=figure(found.points)),
        *(
            Figure(
                key="segment",
                name=plural("{count} part each", "{count} parts each", parts),
                value=plural("{count:,} recipient", "{count:,} recipients", recipients),
            )
            for parts, recipients, _ in found.segments
        ),
        *_times(sentence("The last one goes out"), found.ends_at),
    ]
    if found.points_left is not None:
        left = Figure(key="left", name=sentence("Points left after it"), value=figure(found.points_left))
        figures.insert(2, left)
    return PlanCard(
        figures=tuple(figures),
        excluded=tuple(
            Excluded(said=reason_said(reason), count=figure(count))
            for reason, count in found.excluded.items()
            if count
        ),
        longest=tuple(dict.fromkeys(found.longest)),
        warnings=tuple(_warnings(found)),
        cheaper=found.cheaper,
    )


def _warnings(found: PlanFigures) -> Iterator[str]:
    missing = -(found.points_left or 0)
    if missing > 0:
        yield sentence("Points that are missing: {points}.", points=figure(missing))
    yield from found.over_caps
    if found.abroad:
        yield sentence("{count} numbers are abroad: three times the price.", count=found.abroad)
    if found.estimate:
        yield sentence("The vendor gives no price for texts so long: the points are an estimate.")
    if found.quiet:
        yield sentence("It goes out when it is started, and not from {span} (quiet hours).", span=found.quiet)
    if found.undo_minutes:
        yield sentence(
            "Once started it can be taken back for {minutes} minutes: cancel it on its page.",
            minutes=found.undo_minutes,
        )
    if found.at_night:
        yield sentence("Between 21:00 and 08:00 go out: {count}.", count=figure(found.at_night))
    if found.texted:
        yield sentence("{count} had this text within 24 hours: they are left out.", count=found.texted)
    if found.full:
        yield sentence(
            "{count} had as many texts today as the limit allows: sent today, it leaves them out.",
            count=figure(found.full),
        )
    if found.often:
        yield sentence("For {count} it is at least the third text within 7 days.", count=found.often)
    yield from found.cautions
