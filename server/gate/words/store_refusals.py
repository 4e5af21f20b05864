"""Our sentences about a store that could not be used, or does not hold what it should."""

from dataclasses import replace

from server.gate.words.answers import Answer
from server.gate.words.sentences import nothing
from tools.offering import Named
from tools.problems import Problem
from tools.sentence import sentence, together


def store_unavailable(operation: Named, reason: str) -> Problem:
    """Without the ledger nothing that costs or destroys is done. `reason` is the store's error, ours."""
    return Problem(
        code="store_unavailable",
        message=together(
            nothing(operation),
            sentence(
                "The store that records every action cannot be used, so none is taken: {reason}",
                reason=reason,
            ),
        ),
        next=sentence("A person runs `campaign-ops-mcp doctor`, which says what to check. Reading goes on."),
        retryable=True,
    )


def clock_back(operation: Named, reason: str) -> Problem:
    """The clock went back: `reason` says how far."""
    return Problem(
        code="clock_went_back",
        message=together(
            nothing(operation), sentence("What costs or destroys is refused: {reason}", reason=reason)
        ),
        next=sentence("A person sets this machine's clock right, or waits until it is past that moment."),
        retryable=True,
    )


def ledger_altered(operation: Named, action_id: str) -> Problem:
    """The row of an action is not as this program wrote it."""
    return Problem(
        code="ledger_altered",
        message=together(
            nothing(operation),
            sentence(
                "Action {action_id} was changed in the store by something other than this program, so "
                "what was approved cannot be known.",
                action_id=action_id,
            ),
        ),
        next=sentence(
            "Tell the person: somebody else writes this store. `campaign-ops-mcp audit verify` checks it."
        ),
    )


def clocks_apart(operation: Named, minutes: int) -> Problem:
    """A booking would be sent at another time than the person agreed to."""
    return Problem(
        code="clocks_apart",
        message=together(
            nothing(operation),
            sentence(
                "This machine's clock and the vendor's are {minutes:,} minutes apart, so a booking "
                "would go out at another time than was meant.",
                minutes=minutes,
            ),
        ),
        next=sentence(
            "A person sets this machine's clock. A send at once (without send_at) is not refused for it."
        ),
        retryable=True,
    )


def past_lost(operation: Named, reason: str) -> Problem:
    """The ledger does not know what was done: restored, deleted, replaced. `reason` is ours."""
    return Problem(
        code="past_lost",
        message=together(
            nothing(operation), sentence("What costs or destroys is refused: {reason}", reason=reason)
        ),
        next=sentence(
            "A person puts the right store back; where it is lost for good, runs `campaign-ops-mcp "
            "audit accept-loss`. Looking goes on."
        ),
    )


def was_lost(operation: Named) -> Problem:
    """It waited for a decision in a store whose past is lost: what was done is not known there."""
    return Problem(
        code="past_lost",
        message=together(
            nothing(operation),
            sentence(
                "That is of this call: the question stood in a store whose past is lost, so nobody "
                "can tell whether it was carried out before."
            ),
        ),
        next=sentence(
            "Look first at what went out, also on the vendor's own pages. Called again, a person is asked."
        ),
    )


def outcome_kept(answer: Answer) -> Answer:
    """The POST happened, and its outcome stands beside the store until that can be written."""
    warning = (
        "The vendor answered as shown, but the store could not record it yet. The outcome is kept beside the "
        "store and recorded as soon as it can be; nothing has to be done again."
    )
    return replace(answer, facts={**answer.facts, "warning": warning})


def store_lost(answer: Answer) -> Answer:
    """The POST happened, and its outcome could not be written down."""
    warning = (
        "The vendor answered as shown, but the store could not record it. The ledger will call this action "
        "unknown; keep this answer."
    )
    return replace(answer, facts={**answer.facts, "warning": warning})
