"""What a call ends with: one structured answer, in our words."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from server.logs.logs import redact, without_secrets
from tools.problems import Problem
from tools.saved_file import SavedFile

UNTRUSTED = "vendor_text_untrusted"
"""The field of a failure that holds the vendor's own words."""

NOTE = "note_untrusted"
"""The field of a failure that holds what a person wrote who wants something else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The end of a call: facts for the assistant, and whether they are a failure."""

    facts: Mapping[str, Any]
    is_error: bool = False
    link: SavedFile | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """The call has to be approved first: what to ask, rendered from the frozen preview alone."""

    action_id: str
    message: str
    proof: str
    """What the person types; empty for yes or no."""
    proof_hint: str


def failure(problem: Problem) -> Answer:
    """A failure with its way out. Vendor text stays in its own, marked field."""
    facts: dict[str, Any] = {"code": problem.code, "message": problem.message}
    if problem.vendor_code is not None:
        facts["vendor_code"] = problem.vendor_code
    if problem.vendor_text:
        # A vendor repeats what it was sent: numbers, and a password in the worst case.
        facts[UNTRUSTED] = redact(without_secrets(problem.vendor_text))
    facts |= {"retryable": problem.retryable, "next": problem.next}
    return Answer(facts=facts, is_error=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """What surrounds a result of a tool that changes something: the outcome and the ledger's action."""

    outcome: str
    action_id: str | None = None
    extra: Mapping[str, Any] = field(default_factory=dict[str, Any])

    def around(self, facts: Mapping[str, Any]) -> Answer:
        """The answer that holds both."""
        head: dict[str, Any] = {"outcome": self.outcome}
        if self.action_id is not None:
            head["action_id"] = self.action_id
        return Answer(facts={**head, **facts, **self.extra})
