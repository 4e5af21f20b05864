"""What a text costs so many people, and which characters cost another part."""

from decimal import Decimal

import pytest

from tools.every8d.charging import price_by_count, sms_parts, sms_price
from tools.every8d.overflow import overflow_cautions


@pytest.mark.parametrize("length", [1, 70, 71, 134, 135, 333, 334])
def test_a_count_costs_what_as_many_numbers_in_taiwan_cost(length: int) -> None:
    numbers = [f"+8869123456{n:02}" for n in range(30)]
    assert price_by_count("好" * length, 30) == sms_price("好" * length, numbers)


def test_the_price_of_a_count_needs_no_list() -> None:
    assert price_by_count("好" * 71, 3_000_000).points == Decimal(6_000_000)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("好" * 70, []),
        ("好" * 70 + "多了", ["72 characters are 2 parts: 2 too many for 1, from 「多了」 on."]),
        ("好" * 134 + "多", ["135 characters are 3 parts: 1 too many for 2, from 「多」 on."]),
        (
            "好" * 69 + "🎉",
            [
                "71 characters are 2 parts: 1 too many for 1, from 「🎉」 on.",
                "Characters that count as two: 🎉 ×1.",
            ],
        ),
        ("好" * 334, []),
    ],
)
def test_what_is_too_much_for_one_part_less_is_named(text: str, told: list[str]) -> None:
    assert [*overflow_cautions(text)] == told


@pytest.mark.parametrize("parts", [2, 3, 4, 5])
def test_without_what_is_too_much_the_text_is_one_part_less(parts: int) -> None:
    text = "好" * ({2: 70}.get(parts, 67 * (parts - 1)) + 5)
    (told,) = overflow_cautions(text)
    assert "5 too many" in told
    assert (sms_parts(text, domestic=True), sms_parts(text[:-5], domestic=True)) == (parts, parts - 1)
