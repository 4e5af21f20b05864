"""The inbox, for the operations of the desk."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class OneReply:
    """A reply as it is. `id` names it in other calls."""

    id: str
    mobile: str
    text: str
    at: datetime
    opts_out: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SameReplies:
    """Replies that say the same, and the first one's words."""

    text: str
    count: int
    opts_out: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyFigures:
    """What was answered."""

    total: int
    numbers: int
    opt_outs: int
    """Numbers that opted out."""
    waiting: int
    """Of these and of OMIS's removals, those that no person has decided on."""
    groups: Sequence[SameReplies]
    """The most frequent first."""
    latest: Sequence[OneReply]
    never_asked: int
    """Batches whose replies the vendor was never asked for."""
    asked_at: datetime | None
    """When it was asked last for any of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedForReplies:
    """What asking anew came to."""

    batches: int
    left: int
    """Batches that the time was too short for."""
    fresh: int
    incomplete: int
    """Batches of which the vendor's pages held replies that could not be read apart."""


class ReplyDesk(Protocol):
    """The replies to the caller's batches: of one batch, or of all that were sent since a day."""

    async def refresh(self, batch_id: str, since: date | None) -> AskedForReplies:
        """Ask the vendor anew.

        Raises:
            RefusedError: the caller has no such batch, or the vendor refused.
        """
        ...

    async def figures(self, batch_id: str, since: date | None) -> ReplyFigures:
        """What the records hold.

        Raises:
            RefusedError: the caller has no such batch.
        """
        ...
