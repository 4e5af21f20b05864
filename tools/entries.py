"""An action of the ledger as people and models read it."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from tools.action_id import normalise_id
from tools.operation import Preview, Result
from tools.values import IDENTIFIER, OUTSIDE, Minute, OutsideText, Points, Timestamp

ActionState = Literal[
    "proposed", "approved", "denied", "expired", "dispatching", "succeeded", "failed", "unknown"
]

NEXT_STEPS: Mapping[ActionState, str] = {
    "proposed": "A person decides: `campaign-ops-mcp approvals`, or the question in the client.",
    "approved": "Repeat exactly the same call; it then goes through once.",
    "denied": "Nothing was done. Ask the person what should be different.",
    "expired": "Nothing was done. Call again; the person is asked with fresh figures.",
    "dispatching": "It is being carried out; look again in a moment.",
    "succeeded": "It was done.",
    "failed": "Nothing was done. The same call can be made again once the reason is gone.",
    "unknown": "It may have happened. Use reconcile_action; for an SMS send, retry_safely.",
}
"""What follows from each state, in our words."""


_WRITTEN = re.compile("[0-9A-Za-z]{4}[- ]?[0-9A-Za-z]{4}")


def _as_kept(written: str) -> str:
    if _WRITTEN.fullmatch(written) is None:
        raise ValueError("is no id of an action. Give it as list_actions shows it.")
    return normalise_id(written)


ActionId = Annotated[str, IDENTIFIER, Field(description="Id such as 7KQ2-M9XD."), AfterValidator(_as_kept)]
"""One spelling, however it was typed: the same id in small letters must be the same call."""


class ActionSummary(Result):
    """One row of the ledger."""

    action_id: str
    tool: str
    state: ActionState
    created_at: Minute
    recipients: int | None = None
    points: Points | None = None
    target: OutsideText | None = None
    batch_id: OutsideText | None = None
    approved_by: Annotated[str | None, Field(description="Channel of the decision.")] = None


class ActionDetail(ActionSummary):
    """One action whole: what was shown to the person, what came of it, what to do next."""

    created_at: Timestamp
    finished_at: Timestamp | None = None
    preview: Preview | None = None
    outcome: Annotated[dict[str, Any] | None, OUTSIDE] = None
    reason: str | None = None
    retry_of: str | None = None
    next: str


class ReconcileResult(Result):
    """Where the action stands now, and what that rests on."""

    action_id: str
    state: ActionState
    evidence: list[str]
    """In our words; empty when nothing could be found out."""
    next: str
