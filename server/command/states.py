"""The states of an action in words."""

from collections.abc import Mapping

from server.store.actions import State
from tools.sentence import Sentence, sentence

_WORDS: Mapping[State, Sentence] = {
    State.PROPOSED: sentence("proposed"),
    State.APPROVED: sentence("approved"),
    State.DENIED: sentence("denied"),
    State.EXPIRED: sentence("expired"),
    State.DISPATCHING: sentence("dispatching"),
    State.SUCCEEDED: sentence("succeeded"),
    State.FAILED: sentence("failed"),
    State.UNKNOWN: sentence("unknown"),
}


_ERASED = sentence("erased")


def state_in_words(state: State, *, erased: bool = False) -> Sentence:
    """A state as a person reads it; a booking that was erased is no success."""
    return _ERASED if erased else _WORDS[state]
