"""Stop everything: what can be paused is paused at once, and one question erases what is booked.

What waits for approval is ended as well, since a yes that comes later would let it out; it costs nothing and
can be asked for again.
"""

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated, Literal

from tools.desk_operation import Composite
from tools.operation import PreviewedParams, Result, Risk
from tools.sentence import sentence
from tools.values import Minute, OutsideText, Points, Table

Thing = Literal["approval", "under way", "campaign", "launch", "job", "booking"]
Ended = Literal[
    "voided",
    "too late",
    "paused",
    "not paused",
    "erased",
    "gone",
    "not booked any more",
    "not erased",
    "unknown",
    "still there",
]
NOT_BOOKED: Ended = "not booked any more"
"""The vendor has the batch, and had nothing of it booked when it was looked at: erased before, or sent."""
STOPPED_ENDS: tuple[Ended, ...] = ("voided", "paused", "erased", "gone")
"""How what was stopped ended."""
_OTHER_ENDS: tuple[Ended, ...] = (
    "unknown",
    "too late",
    "not paused",
    "not erased",
    "still there",
    NOT_BOOKED,
)


class StopParams(PreviewedParams):
    """All of it: nothing is chosen in a hurry."""


class StoppedItem(Result):
    """What became of one thing. `why`: the tool of an action that was not begun; else what was in the way."""

    what: Thing
    id: OutsideText
    words: OutsideText = ""
    at: Minute | None = None
    count: int | None = None
    ended: Ended
    action_id: str = ""
    why: str = ""


class StopResult(Result):
    """What was stopped, and what was not."""

    conclusion: str
    points_returned: Points | None = None
    items: Annotated[list[StoppedItem], Table()]


def stop_result(items: Sequence[StoppedItem], points_returned: Decimal | None, tail: str) -> StopResult:
    """The answer, worst news first; `tail` is what else has to be known."""
    counts: Counter[tuple[Ended, Thing]] = Counter((item.ended, item.what) for item in items)
    said = [part for part in (_counted(counts, each) for each in (*_OTHER_ENDS, *STOPPED_ENDS)) if part]
    conclusion = ". ".join(said) + "." if said else "Nothing that is known here was to be stopped."
    return StopResult(
        conclusion=f"{conclusion} {tail}".strip(), points_returned=points_returned, items=[*items]
    )


def _counted(counts: Counter[tuple[Ended, Thing]], ended: Ended) -> str:
    found = [f"{count} {_noun(what, count)}" for (each, what), count in counts.items() if each == ended]
    words = f"{ended}, erased before or sent" if ended == NOT_BOOKED else ended
    return f"{words.capitalize()}: {', '.join(found)}" if found else ""


def _noun(what: Thing, count: int) -> str:
    if what == "under way":
        return "being sent"
    return what if count == 1 else f"{what}es" if what == "launch" else f"{what}s"


STOP_EVERYTHING = Composite(
    name="stop_everything",
    title="Stop everything",
    description=(
        "Emergency: halt all sending at once, then ask once to erase the rest. 緊急：所有發送通通停、全"
        "部都停。"
    ),
    toolset="desk",
    vendor=None,
    section=sentence("ours: the records"),
    risk=Risk.DESTROY,
    params=StopParams,
    result=StopResult,
)
