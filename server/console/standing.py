"""Where an action stands once it is decided on, and what came of it."""

from collections.abc import Iterator

from server.console.approval_card import Known, Line, clock_of
from server.gate.recalling import begun_on_page
from server.gate.words.deciders import decider
from server.gate.words.endings import because, problem_in
from server.gate.words.sentences import nothing
from server.store.actions import CHANGE_ASKED, State
from tools.cleaning import clean, quote
from tools.sentence import Sentence, sentence

_STATES = {
    State.PROPOSED: sentence("It waits for a person."),
    State.APPROVED: sentence("Approved; not carried out yet."),
    State.DENIED: sentence("Refused."),
    State.EXPIRED: sentence("It ended without a decision that holds."),
    State.DISPATCHING: sentence("It is being carried out."),
    State.SUCCEEDED: sentence("Done."),
    State.FAILED: sentence("It failed."),
    State.UNKNOWN: sentence("Nobody knows yet whether it was done."),
}


def standing_of(known: Known) -> Iterator[Line]:
    """What a person asks next: is it done, by whose decision, and what do I do."""
    entry = known.entry
    yield Line(key="state", said=_state(known))
    if entry.decided_at is not None:
        at = clock_of(entry.decided_at, known.now)
        yield Line(key="decided", said=sentence("Decided by {who} at {time}", who=decider(entry), time=at))
    if entry.rule == CHANGE_ASKED:
        yield Line(key="note", said=sentence("Asked for a change: {note}", note=quote(entry.reason)))
    elif entry.state is State.EXPIRED and entry.reason:
        yield Line(key="reason", said=sentence("Because: {reason}", reason=because(entry)))
    if entry.state is State.APPROVED and not begun_on_page(entry):
        yield Line(
            key="next", said=sentence("The assistant carries it out when it repeats its call. Tell it.")
        )
    if entry.batch_id:
        yield Line(key="batch", said=sentence("Batch {id}", id=clean(entry.batch_id)))
    if entry.state is State.FAILED:
        yield Line(key="reason", said=sentence("Because: {reason}", reason=problem_in(entry.outcome).message))


def _state(known: Known) -> Sentence:
    entry = known.entry
    said = _STATES[entry.state]
    if entry.state is State.PROPOSED and known.now > entry.expires_at:
        said = _STATES[State.EXPIRED]
    if entry.state in (State.DENIED, State.EXPIRED, State.FAILED):
        return sentence("{first} {second}", first=said, second=nothing(known.operation))
    return said
