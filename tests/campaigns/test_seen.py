"""A number of a list is let through once, and what its rows say of it is told apart."""

import random

import pytest

from tools.lists.reasons import Reason
from tools.lists.rows import Recipient, Rejected
from tools.lists.seen import REFUSALS, Came, Seen
from tools.lists.tally import Tally

HOME, ABROAD = "+886912345678", "+12025550143"
# 13 bits of a digest are kept of what came abroad: texts that these tell apart.
A, B, C = list({hash((text,)) % 8_189: text for text in "abcdefgh"}.values())[:3]


def test_a_repeat_with_other_fields_is_told_of_numbers_at_home_and_abroad() -> None:
    tally = Tally()
    rows = [(HOME, A), (ABROAD, A), (HOME, A), (HOME, B), (ABROAD, B), (ABROAD, A)]
    judged = [Recipient(row, mobile, (name,)) for row, (mobile, name) in enumerate(rows, 2)]
    assert tally.take(judged, {}) == judged[:2]
    assert tally.reasons[Reason.DUPLICATE].first == [4, 5, 6, 7]
    assert tally.differing.first == [5, 6]


@pytest.mark.parametrize("mobile", [HOME, ABROAD])
def test_who_says_no_in_one_row_is_left_out_of_later_ones_for_the_first_reason(mobile: str) -> None:
    tally = Tally()
    first = Recipient(2, mobile, ("a",))
    taken = tally.take(
        [
            first,
            Rejected(3, Reason.OPENED, mobile),
            Rejected(4, Reason.OPTED_OUT, mobile),
            Recipient(5, mobile, ("b",)),
            Recipient(6, mobile, ("a",)),
        ],
        {},
    )
    assert taken == [first]
    assert {reason: rows.first for reason, rows in tally.reasons.items()} == {
        Reason.OPENED: [3, 5, 6],
        Reason.OPTED_OUT: [4],
    }
    # Of a row that is refused nobody asks what else it says.
    assert tally.differing.count == 0


def test_a_row_that_another_rule_leaves_out_says_nothing_of_its_number() -> None:
    tally = Tally()
    rows = [Recipient(2, HOME, ("a",)), Recipient(3, HOME, ("b",))]
    assert tally.take(rows[:1], {HOME: Reason.BLOCKED}) == []
    assert tally.take(rows[1:], {}) == rows[1:]


@pytest.mark.parametrize("seed", range(5))
def test_however_full_it_is_every_number_is_found_again_and_no_other_is(seed: int) -> None:
    chance = random.Random(seed)
    # Neighbours at home, the longest and the shortest ones abroad: all that a table could take for another.
    numbers = [f"+8869{n:08}" for n in range(3_000)] + [f"+{n}" for n in range(10**14, 10**14 + 500)]
    numbers += [f"+{886_900_000_000 - n}" for n in range(1, 200)] + [f"+{10**6 + n}" for n in range(500)]
    known: dict[str, str | Reason] = {}
    seen = Seen(slots=8)
    for _ in range(20_000):
        mobile, said = chance.choice(numbers), chance.choice([A, B, C])
        before = known.get(mobile)
        if chance.random() < 0.05:
            reason = chance.choice(REFUSALS)
            seen.refuse(mobile, reason)
            known[mobile] = before if isinstance(before, Reason) else reason
            continue
        expected = Came.AGAIN if before == said else Came.DIFFERING
        if before is None:
            known[mobile], expected = said, Came.NEW
        assert seen.take(mobile, (said,)) is (before if isinstance(before, Reason) else expected)


def test_whatever_the_fields_of_a_row_say_they_refuse_nobody() -> None:
    seen = Seen()
    for place in range(20_000):
        mobile = f"+1202{place:07}"
        assert seen.take(mobile, (str(place),)) is Came.NEW
        assert not isinstance(seen.take(mobile, ("other",)), Reason)
