"""EVERY8D 1.1, 1.2, 1.4: DEST."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from tests.every8d.driving import NOW
from tools.every8d.recipients import Recipient, Recipients, check_domestic, dest, unique
from tools.operation import Every8dOptions, Surroundings
from tools.problems import InvalidArgumentError

ROOM_FOR_TWO = Surroundings(now=NOW, every8d=Every8dOptions(max_recipients=2))


class Many(BaseModel):
    recipients: Recipients


class Single(BaseModel):
    recipient: Recipient


def spelled(draw: st.DrawFn) -> tuple[str, str]:
    national = "9" + draw(st.sampled_from("123")) + draw(st.text("0123456789", min_size=7, max_size=7))
    start = draw(st.sampled_from(["0", "886", "+886", "+886 ", "886-", "\uff10"]))
    gap = draw(st.sampled_from(["", " ", "-", ".", " - "]))
    written = start + gap.join([national[:3], national[3:6], national[6:]])
    wide = draw(st.booleans())
    shifted = written.translate({0x30 + digit: 0xFF10 + digit for digit in range(10)}) if wide else written
    return shifted, "+886" + national


@given(st.composite(spelled)())
def test_every_usual_spelling_is_the_same_number(case: tuple[str, str]) -> None:
    written, expected = case
    assert Many.model_validate({"recipients": [written]}).recipients == [expected]


def test_numbers_go_out_once_each_as_the_vendor_writes_them() -> None:
    given_numbers = Many.model_validate(
        {"recipients": ["0912345678", "+886 912 345 678", "+852 9123 4567", "0922333444"]}
    ).recipients
    world = Surroundings(now=NOW)
    assert dest(given_numbers, world) == "0912345678,+85291234567,0922333444"
    assert unique(given_numbers) == ("+886912345678", "+85291234567", "+886922333444")


def test_the_limit_counts_each_number_once() -> None:
    two = ["+886912345678", "+886912345678", "+886922333444"]
    assert dest(two, ROOM_FOR_TWO) == "0912345678,0922333444"
    with pytest.raises(InvalidArgumentError, match="Split the list") as caught:
        dest(["+886912345678", "+886922333444", "+886933123123"], ROOM_FOR_TWO)
    assert caught.value.field == "recipients"


@pytest.mark.parametrize("value", ["0912345678,0922333444", ["0912345678"], "0912345678、0922333444"])
def test_one_recipient_is_not_a_list(value: object) -> None:
    with pytest.raises(ValidationError, match="exactly one number"):
        Single.model_validate({"recipient": value})


@pytest.mark.parametrize("value", ["0223456789", "09127", "", "0912345678 ext 5", "119"])
def test_what_is_no_mobile_number_is_refused_without_repeating_it(value: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Many.model_validate({"recipients": [value]})
    said = caught.value.errors(include_input=False, include_url=False, include_context=False)[0]["msg"]
    assert not value or value not in said


def test_nobody_is_not_a_list_of_recipients() -> None:
    with pytest.raises(ValidationError):
        Many.model_validate({"recipients": []})


def test_an_mms_stays_in_taiwan() -> None:
    check_domestic(["+886912345678"])
    with pytest.raises(InvalidArgumentError, match="abroad"):
        check_domestic(["+886912345678", "+85291234567"])
