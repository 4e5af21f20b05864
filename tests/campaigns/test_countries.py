"""Lists in which the code of the country stands beside the number, as shops export their members."""

import pytest

from tests.campaigns.books import book, number, row, sheet
from tests.campaigns.read import read

HEADING = "全名,國碼,手機號碼,聯絡電話國碼,聯絡電話\n"


@pytest.mark.parametrize(
    ("code", "written", "mobile"),
    [
        ("886", "912345678", "+886912345678"),
        ("+886", "0912345678", "+886912345678"),
        ("", "0912345678", "+886912345678"),
        ("84", "912345678", "+84912345678"),
        ("66", "812345678", "+66812345678"),
        ("+66", "0812345678", "+66812345678"),
        ("852", "91234567", "+85291234567"),
        ("852", "85291234567", "+85291234567"),
        ("８５２", "9123 4567", "+85291234567"),
        ("84", "+886912345678", "+886912345678"),
        ("00886", "'0912345678", "+886912345678"),
        ("1", "2025550143", "+12025550143"),
    ],
)
def test_a_number_is_one_of_the_country_that_stands_beside_it(code: str, written: str, mobile: str) -> None:
    """Nine digits that begin with 9 are a Taiwanese number without its 0, and a Vietnamese or Thai one."""
    found = read(f"{HEADING}王,{code},{written},886,0223456789\n".encode())
    assert found.accepted == [[2, mobile]]


def test_a_number_that_its_country_does_not_have_gets_no_text() -> None:
    found = read(f"{HEADING}王,852,0912345678,,\n".encode())
    assert (found.accepted, found.rejected) == ([], {2: "no_such_number"})


@pytest.mark.parametrize(
    "heading", ["手機國碼,手機", "手機,國碼", "country code,mobile", "國際碼,聯絡人手機", "手機,生日,國碼"]
)
def test_the_column_of_codes_is_found_and_never_taken_for_one_of_numbers(heading: str) -> None:
    names = heading.split(",")
    numbers = next(at for at, name in enumerate(names) if name in ("手機", "mobile", "聯絡人手機"))
    values = ["84" if "碼" in name or "code" in name else "1990" for name in names]
    values[numbers] = "912345678"
    found = read(f"{heading}\n{','.join(values)}\n".encode())
    assert found.reading.columns.mobile == (numbers,)
    assert found.accepted == [[2, "+84912345678"]]


def test_the_code_of_another_number_says_nothing() -> None:
    found = read("手機,聯絡電話國碼,聯絡電話\n912345678,84,912345679\n".encode())
    assert found.accepted == [[2, "+886912345678"]]


@pytest.mark.parametrize(
    ("cell", "said"),
    [("912345678", "+84912345678"), ("-912345678", "not_a_number"), ("912345678.5", "not_a_number")],
)
def test_a_number_of_a_workbook_is_one_of_its_country_too(cell: str, said: str) -> None:
    found = read(book(sheet(row(1, "國碼", "手機"), row(2, number("A2", 84), number("B2", cell)))))
    assert [each.mobile for each in found.recipients] + list(found.rejected.values()) == [said]
