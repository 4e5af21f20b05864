"""The texts of a workbook are found by their number, compressed or at hand."""

import random

import pytest

from server.campaigns import xlsx_strings
from server.campaigns.xlsx_strings import Strings
from tests.campaigns.books import book, row, sheet
from tests.campaigns.read import read
from tests.traced_memory import traced
from tools.problems import RefusedError

ODD = ("", "\0", "\ud800", "\U0001f600", '"', "\\", "a,b", "字" * 3_000)


@pytest.fixture
def _little_at_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx_strings, "_AT_HAND", 20_000)


@pytest.mark.usefixtures("_little_at_hand")
@pytest.mark.parametrize("count", [0, 1, 127, 128, 129, 5_000])
def test_each_text_is_found_by_its_number_in_any_order_and_none_beyond(count: int) -> None:
    texts = [f"{ODD[n % len(ODD)]}{n}" for n in range(count)]
    strings = Strings()
    for each in texts:
        strings.add(each)
    assert len(strings) == count
    places = list(range(count))
    random.Random(count).shuffle(places)
    assert [strings[place] for place in places] == [texts[place] for place in places]
    for beyond in (-1, count, count + 1_000):
        with pytest.raises(IndexError):
            strings[beyond]


@pytest.mark.usefixtures("_little_at_hand")
def test_many_texts_take_a_few_bytes_each_also_after_they_were_read() -> None:
    strings = Strings()
    with traced() as memory:
        for number in range(40_000):
            strings.add(f"09{number * 1_237 % 90_000_000:08}")
        for number in range(0, 40_000, 50):
            assert strings[number].startswith("09")
        held, _ = memory()
    assert held / 40_000 < 10


@pytest.mark.parametrize("place", ["-1", "2", "x"])
def test_a_cell_that_names_a_text_which_is_not_there_refuses_the_workbook(place: str) -> None:
    cell = f'<c r="A2" t="s"><v>{place}</v></c>'
    strings = "<si><t>手機</t></si><si><t>0912345678</t></si>"
    with pytest.raises(RefusedError, match="damaged"):
        read(book(sheet(row(1, "手機"), row(2, cell)), strings=strings))
