"""Texts that look the same are the same text; texts that look different never are."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.same_text import visible

NOTHING = [
    "\u200b", "\u200d", "\u2060", "\ufeff", "\u00ad", "\u202e", "\u2066", "\ufe0f", "\ufe00", "\u034f",
    "\u17b4", "\u180b", "\u061c", "\u2065", "\ufff0", "\uffff", "\ufdd0", "\U000e0041", "\U000e0100",
    "\x00", "\x07", "\ud800",
]  # fmt: skip
SPACES = ["  ", "\n", "\r\n", "\t", "\u3000", "\u00a0", "\u2028", "\u2800", "\u3164", " \u200b "]
WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@given(WORDS)
def test_what_is_seen_of_what_is_seen_is_the_same(text: str) -> None:
    assert visible(visible(text)) == visible(text)


@given(WORDS, WORDS, st.lists(st.sampled_from(NOTHING), min_size=1, max_size=4))
def test_what_shows_nothing_changes_nothing(left: str, right: str, hidden: list[str]) -> None:
    assert visible(left + "".join(hidden) + right) == visible(left + right)


@given(WORDS, WORDS, st.sampled_from(SPACES))
def test_white_space_is_one_space_and_none_at_the_ends(left: str, right: str, space: str) -> None:
    assert visible(left + space + right) == visible(left + " " + right)
    assert visible(space + left + space) == visible(left)


@given(WORDS)
def test_the_canonical_spelling_does_not_matter(text: str) -> None:
    assert visible(unicodedata.normalize("NFD", text)) == visible(text)


@given(st.text(st.characters(categories=["L", "N", "P", "S"], max_codepoint=0x9FFF), min_size=1, max_size=9))
def test_another_character_that_can_be_seen_is_another_text(text: str) -> None:
    for more in ("!", "1", "好", "x"):
        assert visible(text + more) != visible(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Hi", "HI"),
        ("您好", "您好。"),
        ("a b", "ab"),
        ("A", "Ａ"),
        ("1", "①"),
        ("好\ue000", "好"),
        ("\U0001fae9", ""),
    ],
)
def test_case_width_punctuation_and_new_emoji_are_seen(one: str, other: str) -> None:
    assert visible(one) != visible(other)
