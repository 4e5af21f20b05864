"""What the assistant is told of the approver's phone: that it was asked, or why not."""

from typing import TYPE_CHECKING

from server.gate.words.endings import problem_in
from server.gate.words.sentences import what_is_hit
from server.ledger.phone import MOST_WRONG, PhoneRule, WhyNot
from server.ledger.refusals import Blocked
from server.store.actions import State

if TYPE_CHECKING:
    from server.ledger.phone_asking import Asked
    from server.store.actions import CapHit

LOOKED_SECONDS = 15
"""How often the vendor is asked for an answer at most, in seconds."""
_NO_TEXT = "No text went to the approver's phone:"
_NOT = {
    "kind": "only a send whose price and number of recipients are known is approved by phone",
    "repeats": "some of these people had this text already, which a text has no room to say",
    "copies": "a text has no room for the addresses that get a copy",
    "passkey": "this needs a passkey, on the page for people",
    "four eyes": "it is the phone of whoever asked, or nobody said whose it is (approval.phone_owner)",
    "account": "it is texted through EVERY8D, which has no account here",
}


def not_asked(why: WhyNot | str, rule: PhoneRule) -> str:
    """Why nothing is texted, by the settings; '' where no phone approves at all."""
    if why == "no phone":
        return ""
    if why == "limit":
        return f"{_NO_TEXT} it approves up to {rule.max_points:,f} points (approval.phone_max_points)."
    return f"{_NO_TEXT} {_NOT.get(why, why)}."


def refused(why: "CapHit | Blocked") -> str:
    """A cap, or a blocked number, kept the text back."""
    said = "its number is blocked." if isinstance(why, Blocked) else what_is_hit(why)
    return f"{_NO_TEXT} {said}"


def not_sent(message: str) -> str:
    """A rule of the operator, or the vendor, kept the text back."""
    return f"{_NO_TEXT} {message}"


def asked_by_text(asked: "Asked") -> str:
    """What became of the text, and of its answers."""
    phone = f"the approver's phone ({asked.ask.masked})"
    if asked.ask.wrong >= MOST_WRONG:
        return f"{MOST_WRONG} wrong codes were answered from {phone}: it can only refuse this by now."
    match asked.text.state:
        case State.SUCCEEDED:
            return (
                f"A text went to {phone}: who holds it approves by answering its code, or refuses with N. "
                f"An answer is looked up every {LOOKED_SECONDS} seconds at most."
            )
        case State.FAILED:
            return f"{not_sent(problem_in(asked.text.outcome).message)} It is not sent a second time."
        case _:
            return (
                f"Whether a text went to {phone} is unknown (action {asked.text.id}): it is not sent "
                "again, and approves nothing as long as that is so."
            )


UNREAD = "Answers by text could not be read just now."
