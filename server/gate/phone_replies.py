"""What the replies to a text say of the action that it asked about: pure, whoever may have written them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from server.ledger.phone import CLOCKS_APART, MOST_WRONG
from server.store.phone_asks import PhoneAsk
from tools.every8d.approval_text import NO, read_answer
from tools.every8d.replies import ReplyMessage


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What was answered. `at` and `code` are of the reply that decides; `wrong` counts other codes."""

    said: Literal["", "yes", "no"] = ""
    code: str = ""
    at: datetime | None = None
    wrong: int = 0


def heard_in(
    replies: Iterable[ReplyMessage],
    *,
    ask: PhoneAsk,
    number: str,
    now: datetime,
    is_code: Callable[[str], bool],
) -> Heard:
    """What this number answered, oldest first. A no counts whatever else was answered; the first right code
    does unless too many wrong ones came before it.
    """
    wrong, yes = 0, Heard()
    for at, said in _answers(replies, ask, number, now):
        if said == NO:
            return Heard(said="no", at=at, wrong=wrong)
        if not is_code(said):
            wrong += 1
        elif not yes.said and wrong < MOST_WRONG:
            yes = Heard(said="yes", code=said, at=at)
    return Heard(said=yes.said, code=yes.code, at=yes.at, wrong=wrong)


def _answers(
    replies: Iterable[ReplyMessage], ask: PhoneAsk, number: str, now: datetime
) -> list[tuple[datetime, str]]:
    """Each answer of this number once, by its time. One without a time cannot be one to this text."""
    first, last = ask.asked_at - CLOCKS_APART, now + CLOCKS_APART
    found = {
        (each.received_at, read_answer(each.text))
        for each in replies
        if each.mobile == number and each.received_at is not None and first <= each.received_at <= last
    }
    return sorted((at, said) for at, said in found if said)
