"""What replies to a text say: by whom, when and in which order, whatever else stands among them."""

from datetime import timedelta

from server.gate.phone_replies import Heard, heard_in
from server.ledger.phone import CLOCKS_APART
from server.store.phone_asks import PhoneAsk
from tests.store.samples import MINUTE, NOW
from tools.every8d.replies import ReplyMessage

MINE, CODE = "+886933111222", "4821"
ASK = PhoneAsk("7KQ2-M9XD", "7KQ2-M9XE", "n", "c", "0933***222", "d", NOW)


def reply(text: str, minute: float | None = 1, mobile: str = MINE) -> ReplyMessage:
    at = None if minute is None else NOW + minute * MINUTE
    return ReplyMessage(name="", mobile=mobile, text=text, received_at=at)


def heard(*replies: ReplyMessage) -> Heard:
    """By 5 minutes after the text."""
    now = NOW + 5 * MINUTE
    return heard_in(replies, ask=ASK, number=MINE, now=now, is_code=lambda digits: digits == CODE)


def test_the_first_right_code_counts_after_two_wrong_ones_and_not_after_three() -> None:
    wrong = [reply(str(each), each) for each in (1, 2, 3)]
    right = reply(CODE, 4)
    assert heard(*wrong[:2], right) == Heard(said="yes", code=CODE, at=right.received_at, wrong=2)
    assert heard(*wrong, right) == Heard(wrong=3)


def test_replies_count_by_their_time_whatever_their_order() -> None:
    early, late = reply(CODE, 1), [reply(str(each), each) for each in (2, 3, 4)]
    assert heard(*late, early) == Heard(said="yes", code=CODE, at=early.received_at, wrong=3)


def test_a_no_counts_whatever_was_answered_before_it() -> None:
    no = reply("N", 3)
    assert heard(reply(CODE, 1), reply("1", 2), no).said == "no"
    assert heard(no).at == no.received_at


def test_another_number_says_nothing() -> None:
    for text in (CODE, "N", "1"):
        assert heard(reply(text, mobile="+886955666777")) == Heard()


def test_a_reply_without_a_time_or_from_another_time_says_nothing() -> None:
    apart = CLOCKS_APART / timedelta(minutes=1)
    assert heard(reply(CODE, None), reply(CODE, -apart - 1), reply(CODE, 5 + apart + 1)) == Heard()


def test_one_reply_that_is_listed_twice_is_one() -> None:
    assert heard(reply("1"), reply("1"), reply("1")).wrong == 1
