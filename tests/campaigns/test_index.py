"""The customer's files: exactly the rows that their index says."""

import gzip
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.campaigns.read import Read, opened, read

LISTS = Path(__file__).parent / "lists"
FILES: list[dict[str, Any]] = tomllib.loads((LISTS / "index.toml").read_text("utf-8"))["file"]

each_file = pytest.mark.parametrize("file", FILES, ids=lambda file: str(file["name"]))


def content(name: str) -> bytes:
    packed = LISTS / f"{name}.gz"
    return gzip.decompress(packed.read_bytes()) if packed.exists() else (LISTS / name).read_bytes()


def told(found: Read) -> tuple[list[list[int | str]], list[list[int | str]]]:
    """Who is texted, each number once, and which rows are not and why."""
    rejected: list[list[int | str]] = [[row, why] for row, why in found.rejected.items()]
    seen: set[str] = set()
    accepted: list[list[int | str]] = []
    for each in found.recipients:
        target = rejected if each.mobile in seen else accepted
        target.append([each.row, "duplicate" if each.mobile in seen else each.mobile])
        seen.add(each.mobile)
    return accepted, sorted(rejected, key=str)


@each_file
def test_each_file_gives_exactly_the_rows_of_its_index(file: dict[str, Any]) -> None:
    found = read(
        content(file["name"]),
        sheet=file.get("sheet", ""),
        mobile=(file["mobile_column"],),
        fields=tuple(file.get("field_columns", ())),
    )
    accepted, rejected = told(found)
    assert found.reading.heading.row == file["header_row"]
    assert rejected == sorted(file["rejected"], key=str)
    if "accepted_count" in file:
        assert len(accepted) == file["accepted_count"]
    else:
        assert accepted == file["accepted"]


@pytest.mark.parametrize("file", [each for each in FILES if "accepted_without_fields" in each])
def test_what_is_wrong_with_a_field_matters_only_where_it_is_texted(file: dict[str, Any]) -> None:
    assert read(content(file["name"])).accepted == file["accepted_without_fields"]


@each_file
def test_the_column_of_numbers_is_found_by_its_heading(file: dict[str, Any]) -> None:
    reading = opened(content(file["name"]))
    proposed = file.get("mobile_columns_proposed", [file["mobile_column"]])
    assert [reading.heading.names[place] for place in reading.columns.mobile] == proposed


def test_two_columns_of_an_address_book_make_up_for_each_other() -> None:
    (file,) = (each for each in FILES if "accepted_with_both_columns" in each)
    assert read(content(file["name"])).accepted == file["accepted_with_both_columns"]


def test_a_lost_zero_comes_back_for_nine_digits_and_is_counted() -> None:
    found = read(content("06_spellings_of_a_mobile.csv"))
    assert [each.row for each in found.recipients if each.restored] == [2, 12]
