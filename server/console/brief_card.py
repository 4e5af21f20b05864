"""The morning in a person's words: from the figures of `get_morning_brief` alone."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from tools.brief_desk import Arrived, Left, Morning
from tools.canvas import figure
from tools.cleaning import clean
from tools.sentence import Sentence, plural, sentence
from tools.taipei import as_taipei

_TENTH = Decimal("0.1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One fact, and the page that tells more; '' for none."""

    said: Sentence
    path: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """The first page."""

    went: tuple[Line, ...]
    """What went out, and how it fared."""
    waits: tuple[Line, ...]
    """What a person has to do, empty when nothing is."""
    points: tuple[Sentence, ...]


def brief_of(morning: Morning, left: Left) -> Brief:
    """The figures as lines."""
    return Brief(
        went=tuple(_went(morning)), waits=tuple(_waits(morning)), points=tuple(_points(morning, left))
    )


def _went(morning: Morning) -> Iterator[Line]:
    since = f"{as_taipei(morning.since):%Y-%m-%d}"
    if not morning.batches:
        yield Line(said=sentence("Nothing went out since {day}.", day=since), path="/batches")
        return
    to = plural("{count:,} recipient", "{count:,} recipients", morning.recipients)
    yield Line(
        said=plural(
            "Since {day}: {count:,} batch to {recipients}.",
            "Since {day}: {count:,} batches to {recipients}.",
            morning.batches,
            day=since,
            recipients=to,
        ),
        path="/batches",
    )
    yield from _fared(morning.arrived, morning.before)
    for each in morning.dropped:
        yield Line(
            said=sentence(
                "Worse than usual: of batch {id}, {share}% arrived, {failed:,} failed.",
                id=clean(each.batch_id),
                share=_share(each.arrived),
                failed=each.arrived.failed,
            ),
            path=f"/batches/{each.batch_id}",
        )


def _fared(arrived: Arrived, before: Arrived) -> Iterator[Line]:
    if not arrived.ended:
        yield Line(said=sentence("Nothing was heard of them yet."))
        return
    yield Line(
        said=sentence(
            "Of {ended:,} that ended, {share}% arrived.", ended=arrived.ended, share=_share(arrived)
        )
    )
    if before.ended:
        yield Line(said=sentence("In the 30 days before, {share}% arrived.", share=_share(before)))


def _waits(morning: Morning) -> Iterator[Line]:
    if morning.approvals:
        yield Line(
            said=plural(
                "{count} request waits for you.", "{count} requests wait for you.", morning.approvals
            ),
            path="/approvals",
        )
    if morning.unknown:
        yield Line(
            said=plural(
                "Whether {count} send went out nobody knows yet: ask the assistant to reconcile it.",
                "Whether {count} sends went out nobody knows yet: ask the assistant to reconcile them.",
                morning.unknown,
            ),
            path="/batches?state=unknown",
        )
    if morning.opt_outs:
        yield Line(
            said=plural(
                "{count} person opted out and is not blocked yet.",
                "{count} people opted out and are not blocked yet.",
                morning.opt_outs,
            ),
            path="/replies",
        )
    if morning.replies:
        yield Line(
            said=plural(
                "{count} reply came to these batches.",
                "{count} replies came to these batches.",
                morning.replies,
            ),
            path="/replies",
        )
    if morning.paused:
        yield Line(
            said=sentence("Paused here and not resumed: launch {ids}.", ids=clean(", ".join(morning.paused)))
        )
    if morning.standing:
        yield Line(
            said=sentence("Campaigns that wait for a person: {ids}.", ids=", ".join(morning.standing)),
            path="/campaigns",
        )


def _points(morning: Morning, left: Left) -> Iterator[Sentence]:
    if not left.configured:
        yield sentence("No EVERY8D account is set, so the points left are not known.")
        return
    if left.points is None:
        yield sentence("The vendor did not say how many points are left.")
        return
    yield sentence("{points} points are left.", points=figure(left.points))
    a_day = morning.spent / morning.spent_days
    if a_day <= 0:
        yield sentence("None were spent here in 30 days.")
        return
    yield plural(
        "They last about {count:,} day at {pace} a day.",
        "They last about {count:,} days at {pace} a day.",
        int(left.points / a_day),
        pace=figure(a_day.quantize(_TENTH)),
    )


def _share(arrived: Arrived) -> int:
    return 100 * arrived.delivered // arrived.ended if arrived.ended else 0
