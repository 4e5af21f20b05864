"""Our sentences about what did not happen, and the short names of the things that can go wrong."""

from dataclasses import replace
from typing import TYPE_CHECKING

from server.gate.words.answers import Answer
from tools.mobile import mask_mobile
from tools.offering import Named, Risk
from tools.problems import Problem
from tools.sentence import Sentence, sentence, together

if TYPE_CHECKING:
    from server.store.actions import CapHit

_NOTHING = {
    "send": sentence("Nothing was sent."),
    "erase": sentence("Nothing was erased."),
    "delete": sentence("Nothing was deleted."),
    "pause": sentence("Nothing was paused."),
    "resume": sentence("Nothing was resumed."),
    "restart": sentence("Nothing was restarted."),
    "terminate": sentence("Nothing was terminated."),
    "extend": sentence("Nothing was extended."),
    "update": sentence("Nothing was updated."),
    "retry": sentence("Nothing was sent."),
    "start": sentence("Nothing was sent."),
    "plan": sentence("Nothing was planned."),
    "cancel": sentence("Nothing was cancelled."),
    "move": sentence("Nothing was moved."),
    "reconcile": sentence("Nothing was reconciled."),
    "block": sentence("Nothing was blocked."),
    "stop": sentence("Nothing was erased."),
    "undo": sentence("Nothing was taken back."),
}


def nothing(operation: Named) -> Sentence:
    """What every refusal says: that the thing did not happen."""
    if operation.risk is Risk.READ:
        return sentence("Nothing was looked up.")
    return _NOTHING[operation.name.split("_")[0]]


def said_to_be_undone(operation: Named, problem: Problem) -> Problem:
    """The problem, which says that nothing was done also when a look-up before the action was refused."""
    if "Nothing was" in problem.message:
        return problem
    return replace(problem, message=together(problem.message, nothing(operation)))


def unreachable(operation: Named, reason: str) -> Problem:
    """The request cannot have reached the vendor."""
    return Problem(
        code="not_sent",
        message=together(
            nothing(operation), sentence("The vendor was not reached: {reason}.", reason=reason)
        ),
        next=sentence("The vendor may be down. The same call can be made again later."),
        retryable=True,
    )


def no_answer(reason: str) -> Problem:
    """A read whose answer did not come: nothing can have changed."""
    return Problem(
        code="vendor_unavailable",
        message=sentence(
            "The vendor gave no usable answer: {reason}. It was only a question; nothing was changed.",
            reason=reason,
        ),
        next=sentence("The same call can be made again; if it keeps failing, the vendor may be down."),
        retryable=True,
    )


def unreadable() -> Problem:
    """A read whose answer has no known shape."""
    return Problem(
        code="unreadable_answer",
        message=sentence(
            "The vendor's answer has no shape that its document describes. Nothing was changed."
        ),
        next=sentence(
            "Try again later; if it stays so, the vendor changed its format or is under maintenance."
        ),
        retryable=True,
    )


def declined(operation: Named) -> Problem:
    """The person said no."""
    return Problem(
        code="declined",
        message=together(nothing(operation), sentence("The person declined.")),
        next=sentence("Do not ask again for the same; ask the person in the chat what should be different."),
    )


def wants_a_change(operation: Named, action_id: str) -> Problem:
    """The person said no, and wrote what should be different."""
    return Problem(
        code="change_asked",
        message=together(
            nothing(operation),
            sentence("The person looked at action {action_id} and asks for a change.", action_id=action_id),
        ),
        next=sentence(
            "Their note is in note_untrusted. Tell the person what you would change, and call with "
            "it; for the same without a change pass a new request_id. Either is asked for again."
        ),
    )


def signature_void(operation: Named) -> Problem:
    """The passkey that signed the approval was reset, or its signature is not in the store as it was."""
    return Problem(
        code="signature_void",
        message=together(
            nothing(operation),
            sentence(
                "The passkey's signature of the approval does not count: passkeys were reset, one is "
                "needed by now, or the store was changed by something other than this program."
            ),
        ),
        next=sentence(
            "Call again, and the person is asked again. `campaign-ops-mcp audit verify` checks the store."
        ),
    )


def answer_void(operation: Named) -> Problem:
    """The reply by text that approved it is not among the vendor's, or counts no more by these settings."""
    return Problem(
        code="answer_void",
        message=together(
            nothing(operation),
            sentence(
                "The approval by text does not count: its reply is not at the vendor, the settings "
                "allow it no more, or the store was changed by something other than this program."
            ),
        ),
        next=sentence(
            "Call again, and the person is asked again. `campaign-ops-mcp audit verify` checks the store."
        ),
    )


def reply_unread(operation: Named) -> Problem:
    """A phone approved it, and the vendor cannot be asked now whether it really answered."""
    return Problem(
        code="reply_unread",
        message=together(
            nothing(operation),
            sentence(
                "It was approved by text, and that answer could not be read at the vendor just now, "
                "without which nothing is done."
            ),
        ),
        next=sentence("Repeat exactly the same call: the approval stands until it expires."),
        retryable=True,
    )


def stopped(operation: Named) -> Problem:
    """Everything was stopped while it waited for a person."""
    return Problem(
        code="stopped",
        message=together(
            nothing(operation), sentence("Everything was stopped while this waited for approval.")
        ),
        next=sentence("Ask the person in the chat whether it is still wanted before you call again."),
    )


def wrong_proof(operation: Named) -> Problem:
    """The person typed something else than what was asked for."""
    return Problem(
        code="proof_mismatch",
        message=together(nothing(operation), sentence("What was typed is not what the question asked for.")),
        next=sentence(
            "Call again; the person then types the number of recipients or the id that the question shows."
        ),
        retryable=True,
    )


def cannot_be_asked(operation: Named) -> Problem:
    """Neither the client nor a terminal can ask the person."""
    return Problem(
        code="approval_unavailable",
        message=together(
            nothing(operation),
            sentence("A person must approve it, and this client brings no person's answer."),
        ),
        next=sentence(
            "Use a client that supports elicitation, or switch approval.out_of_band on in the settings."
        ),
    )


def request_id_reused(operation: Named) -> Problem:
    """The same request_id came with other arguments."""
    return Problem(
        code="request_id_reused",
        message=together(
            nothing(operation), sentence("This request_id was used before with other arguments.")
        ),
        next=sentence(
            "Use a new request_id for a new request, or the old arguments to see the first result."
        ),
    )


def drifted(operation: Named, name: str, before: str, now: str) -> Problem:
    """Something that the person saw has changed since."""
    return Problem(
        code="state_changed",
        message=together(
            nothing(operation),
            sentence(
                "What was approved has changed: {name} was {before} and is now {now}.",
                name=name,
                before=before,
                now=now,
            ),
        ),
        next=sentence("Look again, then call again; the person is asked with the new facts."),
        retryable=True,
    )


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


def no_answer_before(operation: Named, reason: str) -> Problem:
    """A look-up before the action failed: the action was not begun."""
    return Problem(
        code="vendor_unavailable",
        message=together(
            nothing(operation), sentence("Looking up what it would do failed: {reason}.", reason=reason)
        ),
        next=sentence("The same call can be made again; if it keeps failing, the vendor may be down."),
        retryable=True,
    )


def unreadable_before(operation: Named) -> Problem:
    """A look-up before the action gave something unreadable: the action was not begun."""
    return Problem(
        code="unreadable_answer",
        message=together(
            nothing(operation), sentence("Looking up what it would do gave an answer of no known shape.")
        ),
        next=sentence(
            "Try again later; if it stays so, the vendor changed its format or is under maintenance."
        ),
        retryable=True,
    )


def approval_mismatch(operation: Named) -> Problem:
    """The answer of the form belongs to another call, or came too late."""
    return Problem(
        code="approval_mismatch",
        message=together(nothing(operation), sentence("The approval is not for this call as it is now.")),
        next=sentence("Call again without changing the arguments between question and answer."),
        retryable=True,
    )


def no_such_batch(operation: Named) -> Problem:
    """No batch of this principal: another's is told like one that does not exist."""
    return Problem(
        code="not_found",
        message=together(nothing(operation), sentence("You have no batch of this id.")),
        next=sentence(
            "list_actions has the batch ids of your sends. Who sees batches that were sent elsewhere is "
            "the setting CAMPAIGN_OPS_HTTP__OWNER_OF_FOREIGN."
        ),
    )


def time_is_up(operation: Named) -> Problem:
    """What came before took so long that the vendor's answer could not be waited for any more."""
    return Problem(
        code="time_is_up",
        message=together(
            nothing(operation),
            sentence(
                "What comes first took so long that this call has no time left to wait for the "
                "vendor's answer."
            ),
        ),
        next=sentence(
            "Make exactly the same call again. What a person has approved stays approved until it expires."
        ),
        retryable=True,
    )


def rate_limited(operation: Named, limit: int) -> Problem:
    """Too many calls in a minute; declines count."""
    return Problem(
        code="rate_limited",
        message=together(
            nothing(operation),
            sentence("More than {limit} calls in a minute (declined ones count).", limit=limit),
        ),
        next=sentence("Wait a minute. The limit is CAMPAIGN_OPS_POLICY__CALLS_PER_MINUTE."),
        retryable=True,
    )


def cap_hit(operation: Named, hit: "CapHit") -> Problem:
    """A cap of the day or month would be passed."""
    setting = f"CAMPAIGN_OPS_POLICY__{hit.rule.upper()}"
    return Problem(
        code="policy_refused",
        message=together(nothing(operation), what_is_hit(hit)),
        next=sentence("Make it smaller or wait; only a person can change {setting}.", setting=setting),
    )


def what_is_hit(hit: "CapHit") -> str:
    """Which limit it is, and all three figures."""
    return sentence(
        "The rule {rule} allows {limit}; {used} are used or reserved, and this needs {asked} more.",
        rule=hit.rule,
        limit=str(hit.limit),
        used=str(hit.used),
        asked=str(hit.asked),
    )


def blocked_since(operation: Named, numbers: tuple[str, ...]) -> Problem:
    """A number was blocked between the check and the claim."""
    listed = ", ".join(mask_mobile(number) for number in numbers[:5])
    return Problem(
        code="policy_refused",
        message=together(
            nothing(operation),
            sentence("{count} of the numbers are blocked: {listed}.", count=len(numbers), listed=listed),
        ),
        next=sentence("Leave them out. Only a person can unblock a number: `campaign-ops-mcp block remove`."),
    )


def crashed(operation: Named) -> Problem:
    """A defect of ours. Its text could hold anything, so it stands in the log alone, redacted."""
    if operation.risk is Risk.READ:
        what, then = "It was only a question; nothing was changed.", "The same call can be made again."
    else:
        what = "The ledger has what was begun, and nothing is repeated by itself."
        then = "Look with list_actions before anything else."
    return Problem(
        code="internal_error",
        message=sentence("The server had an internal error. {what}", what=what),
        next=sentence("{then} A person finds the cause in the server's log.", then=then),
    )


def other_account(operation: Named) -> Problem:
    """The earlier action went out under other settings."""
    return Problem(
        code="other_account",
        message=together(
            nothing(operation),
            sentence("That action belongs to another account than the one in the settings."),
        ),
        next=sentence("Only the account that sent it can repeat it safely; a person can close it by hand."),
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
