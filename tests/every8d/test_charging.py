"""EVERY8D 1.1 (the table of points), 1.2 (MMS)."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.every8d.charging import Price, charging_table, mms_price, sms_parts, sms_price, together, units

HOME, ABROAD = "+886912345678", "+85291234567"


@pytest.mark.parametrize(
    ("length", "points"),
    [
        (1, 1),
        (70, 1),
        (71, 2),
        (134, 2),
        (135, 3),
        (201, 3),
        (202, 4),
        (268, 4),
        (269, 5),
        (333, 5),
    ],
)
def test_the_documents_table_is_charged_as_printed(length: int, points: int) -> None:
    assert sms_price("字" * length, [HOME]) == Price(parts=points, points=Decimal(points))


def test_beyond_333_units_the_price_is_an_estimate() -> None:
    assert sms_price("字" * 334, [HOME]) == Price(parts=6, points=Decimal(6), estimate=True)
    assert sms_price("字" * 667, [HOME]).points == 5 + 5 + 1
    assert not sms_price("字" * 333, [HOME]).estimate


def test_an_emoji_counts_as_two() -> None:
    assert units("😀") == 2
    assert sms_parts("字" * 68 + "😀", domestic=True) == 1
    assert sms_parts("字" * 69 + "😀", domestic=True) == 2


@pytest.mark.parametrize(("length", "parts"), [(70, 1), (71, 2), (134, 2), (140, 2), (141, 3)])
def test_abroad_every_part_has_70_and_costs_three(length: int, parts: int) -> None:
    assert sms_price("a" * length, [ABROAD]) == Price(parts=parts, points=Decimal(3 * parts))


def test_numbers_at_home_and_abroad_add_up_and_the_longest_counts_as_parts() -> None:
    assert sms_price("a" * 135, [HOME, HOME, ABROAD]) == Price(parts=3, points=Decimal(3 + 3 + 6))
    assert sms_price("a" * 135, [ABROAD]).parts == 2


@pytest.mark.parametrize(("size", "points"), [(1, 3), (50_000, 3), (50_001, 5), (307_200, 5)])
def test_an_mms_costs_three_up_to_50_kb_and_five_above(size: int, points: int) -> None:
    assert mms_price(size, 4) == Price(parts=1, points=Decimal(4 * points))


@given(st.text(max_size=400), st.text(max_size=50))
def test_more_text_never_has_fewer_parts(text: str, more: str) -> None:
    for domestic in (True, False):
        assert sms_parts(text, domestic=domestic) <= sms_parts(text + more, domestic=domestic)


@given(st.text(min_size=1, max_size=400))
def test_parts_hold_the_text(text: str) -> None:
    parts = sms_parts(text, domestic=True)
    assert units(text) <= (70 if parts == 1 else 67 * parts)


def test_several_sends_cost_their_sum() -> None:
    prices = [sms_price("a", [HOME]), sms_price("a" * 400, [HOME])]
    assert together(prices) == Price(parts=6, points=Decimal(7), estimate=True)


def test_the_shown_table_is_the_documents() -> None:
    table = charging_table()
    assert table["sms"] == [
        {"up_to_characters": 70, "points": 1},
        {"up_to_characters": 134, "points": 2},
        {"up_to_characters": 201, "points": 3},
        {"up_to_characters": 268, "points": 4},
        {"up_to_characters": 333, "points": 5},
    ]
    assert table["mms"] == [{"up_to_bytes": 50_000, "points": 3}, {"up_to_bytes": 307_200, "points": 5}]
