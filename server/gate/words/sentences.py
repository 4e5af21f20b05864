"""Our sentences about what did not happen, and the short names of the things that can go wrong."""

from dataclasses import replace
from typing import TYPE_CHECKING

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


def would_refuse_a_start(hit: "CapHit") -> str:
    """That a campaign which is planned could not be started now, and what the limit leaves."""
    left = str(max(hit.limit - hit.used, 0))
    match hit.rule:
        case "points_per_day":
            return sentence("A start now would be refused: the cap on points a day leaves {left}.", left=left)
        case "points_per_month":
            return sentence(
                "A start now would be refused: the cap on points a month leaves {left}.", left=left
            )
        case _:
            return sentence(
                "A start now would be refused: the cap on recipients a day leaves {left}.", left=left
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
