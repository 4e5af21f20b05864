"""What a person reads of the text that asked the approver's phone, and of what that phone answered."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from server.ledger.phone import MOST_WRONG
from server.store.actions import PHONE, Action, State
from tools.sentence import Sentence, plural, sentence

if TYPE_CHECKING:
    from server.ledger.phone_asking import Asked

Clock = Callable[[datetime], str]


def texted(entry: Action, asked: "Asked", now: datetime, clock: Clock) -> Iterator[Sentence]:
    """The text, then what was answered. `clock` writes a time."""
    waits = entry.state is State.PROPOSED and now <= entry.expires_at
    until = clock(entry.expires_at) if waits and asked.ask.wrong < MOST_WRONG else ""
    yield _text(asked, until, clock)
    if asked.ask.wrong:
        yield _wrong(asked.ask.wrong)
    if asked.ask.replied_at is not None:
        yield _answer(entry, asked.ask.said, clock(asked.ask.replied_at))
    elif not waits and entry.state in (State.PROPOSED, State.EXPIRED) and asked.text.state is State.SUCCEEDED:
        yield sentence("No answer that counts came in time")


def _text(asked: "Asked", until: str, clock: Clock) -> Sentence:
    phone, time = asked.ask.masked, clock(asked.ask.asked_at)
    match asked.text.state:
        case State.SUCCEEDED if until:
            return sentence(
                "A text went to {phone} at {time}: answering its code until {until} approves this too",
                phone=phone,
                time=time,
                until=until,
            )
        case State.SUCCEEDED:
            return sentence("A text went to {phone} at {time}", phone=phone, time=time)
        case State.FAILED:
            return sentence("A text to {phone} was not sent: that phone cannot decide on this", phone=phone)
        case _:
            return sentence(
                "Nobody knows yet whether a text went to {phone}: until then its answer does not count",
                phone=phone,
            )


def _wrong(count: int) -> Sentence:
    if count >= MOST_WRONG:
        return sentence(
            "{wrong} wrong codes were answered: by text this can only be refused by now", wrong=count
        )
    return plural(
        "{count} wrong code was answered, which does not count",
        "{count} wrong codes were answered, which do not count",
        count,
    )


def _answer(entry: Action, said: str, time: str) -> Sentence:
    if said == "no":
        return sentence("Answered with a no at {time}", time=time)
    if entry.state is State.EXPIRED or entry.channel != PHONE:
        return sentence("Answered with the code at {time}, which did not count", time=time)
    return sentence("Answered with the code at {time}", time=time)
