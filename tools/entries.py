"""An action of the ledger as people and models read it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from tools.action_id import normalise_id
from tools.operation import Preview, Result
from tools.sentence import sentence
from tools.values import IDENTIFIER, OUTSIDE, Minute, OutsideText, Points, Timestamp

ActionState = Literal[
    "proposed", "approved", "denied", "expired", "dispatching", "succeeded", "failed", "unknown", "erased"
]
"""`erased`: a booking that succeeded and was taken back."""

NEXT_STEPS: Mapping[ActionState, str] = {
    "proposed": "A person decides: `campaign-ops-mcp approvals`, or the question in the client.",
    "approved": "Repeat exactly the same call; it then goes through once.",
    "denied": "Nothing was done. Ask the person what should be different.",
    "expired": "Nothing was done. Call again; the person is asked with fresh figures.",
    "dispatching": "It is being carried out; look again in a moment.",
    "succeeded": "It was done.",
    "failed": "Nothing was done. The same call can be made again once the reason is gone.",
    "unknown": "It may have happened. Use reconcile_action; a person can close it (actions close).",
    "erased": "It was booked, and the booking was erased. The same call books it again.",
}
"""What follows from each state, in our words."""
RETRYABLE_TOOLS = ("send_sms", "send_sms_deduplicated")
"""Whose send of unknown outcome the vendor's filter makes safe to repeat."""
_RETRY = "It may have happened. Use reconcile_action, or retry_safely."
_LOOKED_AT = "Nothing proves it yet. A delivery report may; else a person closes it (actions close)."
_RETRY_NOW = "Nothing proves it yet. retry_safely repeats it and skips who had it."


def next_step(state: ActionState, tool: str, *, looked: bool = False) -> str:
    """What follows; `looked`: the evidence was just asked for."""
    if state != "unknown":
        return NEXT_STEPS[state]
    if tool in RETRYABLE_TOOLS:
        return _RETRY_NOW if looked else _RETRY
    return _LOOKED_AT if looked else NEXT_STEPS[state]


WANTS_A_CHANGE = (
    "Nothing was done. A person asks for the change in `note`; call with it, and they are asked again."
)
"""The same for a no with a note."""
NOT_KNOWN = "The store lost its past: it may have been done before. Look at what went out, then call again."
"""The same for what waited in a store whose past was lost."""


_WRITTEN = re.compile("[0-9A-Za-z]{4}[- ]?[0-9A-Za-z]{4}")


def _as_kept(written: str) -> str:
    if _WRITTEN.fullmatch(written) is None:
        raise ValueError(sentence("is no id of an action. Give it as list_actions shows it."))
    return normalise_id(written)


ActionId = Annotated[str, IDENTIFIER, Field(description="Id such as 7KQ2-M9XD."), AfterValidator(_as_kept)]
"""One spelling, however it was typed: the same id in small letters must be the same call."""


class _Entry(Result):
    """What a row of the ledger and an action whole have in common."""

    action_id: str
    tool: str
    state: ActionState
    created_at: Minute
    recipients: int | None = None
    points: Points | None = None
    points_returned: Points | None = None
    """What came back of the points when the booking was erased."""
    target: OutsideText | None = None
    batch_id: OutsideText | None = None
    by: str
    """Who asked for it."""
    decided_by: str | None = None
    """Who approved or denied it, and by which way: `local:desk (terminal)`."""


class ActionSummary(_Entry):
    """One row of the ledger."""

    words: OutsideText | None = None
    """What it is about: how its text begins, or the name of what it acts on."""
    subject: OutsideText | None = None
    send_at: Minute | None = None
    """None: at once."""


class ActionDetail(_Entry):
    """One action whole: what was shown to the person, what came of it, what to do next."""

    created_at: Timestamp
    finished_at: Timestamp | None = None
    preview: Preview | None = None
    outcome: Annotated[dict[str, Any] | None, OUTSIDE] = None
    reason: str | None = None
    note: OutsideText | None = None
    """What a person wrote who wants something else."""
    retry_of: str | None = None
    next: str


class ActionSums(Result):
    """The sends of a list that went out, or may have."""

    sends: int
    recipients: int
    points_net: Points
    """Final, or reserved where the end is open; less what came back."""
    points_returned: Points


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionsWanted:
    """Which actions to list; what is empty or None means any. From `since`, before `until`."""

    tool: str = ""
    state: ActionState | None = None
    batch_id: str = ""
    mobile: str | None = None
    """E.164: whom a send reached."""
    words: str = ""
    since: datetime | None = None
    until: datetime | None = None
    page: int = 1
    page_size: int = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionsFound:
    """A page of actions, newest first, and how many there are.

    `searched`: only so many of the newest were looked through. The sums stand under what they are of, a day,
    a month or `listed`; None: too many to add up.
    """

    rows: Sequence[ActionSummary]
    total: int
    searched: int | None
    sums: Mapping[str, ActionSums | None]


class ReconcileResult(Result):
    """Where the action stands now, and what that rests on."""

    action_id: str
    state: ActionState
    evidence: list[str]
    """In our words; empty when nothing could be found out."""
    next: str
