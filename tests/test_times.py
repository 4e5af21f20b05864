"""Times as callers write them."""

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from tools.taipei import iso
from tools.values import DayArgument, SinceArgument, TimeArgument, UntilArgument

TIME: TypeAdapter[Any] = TypeAdapter(TimeArgument)
DAYS: list[TypeAdapter[Any]] = [TypeAdapter(each) for each in (DayArgument, SinceArgument, UntilArgument)]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026-12-31T09:30:00+08:00", "2026-12-31T09:30:00+08:00"),
        ("2026-12-31T09:30:00Z", "2026-12-31T17:30:00+08:00"),
        ("2026-12-31T23:59:59.999999-11:30", "2027-01-01T19:29:59+08:00"),
        ("2026-12-31 09:30", "2026-12-31T09:30:00+08:00"),
        ("2028-02-29T00:00:00", "2028-02-29T00:00:00+08:00"),
        ("2999-12-31T23:59:59Z", "3000-01-01T07:59:59+08:00"),
    ],
)
def test_iso_8601_is_read_in_taipei_time(written: str, meant: str) -> None:
    assert iso(TIME.validate_python(written)) == meant


@pytest.mark.parametrize(
    "written",
    # A day alone would send at midnight; a number has no unit.
    ["2026-12-31", 1796000000, "1796000000", 1796000000.5, True, "", "tomorrow", "20261231T093000"],
)
def test_a_day_alone_and_a_bare_number_are_no_time(written: object) -> None:
    with pytest.raises(ValidationError, match=r"no date with a time\. Write it as 2026-12-31T09:30:00"):
        TIME.validate_python(written)


@pytest.mark.parametrize("written", ["2027-02-29T10:00:00", "2026-12-31T24:00:00", "2026-12-31T23:59:60"])
def test_a_time_that_does_not_exist_is_refused(written: str) -> None:
    with pytest.raises(ValidationError, match=r"no date with a time"):
        TIME.validate_python(written)


@pytest.mark.parametrize(
    "written",
    ["9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00", "0001-01-05T00:00:00", "3000-01-01T00:00:00"],
)
def test_the_ends_of_the_calendar_are_refused_and_crash_nothing(written: str) -> None:
    with pytest.raises(ValidationError, match=r"years 2000 to 2999\. Check the year"):
        TIME.validate_python(written)


@pytest.mark.parametrize("written", ["9999-12-31", "0001-01-01", "1999-12-31", "3000-01-01"])
@pytest.mark.parametrize("argument", DAYS)
def test_days_at_the_ends_of_the_calendar_are_refused_and_crash_nothing(
    argument: TypeAdapter[Any], written: str
) -> None:
    with pytest.raises(ValidationError, match=r"years 2000 to 2999\. Check the year"):
        argument.validate_python(written)
