"""Whom a part of a campaign reaches, and who of them had their text already."""

from dataclasses import dataclass
from datetime import datetime

from server.store.failed_sends import SameWords, arrived_or_may, had_since
from server.store.keys import HALF
from server.store.packing import Packing
from server.store.plans import Connection
from server.store.sent_texts import sends_with


@dataclass(frozen=True, slots=True)
class PartReach:
    """Whom a part reaches, as it is packed for the store; the hashes stand in the numbers' order."""

    numbers: tuple[str, ...]
    packing: Packing

    @property
    def hashes(self) -> list[str]:
        """Of the numbers."""
        return self.packing.hashes

    @property
    def named(self) -> dict[str, str]:
        """Each number by its hash."""
        return dict(zip(self.hashes, self.numbers, strict=True))

    @property
    def messages(self) -> list[str]:
        """Of the messages, each to the number at its place."""
        return self.packing.message_hashes


def texted_before(
    conn: Connection, reach: PartReach, now: datetime, campaign: str, again: SameWords | None
) -> set[str]:
    """The numbers that had their text by another send, or may have it.

    What is remembered for a day is not enough where a campaign is planned `again`: since then another plan of
    the same can have reached somebody, and what failed can have arrived.
    """
    messages = reach.messages
    sends = sends_with(conn, messages, now, of_campaign=campaign)
    if not sends and again is None:
        return set()
    halves = [hashed[:HALF] for hashed in reach.hashes]
    standing = arrived_or_may(conn, sends, dict(zip(messages, halves, strict=True)))
    had = {message for send in standing for message, _ in send.messages}
    since = set[str]() if again is None else had_since(conn, again, halves)
    return {
        number
        for number, half, message in zip(reach.numbers, halves, messages, strict=True)
        if message in had or half in since
    }
