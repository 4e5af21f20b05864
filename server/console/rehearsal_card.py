"""A rehearsal in a person's words: from its figures alone."""

from collections.abc import Iterator
from dataclasses import dataclass

from server.console.shown import Figure, time_of
from tools.campaign_desk import Rehearsed
from tools.canvas import figure
from tools.sentence import Sentence, plural, sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """Texts of one stretch of time."""

    at: str
    texts: str
    points: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RehearsalCard:
    """What a plan came to at the simulated vendor."""

    twice: Sentence
    is_clean: bool
    """Nobody got it twice."""
    notes: tuple[Sentence, ...]
    figures: tuple[Figure, ...]
    moments: tuple[Moment, ...]


def rehearsal_card(found: Rehearsed) -> RehearsalCard:
    """Its timeline, its bill, and what went twice."""
    return RehearsalCard(
        twice=_twice(found.twice),
        is_clean=not found.twice,
        notes=tuple(_notes(found)),
        figures=(
            Figure(key="texts", name=sentence("Texts"), value=figure(found.texts)),
            Figure(
                key="bill", name=sentence("Points, as the vendor charges them"), value=figure(found.points)
            ),
            Figure(key="plan", name=sentence("Points, as the plan has them"), value=figure(found.planned)),
        ),
        moments=tuple(
            Moment(at=time_of(at), texts=figure(texts), points=figure(points))
            for at, texts, points in found.timeline
        ),
    )


def _twice(count: int) -> Sentence:
    if not count:
        return sentence("Nobody got it twice.")
    return plural("{count:,} recipient got it twice.", "{count:,} recipients got it twice.", count)


def _notes(found: Rehearsed) -> Iterator[Sentence]:
    if found.of != found.recipients:
        yield sentence(
            "Played for the first {count:,} of {recipients:,} recipients.",
            count=found.of,
            recipients=found.recipients,
        )
    if found.trial:
        yield sentence("The first {count:,} were the trial; the rest was let go.", count=found.trial)
