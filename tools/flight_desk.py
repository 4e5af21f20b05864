"""What can still go out, for the operations of the desk: what waits, is under way, is booked, or runs."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from tools.operation import Result
from tools.values import Minute, OutsideText

What = Literal["approval", "under way", "unknown", "booking", "launch", "job"]


class InFlightRow(Result):
    """One thing. `at` is when an approval expires, a send was begun, a booking goes out, a task was seen."""

    what: What
    id: OutsideText
    words: OutsideText
    """The text's first words, or the name at OMIS."""
    state: str
    """The tool of an action; how a launch or job stood."""
    at: Minute | None = None
    count: int | None = None
    """Recipients of an action; messages of a booking that are still to go out."""
    can: str = ""
    """The tool that ends or settles it; '' where nothing does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InFlight:
    """All of it. `silent` launches and jobs were asked about just now, and OMIS did not say."""

    rows: Sequence[InFlightRow]
    silent: int
    omis: bool
    """Whether an OMIS account is configured."""


class FlightDesk(Protocol):
    """The caller's."""

    async def rows(self, *, refresh: bool) -> InFlight:
        """What can still go out; `refresh` asks OMIS once about each launch and job first."""
        ...
