"""A send at once, booked a little ahead instead so that it can be taken back (ST, EVERY8D 1.1 to 1.5)."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeVar

from tools.every8d.receipts import SendResult
from tools.operation import Hold, Result
from tools.problems import Problem
from tools.sentence import sentence, together
from tools.taipei import iso

_MARGIN = timedelta(minutes=1)
"""Whoever takes it back at the last moment is not to be late: requests take a while, and clocks differ."""
R = TypeVar("R", bound=Result)


def hold_from(start: datetime, minutes: int) -> Hold:
    """The hold of a send that was begun then."""
    until = start + timedelta(minutes=minutes)
    return Hold(until=until, goes_out=until + _MARGIN)


def told_of_hold(result: R, hold: Hold) -> R:
    """The receipt of a held send, which says until when it can be taken back."""
    if not isinstance(result, SendResult) or not result.sent or not result.batch_id:
        return result
    said = (
        f"Booked, not sent yet: undo_send takes it back until {iso(hold.until)}. It goes out a minute later."
    )
    note = " ".join(filter(None, (said, result.note)))
    return result.model_copy(update={"undo_until": hold.until, "note": note})


def refused_as_booking(problem: Problem) -> Problem:
    """The refusal of a held send: it may be the booking that the vendor did not want."""
    if problem.code != "vendor_refused":
        return problem
    said = sentence(
        "It was to be booked a few minutes ahead (policy.undo_minutes); some hosts of the vendor seem to "
        "want ten minutes or more."
    )
    return replace(problem, message=together(problem.message, said))
