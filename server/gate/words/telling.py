"""What an action of the ledger means for the caller: one answer for each state."""

import json
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from server.batches.held import hold_of
from server.gate.masking import present
from server.gate.words.answers import NOTE, Answer, Envelope, failure
from server.gate.words.approval_refusals import answer_void, declined, signature_void, stopped, wants_a_change
from server.gate.words.endings import problem_in
from server.gate.words.sentences import nothing
from server.gate.words.store_refusals import ledger_altered, was_lost
from server.logs.logs import redact, without_secrets
from server.settings.page_address import Address
from server.store import actions as reasons
from tools.action_id import reference_of
from tools.cleaning import clean
from tools.desk_operation import AnyOperation
from tools.operation import Preview
from tools.problems import Problem
from tools.sentence import sentence, together, written
from tools.taipei import iso

if TYPE_CHECKING:
    from server.store.actions import Action

_NOBODYS = "The form brought no person's answer."
TERMINAL_COMMAND = "campaign-ops-mcp approvals"


def told(operation: AnyOperation, action: "Action") -> Answer:
    """The answer for an action that this call finds beyond its approval. It never acts."""
    match str(action.state):
        case "succeeded":
            return replayed(action)
        case "dispatching":
            return in_progress(action)
        case "unknown":
            return unknown(action, json.loads(action.outcome or "{}").get("reason", "the server stopped"))
        case "failed":
            return failure(problem_in(action.outcome))
        case "expired" | "approved":
            return failure(_ended(operation, action))
        case "denied" if action.rule == reasons.CHANGE_ASKED:
            return change_asked(operation, action)
        case _:
            return failure(declined(operation))


def _ended(operation: AnyOperation, action: "Action") -> Problem:
    """Why it ended before it was begun."""
    match action.reason:
        case reasons.ALTERED:
            return ledger_altered(operation, action.id)
        case reasons.UNSIGNED:
            return signature_void(operation)
        case reasons.UNANSWERED:
            return answer_void(operation)
        case reasons.STOPPED:
            return stopped(operation)
        case reasons.PAST_LOST:
            return was_lost(operation)
        case _:
            # Approved and not claimed: the approval had lapsed.
            return _expired(operation)


def replayed(action: "Action") -> Answer:
    """The first result again; nothing was done now."""
    said = "This was done before; nothing was done now. To do it again on purpose, pass a new request_id."
    facts = json.loads(action.outcome)
    return Envelope(outcome="done", action_id=action.id, extra={"replayed": True, "message": said}).around(
        facts
    )


def in_progress(action: "Action") -> Answer:
    """The same call is being carried out at this moment."""
    message = "The same call is being carried out right now; it was not started a second time."
    following = "Look at it with get_action in a moment."
    return Envelope(outcome="in_progress", action_id=action.id).around(
        {"message": message, "next": following}
    )


def unknown(action: "Action", reason: str) -> Answer:
    """It may or may not have happened: said so, with the next step. Not an error."""
    message = (
        f"The outcome is unknown: {reason}. It may or may not have happened; nothing is repeated by itself."
    )
    following = (
        "Use reconcile_action with this action_id. Do not do it again under another request_id before."
    )
    hold = hold_of(action)
    if hold is not None:
        message += (
            f" If the vendor took it, it goes out at {iso(hold.goes_out)}: until then a person can erase it "
            f"on the vendor's own pages, where its subject begins with {reference_of(action.id)}."
        )
    return Envelope(outcome="unknown", action_id=action.id).around({"message": message, "next": following})


def approval_required(
    operation: AnyOperation, action: "Action", page: Address | None, why: str = "", *, signed: bool = False
) -> Answer:
    """A person has to approve in another place; then the same call goes through once.

    `page` is where the page for people is: its address holds no right. `why` tells what became of the form,
    where there was one. `signed`: a passkey has to sign it, for which only the page asks.
    """
    said = (nothing(operation), why, f"A person has to approve action {action.id} first.")
    facts: dict[str, Any] = {
        "message": " ".join(filter(None, said)),
        "person_does": _where(action.id, page, signed=signed),
        "expires_at": iso(action.expires_at),
        "preview": shown_preview(Preview.model_validate_json(action.preview)),
        "next": "Tell the person. After the approval repeat exactly the same call.",
    }
    return Envelope(outcome="approval_required", action_id=action.id).around(facts)


def _where(action_id: str, page: Address | None, *, signed: bool) -> str:
    if signed:
        opened = (
            "run `campaign-ops-mcp console`" if page is None else f"open {page.origin}/approvals/{action_id}"
        )
        return f"{opened} and decide on {action_id} there, with a passkey"
    in_terminal = f"run `{TERMINAL_COMMAND}` in a terminal and decide on {action_id}"
    return in_terminal if page is None else f"open {page.origin}/approvals/{action_id}, or {in_terminal}"


def change_asked(operation: AnyOperation, action: "Action") -> Answer:
    """A person said no, and wrote what should be different: their words are data, in a field of their own."""
    refused = failure(wants_a_change(operation, action.id))
    return replace(refused, facts={**refused.facts, NOTE: redact(clean(action.reason))})


def approved_elsewhere(operation: AnyOperation, action: "Action", why: str = "") -> Answer:
    """The form brought nobody's answer, and a person has approved in another place meanwhile."""
    facts = {
        "message": (
            f"{nothing(operation)} {why or _NOBODYS} Action {action.id} was approved in another place "
            "meanwhile."
        ),
        "expires_at": iso(action.expires_at),
        "preview": shown_preview(Preview.model_validate_json(action.preview)),
        "next": "Repeat exactly the same call to carry it out; or let the person deny it in a terminal.",
    }
    return Envelope(outcome="approval_required", action_id=action.id).around(facts)


def too_late_for_a_no(operation: AnyOperation, action: "Action") -> Answer:
    """A no to what was begun or done already: what became of it, and that the no did not stop it."""
    answer = told(operation, action)
    if str(action.state) not in ("dispatching", "succeeded", "unknown"):
        return answer
    message = f"The person's no came too late. {answer.facts['message']}"
    return replace(answer, facts={**answer.facts, "message": message})


def shown_preview(preview: Preview) -> dict[str, Any]:
    """A preview for the assistant: always masked, whatever the settings."""
    # Names that the vendor holds are for the person: who reads them here has read text from outside.
    return present(preview.model_copy(update={"details": {}}), show_numbers=False).facts


def problem_text(problem: Problem) -> str:
    """A problem as the ledger keeps it, and as `get_action` shows it: redacted as in the answer itself."""
    said = None if problem.vendor_text is None else redact(without_secrets(problem.vendor_text))
    kept = {**asdict(problem), "message": written(problem.message), "vendor_text": said}
    return json.dumps(kept, ensure_ascii=False)


def _expired(operation: AnyOperation) -> Problem:
    return Problem(
        code="approval_expired",
        message=together(
            nothing(operation), sentence("The approval came too late; the question had expired.")
        ),
        next=sentence("Call again; the person is asked again with fresh figures."),
        retryable=True,
    )
