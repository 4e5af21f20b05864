"""The promises of docs/campaigns.md, held against a history: what clients saw, and the vendor's log.

A part of a campaign is named to nobody. A request is a campaign's when the records name it as a part of it,
or where none are recorded no client was told of its action; and when it texts numbers of the campaign's list
with the campaign's words. A campaign that is planned again shares both with the first.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from tests.judge.case import Case
from tests.judge.history import Answered, Called, Listed, PastLost, Posted, action_of, plain_number

START = "start_campaign"
AGAIN = "retry_failed"
_PLANS = ("plan_campaign", AGAIN)
_STOPS, _GOES_ON = ("pause_campaign", "cancel_campaign"), (START, "resume_campaign", "move_campaign")
_IN_DOUBT = "reconcile_action for "
_NO_TIME = re.compile(r"(\d+) recipients? in \d+ parts? have no time")
_NOT_SENT = re.compile(r"(\d+) are not sent")
"""Whose bookings are gone: the vendor says so of what nobody knows to have been erased."""
_OVER = ("booked", "done", "cancelled")
_PARTS = ("waiting", "sending", "sent", "unknown", "failed", "left_out")


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaign:
    """A plan that a client was told of, with the requests that are of it."""

    id: str
    planned: Called
    posts: tuple[Posted, ...]
    first: str
    """The campaign that was planned from a list: itself, or what it plans again."""

    def steps(self, case: Case, *tools: str) -> Iterator[Called]:
        """The calls of these tools that name it."""
        for called in case.calls.values():
            if called.tool in tools and called.arguments.get("campaign_id") == self.id:
                yield called


@lru_cache(maxsize=1)
def campaigns_of(case: Case) -> tuple[Campaign, ...]:
    """Every campaign of the history that somebody called to be started."""
    planned = (_campaign(case, answer) for answer in case.answers.values() if _is_plan(case, answer))
    return tuple(each for each in planned if any(each.steps(case, START)))


def is_of_a_campaign(case: Case, post: Posted) -> bool:
    """Whether a request is of a campaign that somebody planned."""
    return post.reference in _references(case)


@lru_cache(maxsize=1)
def _references(case: Case) -> frozenset[str]:
    return frozenset(post.reference for each in campaigns_of(case) for post in each.posts)


def a_campaign_was_agreed_to(case: Case) -> Iterator[str]:
    """No part of a campaign goes out before a person agreed to its start."""
    for campaign in campaigns_of(case):
        agreed = [yes for called in campaign.steps(case, START) for yes in _yeses(case, called)]
        for post in campaign.posts:
            if not any(case.before(yes, post) for yes in agreed):
                yield f"{post.reference} was posted, and no person had agreed to its campaign"


def nobody_twice_in_a_campaign(case: Case) -> Iterator[str]:
    """A campaign texts a number once, unless a person went on with it after its past was lost."""
    for campaign in campaigns_of(case):
        had: dict[str, Posted] = {}
        for post in campaign.posts:
            for number in map(plain_number, post.texted):
                first = had.get(number, post)
                first = post if case.is_erased(first, number, post) else first
                had[number] = first
                if first is not post and not lost_between(case, first, post):
                    yield f"{post.reference} texts a number that {first.reference} of its campaign texted"


def a_stop_stops(case: Case) -> Iterator[str]:
    """After an answered pause or cancellation nothing is begun; what was under way ends within its lease."""
    for campaign in campaigns_of(case):
        going_on = [*campaign.steps(case, *_GOES_ON)]
        for called in campaign.steps(case, *_STOPS):
            stopped = case.answers.get(called.call)
            if stopped is None or stopped.error or not _did_stop(stopped):
                continue
            for post in campaign.posts:
                later = case.before(stopped, post) and post.at > stopped.at + case.terms.lease
                # A call that lets it go on may be answered after what it let out.
                let_on = (each for each in going_on if case.before(called, each))
                if later and not any(case.before(each, post) for each in let_on):
                    yield f"{post.reference} was posted after {called.tool} was answered"


def a_trial_is_looked_at(case: Case) -> Iterator[str]:
    """After a trial nothing goes out before a person lets it, where no other terms were agreed to."""
    for campaign in campaigns_of(case):
        trial = campaign.planned.arguments.get("trial")
        if not isinstance(trial, int) or not trial or campaign.planned.arguments.get("release"):
            continue
        released = [yes for called in campaign.steps(case, "resume_campaign") for yes in _yeses(case, called)]
        asked: set[str] = set()
        for post in campaign.posts:
            asked |= set(map(plain_number, post.numbers))
            if len(asked) > trial and not any(case.before(yes, post) for yes in released):
                yield f"{post.reference} was posted after a trial of {trial} that nobody had looked at"


def every_recipient_ends(case: Case) -> Iterator[str]:
    """Of a campaign that is over each recipient was sent to, may have been, was certainly not, or is left."""
    for campaign in campaigns_of(case):
        told = _last_look(case, campaign)
        if told.get("state") not in _OVER:
            continue
        parts = {name: int(told[name]) for name in _PARTS}
        if parts["waiting"] or parts["sending"]:
            yield f"a campaign is {told['state']}, and {parts} of it are not over"
        left = int(told["recipients"]) - sum(parts.values()) - _without_time(told)
        if left < 0 or (left and told["state"] != "cancelled"):
            yield f"a campaign of {told['recipients']} is {told['state']}, and {parts} are told"


def points_are_the_vendors(case: Case) -> Iterator[str]:
    """A campaign is said to have cost what went out, but for what is unknown; a text costs a point.

    What an erasing of unknown outcome may have brought back still counts, and is said to be unknown.
    """
    for campaign in campaigns_of(case):
        told = _last_look(case, campaign)
        if told.get("state") not in _OVER or _was_lost(case):
            continue
        went, spent = sum(_went(case, post) for post in campaign.posts), float(told["points"])
        least = 0 if _IN_DOUBT in str(told.get("next", "")) else spent - int(told["unknown"])
        if not least <= went <= spent:
            yield f"a campaign tells of {spent:g} points, {told['unknown']} unknown; {went} texts went out"


CAMPAIGN_RULES = (
    a_campaign_was_agreed_to,
    nobody_twice_in_a_campaign,
    a_stop_stops,
    a_trial_is_looked_at,
    every_recipient_ends,
    points_are_the_vendors,
)


def _campaign(case: Case, planned: Answered) -> Campaign:
    id_ = str(planned.facts["campaign_id"])
    first, called = _first_plan(case, id_)
    words, name = called.arguments["text"], called.arguments["list"]
    lists = (each for each in case.history.of(Listed) if each.name == name)
    numbers = {plain_number(number) for each in lists for number in each.numbers}
    posts = tuple(
        post
        for post in case.posts
        if _is_part(case, post, id_)
        and post.text == words
        and set(map(plain_number, post.numbers)) <= numbers
    )
    return Campaign(id=id_, planned=case.calls[planned.call], posts=posts, first=first)


def _first_plan(case: Case, campaign: str) -> tuple[str, Called]:
    """The campaign whose failed recipients are planned again, or theirs of whom this is one; and its plan."""
    plans = (each for each in case.answers.values() if _is_plan(case, each))
    found = next(each for each in plans if each.facts["campaign_id"] == campaign)
    called = case.calls[found.call]
    if called.tool != AGAIN:
        return campaign, called
    return _first_plan(case, str(called.arguments["campaign_id"]))


def _is_part(case: Case, post: Posted, campaign: str) -> bool:
    if case.terms.names_parts:
        return case.parts.get(post.reference) == campaign
    return not case.actions.get(action_of(post.reference))


def _is_plan(case: Case, answer: Answered) -> bool:
    called = case.calls.get(answer.call)
    return called is not None and called.tool in _PLANS and not answer.error


def _yeses(case: Case, called: Called) -> list[Any]:
    told = {action for action, calls in case.actions.items() if called.call in calls}
    return [yes for action in told for yes in case.yeses(action)]


def _did_stop(answer: Answered) -> bool:
    facts = answer.facts
    return str(facts.get("conclusion", "")).startswith("Paused") or facts.get("outcome") == "done"


def _last_look(case: Case, campaign: Campaign) -> dict[str, Any]:
    looks = [case.answers.get(called.call) for called in campaign.steps(case, "get_campaign")]
    told = [each for each in looks if each is not None and not each.error]
    return dict(told[-1].facts) if told else {}


def _went(case: Case, post: Posted) -> int:
    """How many of its texts went out, or will."""
    return sum(not case.is_erased(post, number) for number in map(plain_number, post.texted))


def _without_time(told: Mapping[str, Any]) -> int:
    """Whose bookings were erased, so that a person decides whether they get it; or are gone."""
    said = str(told.get("conclusion", ""))
    return sum(int(found[1]) for each in (_NO_TIME, _NOT_SENT) if (found := each.search(said)))


def lost_between(case: Case, first: Posted, second: Posted) -> bool:
    """Whether the store was set back between both."""
    losses = [each for each in case.history.of(PastLost) if not each.accepted]
    return any(case.before(first, each) and case.before(each, second) for each in losses)


def _was_lost(case: Case) -> bool:
    return bool(case.history.of(PastLost))
