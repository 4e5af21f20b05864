"""What must hold after a step, and the verdict on it: a wrong outcome is a cross and a failed demo."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from server.demo.client import Answer, Asked
from server.demo.sandbox_control import World
from tools.sentence import plural, sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """All that a step led to: the answer, the questions, and the vendors before and after."""

    answer: Answer
    asked: Sequence[Asked]
    before: World
    after: World

    @property
    def facts(self) -> Mapping[str, Any]:
        """The structured answer."""
        return self.answer.facts


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """One thing that must hold."""

    says: str
    holds: Callable[[Seen], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether it held."""

    says: str
    ok: bool


def judge(expectations: Iterable[Expectation], seen: Seen) -> tuple[Verdict, ...]:
    """The verdict on each expectation, in order."""
    return tuple(Verdict(says=each.says, ok=_holds(each, seen)) for each in expectations)


def exit_code(verdicts: Sequence[Verdict]) -> int:
    """0 only when something was checked and all of it held."""
    return 0 if verdicts and all(verdict.ok for verdict in verdicts) else 1


def _holds(expectation: Expectation, seen: Seen) -> bool:
    """An answer of another shape is a wrong outcome, not a crash of the demo."""
    try:
        return expectation.holds(seen)
    except (LookupError, TypeError, ValueError, StopIteration, AttributeError):
        return False


def asked(times: int) -> Expectation:
    """The person was asked so often."""
    says = (
        sentence("nobody was asked")
        if times == 0
        else plural("the person was asked", "asked {count} times", times)
    )
    return Expectation(says=says, holds=lambda seen: len(seen.asked) == times)


def succeeded() -> Expectation:
    """The answer is no error."""
    return Expectation(says=sentence("no error"), holds=lambda seen: not seen.answer.is_error)


def done() -> Expectation:
    """Something was done at the vendor, and the server says so."""
    return Expectation(says=sentence("done"), holds=lambda seen: seen.facts["outcome"] == "done")


def texts_more(count: int) -> Expectation:
    """So many texts more have left, or are booked, at the vendor (fewer when negative)."""
    if count == 0:
        says = sentence("nothing was sent")
    elif count > 0:
        says = plural("{count} text more at the vendor", "{count} texts more at the vendor", count)
    else:
        says = plural("{count} text fewer at the vendor", "{count} texts fewer at the vendor", -count)
    return Expectation(says=says, holds=lambda seen: seen.after.texts - seen.before.texts == count)


def not_called(page: str) -> Expectation:
    """The vendor was not called on this page."""
    return Expectation(
        says=sentence("the vendor's log has no new {page}", page=page),
        holds=lambda seen: seen.after.calls(page) == seen.before.calls(page),
    )
