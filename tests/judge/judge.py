"""The promises of docs/guardrails.md, held against a history. One function for each promise."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from tests.judge.campaigns import CAMPAIGN_RULES, is_of_a_campaign
from tests.judge.case import Case, action_told, content_of
from tests.judge.history import (
    Answered,
    Blocked,
    Called,
    Decided,
    History,
    PastLost,
    Posted,
    Replied,
    action_of,
    plain_number,
)
from tests.judge.retries import a_retry_is_for_who_failed

DAY = 24 * 60 * 60
_NUMBER = re.compile(r"(?<!\d)(?:\+?886|0)9\d{8}(?!\d)")
_DIGEST = re.compile(r"\b[0-9a-f]{32,}\b")
"""Ten digits in a row stand in one of some thousands."""
_OF_THIS_REQUEST = frozenset(
    {
        "approval_mismatch",
        "in_progress",
        "internal_error",
        "not_found",
        "not_sent",
        "past_lost",
        "rate_limited",
        "request_id_reused",
        "store_unavailable",
        "vendor_unavailable",
    }
)
"""Refusals of one request, whatever becomes of the same call made again or elsewhere."""
_FOR_GOOD = frozenset({"declined", "proof_mismatch"})


def judge(history: History) -> list[str]:
    """Every broken promise, in our words; empty when all were kept."""
    case = Case(history)
    return [f"{rule.__name__}: {found}" for rule in RULES for found in rule(case)]


def one_request_for_one_action(case: Case) -> Iterator[str]:
    """An action is posted once, whatever crashes or repeats."""
    seen: set[str] = set()
    for post in case.posts:
        if post.reference in seen:
            yield f"{post.reference} was posted twice"
        seen.add(post.reference)


def one_text_for_one_call(case: Case) -> Iterator[str]:
    """The same call within 24 hours is not done again; a new request_id repeats on purpose."""
    done = [post for post in case.posts if post.texted]
    for place, post in enumerate(done):
        for earlier in done[:place]:
            both = set(map(plain_number, post.texted)) & set(map(plain_number, earlier.texted))
            recent = _recent(case, earlier, post) and post.text == earlier.text
            allowed = _told_failed(case, earlier) or _after_a_loss(case, earlier, post)
            if both and recent and case.surely_same(earlier, post) and not allowed:
                yield f"{post.reference} texts somebody again who had the text of {earlier.reference}"


def no_free_text_twice(case: Case) -> Iterator[str]:
    """What nobody is asked about never brings a number the same text twice within 24 hours."""
    had: dict[tuple[str, str], Posted] = {}
    for post in case.posts:
        for number in map(plain_number, post.texted):
            first = had.get((number, post.text))
            first = None if first is None or case.is_erased(first, number, post) else first
            asked = case.yeses(action_of(post.reference))
            if first is not None and _may_follow(case, first, number, post):
                first = None
            if first is not None and _recent(case, first, post) and not asked and not post.filtered:
                yield f"{post.reference} went without a question to a number that had its text"
            had[number, post.text] = post


def done_was_done(case: Case) -> Iterator[str]:
    """`done` is only said of what the vendor carried out, with the number of texts that really went."""
    for answer, called in _answers(case):
        if answer.facts.get("outcome") != "done" or not called.tool.startswith("send_"):
            continue
        action_id = str(answer.facts.get("action_id", ""))
        if "reconciled" in answer.facts:
            continue
        found = [post for post in case.posts if action_of(post.reference) == action_id and post.carried_out]
        if not found:
            yield f"{action_id} was called done, and the vendor did not do it"
        elif "sent" in answer.facts and answer.facts["sent"] != len(found[0].texted):
            yield f"{action_id}: {answer.facts['sent']} texts were told, {len(found[0].texted)} went out"


def done_is_new_once(case: Case) -> Iterator[str]:
    """Only one answer says that it did it; every other one is marked as a repetition."""
    new: set[str] = set()
    for answer, called in _answers(case):
        action_id = str(answer.facts.get("action_id", ""))
        fresh = answer.facts.get("outcome") == "done" and not answer.facts.get("replayed")
        if not fresh or not called.tool.startswith(("send_", "retry_")):
            continue
        if action_id in new:
            yield f"{action_id} was told as newly done twice"
        new.add(action_id)


def nothing_was_nothing(case: Case) -> Iterator[str]:
    """ "Nothing was sent" is only said where nothing had been sent."""
    for answer, called in _answers(case):
        code = str(answer.facts.get("code", ""))
        if not answer.error or "Nothing was" not in str(answer.facts.get("message")):
            continue
        if code in _OF_THIS_REQUEST and not called.action_id:
            continue
        action_id = called.action_id or str(answer.facts.get("action_id", ""))
        for post in case.posts:
            named = action_of(post.reference) == action_id
            later = code not in _FOR_GOOD and case.before(answer, post)
            if named and post.carried_out and not later and code not in _OF_THIS_REQUEST:
                yield f"{action_id} was carried out, and {code} was answered"


def a_dry_run_sends_nothing(case: Case) -> Iterator[str]:
    """A preview is told as one, and no request belongs to it alone."""
    for answer, called in _answers(case):
        if called.arguments.get("dry_run") and answer.facts.get("outcome") not in ("dry_run", None):
            yield f"a dry run was answered with {answer.facts['outcome']}"
    for post in case.posts:
        if not case.keys(post) and not post.filtered and not is_of_a_campaign(case, post):
            yield f"{post.reference} was posted, and nobody had called for it"


def a_person_agreed(case: Case) -> Iterator[str]:
    """Whatever no rule lets go was agreed to by a person, at human speed, and before its time was over."""
    for post in case.posts:
        action_id = action_of(post.reference)
        yes = [each for each in case.yeses(action_id) if case.before(each, post)]
        if not yes and not case.is_free(post) and not is_of_a_campaign(case, post):
            yield f"{action_id} was posted, and no person had agreed to it"
        shown = [event.at for event in case.history.events if action_told(event) == action_id]
        if yes and shown and post.at - min(shown) > case.terms.expires + case.terms.slack:
            yield f"{action_id} was posted after its approval had expired"


def a_no_vetoes(case: Case) -> Iterator[str]:
    """Nothing is posted after a no was taken, nor by the very call that brought it."""
    for post in case.posts:
        for no in case.nos(action_of(post.reference)):
            taken = no if isinstance(no, Decided) else _taken(case, no)
            if taken is not None and case.before(taken, post):
                yield f"{action_of(post.reference)} was posted after a no"
    for no in case.history.of(Replied):
        answer = case.answers.get(no.call)
        if no.says == "no" and answer is not None and _newly_done(answer):
            yield f"{no.action_id} was posted by a no"


def as_it_was_agreed_to(case: Case) -> Iterator[str]:
    """Recipients and text are those of the call that the action belongs to."""
    for post in case.posts:
        keys = case.keys(post)
        if keys and not post.filtered and content_of(post) not in {key.content for key in keys}:
            yield f"{post.reference} went with another text or to others than was called for"


def blocked_means_never(case: Case) -> Iterator[str]:
    """A number that was blocked before the call began is not texted by it."""
    for post in case.posts:
        told = case.actions.get(action_of(post.reference), set())
        begun = [case.calls[call] for call in told if call in case.calls]
        begun = [called for called in begun if case.before(called, post)]
        for number in map(plain_number, post.numbers):
            block = _block_before(case, number, begun)
            if begun and block:
                yield f"{post.reference} was posted to a blocked number"


def numbers_stay_masked(case: Case) -> Iterator[str]:
    """No answer holds a mobile number that its caller did not give."""
    for answer, called in _answers(case):
        shown = _numbers(answer.facts)
        if shown and shown - _numbers(called.arguments):
            yield f"the answer to {called.call} shows a number"


def answered_in_time(case: Case) -> Iterator[str]:
    """No call takes longer than its limit."""
    limit = case.terms.call_limit
    for answer, called in _answers(case):
        if limit is not None and answer.at - called.at > limit + case.terms.slack:
            yield f"{called.call} took {answer.at - called.at:.0f} s"


def a_lost_past_stops(case: Case) -> Iterator[str]:
    """Once the store was set back nothing is posted until a person accepts the loss."""
    lost: PastLost | None = None
    for event in case.history.events:
        if isinstance(event, PastLost):
            lost = None if event.accepted else event
        elif isinstance(event, Posted) and lost is not None and _began_after(case, event, lost):
            yield f"{event.reference} was posted although the past was lost"


RULES = (
    one_request_for_one_action,
    one_text_for_one_call,
    no_free_text_twice,
    done_was_done,
    done_is_new_once,
    nothing_was_nothing,
    a_dry_run_sends_nothing,
    a_person_agreed,
    a_no_vetoes,
    as_it_was_agreed_to,
    blocked_means_never,
    numbers_stay_masked,
    answered_in_time,
    a_lost_past_stops,
    *CAMPAIGN_RULES,
    a_retry_is_for_who_failed,
)


def _numbers(said: Mapping[str, Any]) -> set[str]:
    spoken = _DIGEST.sub("", json.dumps(dict(said), ensure_ascii=False))
    return set(map(plain_number, _NUMBER.findall(spoken)))


def _answers(case: Case) -> Iterator[tuple[Answered, Called]]:
    for call, answer in case.answers.items():
        if call in case.calls:
            yield answer, case.calls[call]


def _taken(case: Case, no: Replied) -> Answered | None:
    """The answer that says that the no was taken; without the store it could not be."""
    answer = case.answers.get(no.call)
    return answer if answer is not None and answer.facts.get("code") in _FOR_GOOD else None


def _newly_done(answer: Answered) -> bool:
    return answer.facts.get("outcome") == "done" and not answer.facts.get("replayed")


def _may_follow(case: Case, earlier: Posted, number: str, post: Posted) -> bool:
    """Whether a campaign, to which a person agreed, texts a number that the earlier text did not reach."""
    return is_of_a_campaign(case, post) and case.had_failed(earlier, number, post)


def _recent(case: Case, earlier: Posted, post: Posted) -> bool:
    """Within 24 hours of the first call, which may have waited for its approval before it was posted."""
    return post.at - earlier.at < DAY - case.terms.expires - case.terms.slack


def _told_failed(case: Case, post: Posted) -> bool:
    """Whether anybody was told for certain that the action failed: then it may be called for again."""
    action_id = action_of(post.reference)
    return any(
        answer.error and answer.facts.get("action_id") == action_id and "Nothing was" in str(answer.facts)
        for answer in case.answers.values()
    )


def _after_a_loss(case: Case, first: Posted, second: Posted) -> bool:
    """Whether a person agreed to one of both knowing that the server had lost sight of the other."""
    for loss in case.history.of(PastLost):
        if not loss.accepted:
            continue
        agreed = [
            any(
                case.before(loss, yes) and case.before(yes, post)
                for yes in case.yeses(action_of(post.reference))
            )
            for post in (first, second)
        ]
        if agreed.count(True) == 1:
            return True
    return False


def _block_before(case: Case, number: str, begun: list[Called]) -> bool:
    """Whether the number was blocked when the last of these calls began, and ever since."""
    blocked = False
    for event in case.history.events:
        if isinstance(event, Blocked) and plain_number(event.number) == number:
            blocked = not event.lifted and all(case.before(event, called) for called in begun)
    return blocked


def _began_after(case: Case, post: Posted, lost: PastLost) -> bool:
    told = case.actions.get(action_of(post.reference), set())
    begun = [case.calls[call] for call in told if call in case.calls]
    return bool(begun) and all(case.before(lost, called) for called in begun)
