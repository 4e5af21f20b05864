"""The ways in which an operation can fail, told apart by what they mean for the user."""

from dataclasses import dataclass

from tools.sentence import sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One failure, in our words, as the assistant and the person read it.

    `message` says what happened and what did not happen; `next` says how to recover; `retryable` says
    whether the same call may be made again as it is. `vendor_code` and `vendor_text` are what the vendor
    said: data, never part of our sentences.
    """

    code: str
    message: str
    next: str
    retryable: bool = False
    vendor_code: str | None = None
    vendor_text: str | None = None


class InvalidArgumentError(ValueError):
    """An argument cannot be used; found before any request was made.

    Names the field, what is wrong with it, and the way out; never the value itself.
    """

    def __init__(self, field: str, problem: str, fix: str) -> None:
        super().__init__(sentence("{field}: {problem} {fix}", field=field, problem=problem, fix=fix))
        self.field = field
        self.problem = problem
        self.fix = fix


class RefusedError(Exception):
    """The vendor answered with a refusal, or a looked-up state forbids the action: nothing was done."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem
