"""One reader for numbers that people write: every usual spelling is one number, and two are never one."""

import re
import subprocess
import sys
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from phonenumbers.phonemetadata import PhoneMetadata

from tools.mobile import by_numbering_plan, normalise_mobile

NATIONAL = st.from_regex(r"9[1235][0-9]{7}", fullmatch=True)
PREFIXES = [
    "0",
    "",
    "886",
    "+886",
    "+886 ",
    "+886(0)",
    "+886 (0) ",
    "+8860",
    "00886",
    "002886",
    "(+886)",
    "tel:+886-",
    "TEL: 0",
    "'0",
]
GAPS = ["", " ", "-", " - ", ".", "‐", "‑", "–", "—", "−", "－", "﹣", "ー", "\u00a0", "\u3000"]
UNSEEN = ["", "\u200b", "\u200e", "\ufeff", "\u00ad", "\u2060", "\u034f"]
WIDE = {0x30 + digit: 0xFF10 + digit for digit in range(10)}


@given(NATIONAL, st.sampled_from(PREFIXES), st.sampled_from(GAPS), st.sampled_from(UNSEEN), st.booleans())
def test_every_spelling_of_a_number_is_that_number(
    national: str,
    prefix: str,
    gap: str,
    unseen: str,
    wide: bool,  # noqa: FBT001 - drawn
) -> None:
    written = prefix + (gap + unseen).join([national[:3], national[3:6], national[6:]])
    written = written.translate(WIDE) if wide else written
    assert normalise_mobile(f"\u202d{written}\u202c") == normalise_mobile(written) == "+886" + national


@given(NATIONAL, NATIONAL, st.text(st.characters(exclude_categories=["Cs"]), max_size=3))
def test_two_numbers_are_never_one(first: str, second: str, between: str) -> None:
    with pytest.raises(ValueError, match="number"):
        normalise_mobile(f"0{first}{between}0{second}")


@pytest.mark.parametrize(
    "extension", ["#12", " #1", " ext 5", "ext.5", ";ext=5", " x5", ",5", "分機5", " 12", "-1", "(2)"]
)
def test_an_extension_is_never_eaten(extension: str) -> None:
    for number in ("0912345678", "+886912345678", "tel:+886912345678"):
        with pytest.raises(ValueError, match="number"):
            normalise_mobile(number + extension)


@pytest.mark.parametrize(
    "written",
    [
        "02-2345-6789",
        "0800-000-000",
        "1922",
        "12025550144",
        "85251234567",
        "13800138000",
        "090000013",
        "09000001301",
        "0000000000",
        "0912\n345678",
        "0912\t345678",
        "0912\u2028345678",
        "9.12345678E+08",
        "=912345678",
        "++886912345678",
        "+886+912345678",
        "tel:tel:0912345678",
        "'",
        '=""',
        "",
    ],
)
def test_what_is_no_mobile_number_stays_none(written: str) -> None:
    with pytest.raises(ValueError, match="number"):
        normalise_mobile(written)


def test_a_spreadsheet_s_ways_to_keep_a_zero_are_read() -> None:
    for written in ("'0912345678", '="0912345678"', "912345678.0", "912345678"):
        assert normalise_mobile(written) == "+886912345678"


DECISIVE = 4
"""Digits behind 09 that the plan looks at; it takes any for the last four (the next test holds that)."""
PIECES = [
    "0",
    "00",
    "+",
    "886",
    "9",
    "98",
    "99",
    "912345678",
    "912 345 678",
    "12345678",
    " ",
    "-",
    "(0)",
    "x",
]


def outcome(read: Callable[[str], str], written: str) -> str:
    try:
        return read(written)
    except ValueError as error:
        return str(error)


@pytest.mark.parametrize("tail", ["0000", "9999"])
def test_a_usual_spelling_is_read_as_the_numbering_plan_has_it_for_every_start(tail: str) -> None:
    for start in range(10**DECISIVE):
        written = f"09{start:0{DECISIVE}d}{tail}"
        assert outcome(normalise_mobile, written) == outcome(by_numbering_plan, written)


def test_the_plan_takes_any_last_digits_of_a_mobile_number() -> None:
    """What keeps the test above exhaustive: no pattern decides on the digits that it leaves out."""
    plan = PhoneMetadata.metadata_for_region("TW")
    assert plan is not None
    assert plan.mobile is not None
    choices = (plan.mobile.national_number_pattern or "").removeprefix("(?:").split(")")
    assert [choice for choice in choices[0].split("|") if choice.startswith("9")] == [r"9[0-8]\d{4}"]
    assert choices[1] == r"\d{3}"
    for other in (
        plan.fixed_line,
        plan.toll_free,
        plan.premium_rate,
        plan.voip,
        plan.uan,
        plan.personal_number,
    ):
        pattern = re.compile((other and other.national_number_pattern) or "(?!)")
        assert not any(
            pattern.fullmatch(f"9{digit}{start:07d}") for digit in range(9) for start in range(0, 10**7, 9973)
        )


@given(st.lists(st.sampled_from(PIECES), max_size=6).map("".join) | st.text(max_size=16))
def test_every_spelling_is_read_as_the_numbering_plan_reads_it(written: str) -> None:
    assert outcome(normalise_mobile, written) == outcome(by_numbering_plan, written)


def test_a_usual_number_loads_no_numbering_plan() -> None:
    """The plan takes a hundred times as long, and a tenth of a second at its first use."""
    program = (
        "import sys; from tools.mobile import normalise_mobile; normalise_mobile('+886 912-345-678');"
        "print('phonenumbers' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "False"
