"""A campaign's text is what the vendor's own substitution makes of it, and costs what the vendor charges."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.sandbox.charging import sms_points
from server.sandbox.every8d.param import _fill  # pyright: ignore[reportPrivateUsage] - the independent reading
from server.sandbox.phone_numbers import read_number
from tools.campaigns.pace import read_pace
from tools.campaigns.tally import Tally
from tools.campaigns.wording import read_wording
from tools.every8d.personal import checked_text, highest_field, param
from tools.mobile import as_dest
from tools.problems import InvalidArgumentError
from tools.taipei import iso

MOBILES = st.sampled_from(["+886912345678", "+14155552671"])
VALUES = st.text(alphabet="王a|%field12 \n😀{}", max_size=12) | st.text(max_size=12)
PIECES = st.sampled_from(
    ["【店】", "{a}", "{b}", "{c}", "{d}", "{e}", "{f}", " ", "好" * 60, "😀", "%", "|", "x"]
) | st.text(max_size=8)


@given(st.lists(PIECES, max_size=12), st.lists(VALUES, min_size=6, max_size=6), MOBILES)
def test_text_and_points_are_those_of_the_vendor_for_any_text_and_row(
    pieces: list[str], values: list[str], mobile: str
) -> None:
    try:
        wording = read_wording("".join(pieces))
    except InvalidArgumentError:
        return
    row = dict(zip("abcdef", values, strict=True))
    given = [row.get(column, values[0]) for column in wording.columns]
    text = wording.filled(given)
    if wording.unsendable(given, text):
        return
    (person,) = wording.people([(mobile, given, None)])
    assert checked_text(person, wording.template, highest_field(wording.template), 1) == text
    assert _fill(wording.template, param(person, wording.template)) == text
    assert Tally().add(mobile, text, given) == sms_points(read_number(as_dest(mobile)), text)


@pytest.mark.parametrize("text", ["{name", "name}", "%field1%", "{a}{b}{c}{d}{e}{f}|"])
def test_a_text_that_could_not_go_out_as_it_stands_is_refused(text: str) -> None:
    with pytest.raises(InvalidArgumentError):
        read_wording(text)


def test_a_pace_keeps_out_of_the_hours_that_it_names() -> None:
    pace = read_pace(datetime(2026, 3, 2, 3, 30, tzinfo=UTC), 4, "12:00-13:00")
    times = pace.times()
    found = [moment for _ in range(4) if (moment := next(times))]
    assert [iso(each)[11:16] for each in found] == ["11:30", "11:45", "13:00", "13:15"]
    night = read_pace(datetime(2026, 3, 2, 13, 30, tzinfo=UTC), 1, "22:00-08:00")
    times = night.times()
    found = [moment for _ in range(3) if (moment := next(times))]
    assert [iso(each)[8:16] for each in found] == ["02T21:30", "03T08:00", "03T09:00"]


@pytest.mark.parametrize(("per_hour", "not_between"), [(10, "noon"), (0, "12:00-13:00"), (10, "12:00-12:00")])
def test_hours_that_are_none_are_refused(per_hour: int, not_between: str) -> None:
    with pytest.raises(InvalidArgumentError):
        read_pace(datetime(2026, 3, 2, tzinfo=UTC), per_hour, not_between)
