"""What the memory of texts means for a send: nothing is free that somebody had already, and a person is told.

The same effect by other means (another tool, another validity, a new request_id) is no same call, so it is
not answered from the ledger; but it is met here, whatever it comes by.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from server.gate.words.sentences import nothing
from server.store.actions import State
from tools.desk_operation import AnyOperation
from tools.entries import RETRYABLE_TOOLS
from tools.problems import Problem
from tools.sentence import Sentence, Value, plural, sentence, together
from tools.taipei import iso

if TYPE_CHECKING:
    from server.store.sent_texts import Repeated, Texted

_NAMED = 5
_OPEN = (State.DISPATCHING, State.UNKNOWN)
_HOUR = timedelta(hours=1)
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a send is about to do, and who asks: what the earlier sends are compared with."""

    texts: "Sequence[Texted]"
    principal: str
    now: datetime

    @property
    def messages(self) -> int:
        """How many different messages it has."""
        return len({text.message for text in self.texts})


def cautions(sends: "Sequence[Repeated]", asked: Asked) -> tuple[str, ...]:
    """What the question says: how many of these messages were sent before, when, and by which action."""
    newest = sorted(sends, key=lambda send: send.dispatched_at, reverse=True)
    more = len(newest) - _NAMED
    said = tuple(_caution(send, asked) for send in newest[:_NAMED])
    if more <= 0:
        return said
    return (*said, sentence("Earlier sends of the same text that are not listed: {count}.", count=more))


def _caution(send: "Repeated", asked: Asked) -> str:
    mine = send.principal == asked.principal
    places: dict[str, Value] = {
        "some": len({message for message, _ in send.messages}),
        "all": asked.messages,
        "action": sentence("action {id}", id=send.action_id) if mine else sentence("another caller's send"),
    }
    booked = max((moment for _, moment in send.messages), default="")
    if send.state in _OPEN:
        return sentence(
            "{some} of these {all} may have had the same text {time} ago: the outcome of {action} is not "
            "known.",
            time=_ago(send, asked),
            **places,
        )
    if booked and datetime.fromisoformat(booked) > asked.now:
        return sentence(
            "{some} of these {all} have the same text booked for {time} ({action}).",
            time=iso(datetime.fromisoformat(booked)),
            **places,
        )
    return sentence(
        "{some} of these {all} had the same text {time} ago ({action}).", time=_ago(send, asked), **places
    )


def _ago(send: "Repeated", asked: Asked) -> Sentence:
    age = max(asked.now - send.dispatched_at, _MINUTE)
    if age >= _HOUR:
        return plural("{count} hour", "{count} hours", age // _HOUR)
    return plural("{count} minute", "{count} minutes", age // _MINUTE)


def still_open(operation: AnyOperation, sends: "Sequence[Repeated]", asked: Asked) -> Problem | None:
    """Everybody may have the text by a send of this caller's that nobody knows the end of: nothing is asked.

    A person could only guess. Where it reaches others too, the question says whom it may reach again.
    """
    own = [send for send in sends if send.state in _OPEN and send.principal == asked.principal]
    covered = {message for send in own for message, _ in send.messages}
    if not own or covered != {text.message for text in asked.texts}:
        return None
    last = own[-1]
    if last.state is State.DISPATCHING:
        message = f"The same text to the same numbers is being sent right now by action {last.action_id}."
        following = "Look at it with get_action in a moment."
    else:
        message = (
            f"These numbers may have this text already: the outcome of action {last.action_id} is unknown."
        )
        following = "Find out with reconcile_action" + _or_retry(last)
    return Problem(
        code="same_text_open",
        message=together(nothing(operation), message),
        next=following,
    )


def _or_retry(send: "Repeated") -> str:
    first = send.retry_of or send.action_id
    if send.retry_of or send.tool in RETRYABLE_TOOLS:
        return f", or repeat it with retry_safely (action_id {first}), which skips who had the text."
    return "; if that tells nothing, a person closes it with `campaign-ops-mcp actions close`."


def repeated_since(operation: AnyOperation, sends: "Sequence[Repeated]", asked: Asked) -> Problem:
    """Others sent the same text between the question and the claim."""
    told = " ".join(cautions(sends, asked))
    return Problem(
        code="state_changed",
        message=together(nothing(operation), sentence("Since the question was put: {told}", told=told)),
        next=sentence(
            "Look at that action first. Call again only if it is wanted twice; the person is asked anew."
        ),
        retryable=True,
    )
