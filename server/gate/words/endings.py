"""Why an action ended, as a sentence again: kept as text, and read in the language of whoever reads it."""

import json
from typing import TYPE_CHECKING, Any

from server.store import actions as reasons
from tools.cleaning import clean
from tools.problems import Problem
from tools.sentence import Sentence, read, sentence

if TYPE_CHECKING:
    from server.store.actions import Action

_CAP = "cap "
_WHY = {
    reasons.ALTERED: sentence("it was changed in the store by something other than this program"),
    reasons.UNSIGNED: sentence("what a passkey signed does not count any more"),
    reasons.UNANSWERED: sentence("what the approver's phone answered does not count"),
    reasons.STOPPED: sentence("everything was stopped"),
    reasons.PAST_LOST: sentence("the store's past was lost, and it may have been done before"),
    "blocked number": sentence("a number is blocked by now"),
    "same text": sentence("somebody has had the same text by now"),
    "what was under way has ended, and a new question says so": sentence(
        "what was under way has ended, and a new question says so"
    ),
    "other bookings stand now": sentence("other bookings stand now"),
}


def because(action: "Action") -> Sentence:
    """Why it ended undecided, or what an approval of it came to."""
    known = _WHY.get(action.reason)
    if known is not None:
        return known
    if action.reason.startswith(_CAP):
        return sentence("the limit {rule} is reached", rule=clean(action.reason.removeprefix(_CAP)))
    return read(action.reason)


def problem_in(outcome: str) -> Problem:
    """What kept an action from being done, as `problem_text` wrote it."""
    kept: dict[str, Any] = json.loads(outcome)
    kept["message"] = read(kept["message"])
    return Problem(**kept)
