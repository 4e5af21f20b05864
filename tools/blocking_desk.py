"""The blocked numbers, for the operations of the desk: they only grow here. A person alone unblocks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocked:
    """What a call blocked."""

    fresh: int
    """Numbers that are blocked from now on."""
    already: int
    """Numbers that were blocked before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockedRow:
    """A blocked number as people see it."""

    masked: str
    why: str
    since: datetime


class BlockingDesk(Protocol):
    """Blocked numbers."""

    async def block(self, mobiles: Sequence[str], why: str) -> Blocked:
        """Block these (E.164)."""
        ...

    async def propose_removed(self, mobiles: Sequence[str]) -> int:
        """Propose these (E.164), who removed themselves at OMIS; how many are new. It blocks nobody."""
        ...

    async def block_opt_outs(self, of: str) -> Blocked:
        """Block whoever opted out and waits: of one batch of the caller's, or of all when empty.

        Raises:
            RefusedError: the caller has no such batch.
        """
        ...

    async def block_senders(self, replies: Sequence[str]) -> Blocked:
        """Block the senders of these replies, by the ids that the summary of replies gives.

        Raises:
            RefusedError: one of them is no reply to a batch of the caller's.
        """
        ...

    async def page(self, page: int, page_size: int) -> tuple[Sequence[BlockedRow], int]:
        """A page of blocked numbers, newest first, and how many there are."""
        ...
