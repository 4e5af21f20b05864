"""Our sentences about what was not approved, or not any more: nothing was done."""

from server.gate.words.sentences import nothing
from tools.offering import Named
from tools.problems import Problem
from tools.sentence import sentence, together


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


def request_id_reused(operation: Named, action_id: str) -> Problem:
    """The same request_id came with other arguments."""
    return Problem(
        code="request_id_reused",
        message=together(
            nothing(operation),
            sentence(
                "This request_id belongs to action {action_id}, whose arguments are others.",
                action_id=action_id,
            ),
        ),
        next=sentence(
            "Look with get_action whether that action was carried out. Use a new request_id only for what "
            "is wanted besides it."
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


def approval_mismatch(operation: Named) -> Problem:
    """The answer of the form belongs to another call, or came too late."""
    return Problem(
        code="approval_mismatch",
        message=together(nothing(operation), sentence("The approval is not for this call as it is now.")),
        next=sentence("Call again without changing the arguments between question and answer."),
        retryable=True,
    )
