"""A history with what can be told from it: whose action is whose, which calls are one, who agreed to what."""

import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from tests.judge.history import (
    Answered,
    Asked,
    Called,
    Decided,
    Erased,
    History,
    Part,
    Posted,
    Replied,
    Told,
    action_of,
    plain_number,
)

Content = tuple[frozenset[str], str]
_FAILED = "failed_retryable"


@dataclass(slots=True, kw_only=True, frozen=True)
class Key:
    """What makes two calls the same call: who, which tool, what, and the caller's own word for "again"."""

    principal: str
    tool: str
    content: Content
    request_id: str


class Case:
    """A history with what can be told from it: whose action is whose, who agreed to what."""

    def __init__(self, history: History) -> None:
        self.history = history
        self.terms = history.terms
        self.posts = history.of(Posted)
        self.calls = {event.call: event for event in history.of(Called)}
        self.answers = {event.call: event for event in history.of(Answered)}

    @cached_property
    def actions(self) -> dict[str, set[str]]:
        """The calls that were told of each action."""
        found: dict[str, set[str]] = {}
        for event in self.history.events:
            action_id = action_told(event)
            if action_id:
                found.setdefault(action_id, set()).add(str(getattr(event, "call", "")))
        return found

    @cached_property
    def place(self) -> dict[int, int]:
        """Where each event stands: what is written down first came first."""
        return {id(event): place for place, event in enumerate(self.history.events)}

    def content(self, called: Called) -> Content | None:
        """Whom a call would text, and with what words; None for what is no send."""
        if not called.tool.startswith("send_") or "text" not in called.arguments:
            return None
        given = called.arguments.get("recipients", called.arguments.get("recipient", ()))
        numbers = [given] if isinstance(given, str) else list(given)
        return frozenset(map(plain_number, numbers)), str(called.arguments["text"])

    def key(self, called: Called) -> Key | None:
        """The call as the same call is recognised."""
        content = self.content(called)
        if content is None or called.arguments.get("dry_run"):
            return None
        request_id = str(called.arguments.get("request_id", ""))
        return Key(principal=called.principal, tool=called.tool, content=content, request_id=request_id)

    def keys(self, post: Posted) -> set[Key]:
        """The calls that a request can be of: those told of its action, else those with its content."""
        told = self.actions.get(action_of(post.reference), set())
        tied = {key for call in told if call in self.calls and (key := self.key(self.calls[call]))}
        if tied or told:
            return tied  # None where only a safe retry knows of it.
        before = [called for called in self.calls.values() if called.at <= post.at + self.terms.slack]
        return {key for called in before if (key := self.key(called)) and key.content == content_of(post)}

    def surely_same(self, first: Posted, second: Posted) -> bool:
        """Whether both are of one call. Of a request whose answer never came nobody can tell whose it was."""
        keys = [self.keys(first), self.keys(second)]
        for post, found in zip((first, second), keys, strict=True):
            doubtful = len(found) > 1 or self._is_planned(post)
            if doubtful and action_of(post.reference) not in self.actions:
                return False
        return bool(keys[0] & keys[1])

    def _is_planned(self, post: Posted) -> bool:
        """Whether it can be a part of a campaign."""
        plans = (called for called in self.calls.values() if called.tool == "plan_campaign")
        return any(called.arguments.get("text") == post.text for called in plans)

    def nos(self, action_id: str) -> list[Replied | Decided]:
        """Every no to an action."""
        return [each for each in self._said(action_id) if each.says == "no"]

    def yeses(self, action_id: str) -> list[Replied | Decided]:
        """Every yes to an action that a person can have given."""
        return [each for each in self._said(action_id) if each.says == "yes" and self._by_a_person(each)]

    def _said(self, action_id: str) -> list[Replied | Decided]:
        """What was said to an action. A form's answer counts only for the call that was asked."""
        said = [*self.history.of(Replied), *self.history.of(Decided)]
        of_it = [each for each in said if self.named(each) == action_id]
        return [each for each in of_it if isinstance(each, Decided) or self._was_asked(each)]

    def named(self, event: Asked | Replied | Decided) -> str:
        """The action of an event; a client that was asked in mid-call learns it from the call's answer."""
        if event.action_id or isinstance(event, Decided):
            return event.action_id
        answer = self.answers.get(event.call)
        return str(answer.facts.get("action_id", "")) if answer is not None else ""

    def _was_asked(self, reply: Replied) -> bool:
        asked = {event.call for event in self.history.of(Asked) if self.named(event) == self.named(reply)}
        same = {_same(self.calls[call]) for call in asked if call in self.calls}
        return reply.call in self.calls and _same(self.calls[reply.call]) in same

    def _by_a_person(self, said: Replied | Decided) -> bool:
        if isinstance(said, Decided):
            return True
        return self.terms.human_minimum <= said.took <= self.terms.form_limit

    def before(self, first: object, second: object) -> bool:
        """Whether one event was written down before the other."""
        return self.place[id(first)] < self.place[id(second)]

    @cached_property
    def _erasings(self) -> dict[str, list[Erased]]:
        """What was taken back of each request."""
        found: dict[str, list[Erased]] = {}
        for each in self.history.of(Erased):
            found.setdefault(each.reference, []).append(each)
        return found

    def is_erased(self, post: Posted, number: str, by: object | None = None) -> bool:
        """Whether a number's text of a request was taken back: before this event, or ever."""
        return any(
            number in map(plain_number, each.numbers) and (by is None or self.before(each, by))
            for each in self._erasings.get(post.reference, ())
        )

    @cached_property
    def parts(self) -> dict[str, str]:
        """The campaign of each request that the records name as a part of one."""
        return {each.reference: each.campaign for each in self.history.of(Part)}

    @cached_property
    def _told(self) -> dict[tuple[str, str], list[Told]]:
        """What was said of each text, by its request and its number."""
        found: dict[tuple[str, str], list[Told]] = {}
        for each in self.history.of(Told):
            found.setdefault((each.reference, plain_number(each.number)), []).append(each)
        return found

    def had_failed(self, first: Posted, number: str, by: Posted) -> bool:
        """Whether the vendor had said last that the first text failed, and a later one can reach its number.

        What it said shortly before may have come after the later text was claimed.
        """
        told = [each for each in self._told.get((first.reference, number), ()) if self.before(each, by)]
        settled = [each for each in told if each.at <= by.at - self.terms.lease]
        return any(each.state == _FAILED for each in (*settled[-1:], *told[len(settled) :]))

    def is_free(self, post: Posted) -> bool:
        """Whether a rule of the operator can let it go without a person."""
        return set(map(plain_number, post.numbers)) <= self.terms.test_numbers


def _same(called: Called) -> tuple[str, str, str]:
    """A call with all that was asked for, whatever it is about."""
    arguments = {name: value for name, value in called.arguments.items() if name != "dry_run"}
    return called.principal, called.tool, json.dumps(arguments, sort_keys=True, default=list)


def content_of(post: Posted) -> Content:
    """Whom a request texts, and with what words."""
    return frozenset(map(plain_number, post.numbers)), post.text


def action_told(event: object) -> str:
    """The action that an event names to whoever sees it; '' where it names none."""
    if isinstance(event, Asked | Called):
        return event.action_id
    facts: Any = event.facts if isinstance(event, Answered) else {}
    return str(facts.get("action_id") or "")
