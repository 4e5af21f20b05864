"""A campaign that is under way, as the first page names it: how far it is, and what is next."""

from dataclasses import dataclass
from datetime import datetime

from server.console.campaign_card import CampaignCard, campaign_card
from server.console.shown import time_of
from tools.campaign_desk import CampaignView
from tools.sentence import Sentence, plural, sentence
from tools.taipei import as_taipei


@dataclass(frozen=True, slots=True, kw_only=True)
class UnderWay:
    """One campaign."""

    card: CampaignCard
    next: Sentence
    """What happens if nobody does anything, or who has to."""


def under_way_card(found: CampaignView) -> UnderWay:
    """From the figures of its own page."""
    return UnderWay(card=campaign_card(found), next=_next(found))


def _next(found: CampaignView) -> Sentence:
    match found.state:
        case "holding":
            return plural(
                "{count:,} waits until a person lets it follow, or cancels it.",
                "{count:,} wait until a person lets them follow, or cancels it.",
                found.waiting,
            )
        case "paused":
            return sentence("Nothing more of it is sent until a person resumes it.")
        case "running":
            return _of_running(found)
        case _:
            return _of_over(found)


def _of_over(found: CampaignView) -> Sentence:
    if found.undo_until is not None:
        return _held(found.undo_until)
    if found.ends_at is None:
        # It was to go out at once: the vendor held it, for as long as it could be taken back.
        return plural(
            "{count:,} is still to go out at the vendor.",
            "{count:,} are still to go out at the vendor.",
            found.booked,
        )
    return plural(
        "{count:,} is booked at the vendor, the last one for {when}.",
        "{count:,} are booked at the vendor, the last one for {when}.",
        found.booked,
        when=time_of(found.ends_at),
    )


def _held(until: datetime) -> Sentence:
    return sentence("Nothing of it goes out before {time}.", time=f"{as_taipei(until):%H:%M}")


def _of_running(found: CampaignView) -> Sentence:
    if found.held_by:
        return sentence("A person decides on its cancellation {action}.", action=found.held_by)
    if found.undo_until is not None:
        return _held(found.undo_until)
    if not found.released:
        return sentence("The trial goes first; the others wait for what becomes of it.")
    return plural(
        "{count:,} waits, and goes out with the next part.",
        "{count:,} wait, and go out one part after the other.",
        found.waiting,
    )
