"""A text before it is planned: what it costs for each recipient, and what may stop it."""

import threading
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.e2e.good_cases_lists import put_list
from tests.e2e.house import Facts, House
from tests.gate.servers import fronted
from tools.campaigns.tally import Tally
from tools.every8d.charging import sms_parts
from tools.every8d.cheaper import cheaper_wording

LIST = "姓名,手機,金額\n王小明,0912345678,100\n李,0912345679,200\n張,+12025550143,300\n陳,02-2345-6789,1\n"


async def _checked(house: House, text: str, *, policy: dict[str, Any] | None = None, **more: Any) -> Facts:
    put_list(house, "a.csv", LIST.encode())
    async with fronted(house, policy=policy or {}) as session:
        return await session.facts("check_message", {"text": text, **more})


async def test_lengths_are_counted_for_each_recipient(house: House) -> None:
    text = "{姓名}" + "字" * 68
    facts = await _checked(house, text, list="a.csv")
    assert facts["by_parts"] == [
        {"parts": 1, "recipients": 2, "points": 4},
        {"parts": 2, "recipients": 1, "points": 2},
    ]
    assert (facts["points"], facts["parts"]) == (6, 2)
    assert facts["conclusion"] == "3 of 4 rows can be texted, for 6 points. Nothing was sent."
    assert facts["previews"][0] == "王**" + "字" * 68


async def test_no_text_of_a_list_is_counted_in_the_event_loops_thread(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A slice of a list takes 15 ms, in which no other call would go on."""
    counted_in, real = set[int](), Tally.add

    def add(tally: Tally, mobile: str, text: str, values: Sequence[str]) -> int:
        counted_in.add(threading.get_ident())
        return real(tally, mobile, text, values)

    monkeypatch.setattr(Tally, "add", add)
    await _checked(house, "{姓名}您好", list="a.csv")
    assert counted_in
    assert threading.get_ident() not in counted_in


async def test_a_text_alone_is_priced_and_its_extra_part_pointed_out(house: House) -> None:
    facts = await _checked(house, "【店】" + "字" * 66 + "😀")
    assert (facts["parts"], facts["points"]) == (2, 2)
    assert any("1 too many for 1" in note for note in facts["notes"])
    assert facts["cheaper"] == "【店】" + "字" * 66


async def test_a_cheaper_wording_of_a_template_keeps_its_columns(house: House) -> None:
    facts = await _checked(house, "{姓名}" + "字" * 66 + "！！！", list="a.csv")
    assert facts["cheaper"] == "{姓名}" + "字" * 66 + "！"


async def test_a_value_that_cannot_be_sent_leaves_its_row_out(house: House) -> None:
    put_list(house, "b.csv", "姓名,手機\n甲|乙,0912345678\n丙,0912345679\n".encode())
    facts = await _checked(house, "{姓名}您好", list="b.csv")
    assert facts["conclusion"].startswith("1 of 2 rows")


async def test_the_operators_rules_on_texts_are_told_beforehand(house: House) -> None:
    policy = {"allowed_url_hosts": ["shop.tw"], "allowed_phone_numbers": [], "required_sender_name": "【店】"}
    facts = await _checked(house, "請上 evil.com 或電 02-2345-6789", policy=policy)
    broken = [note for note in facts["notes"] if note.startswith("A send would be refused")]
    assert len(broken) == 3
    assert facts["links"] == ["evil.com"]
    allowed = await _checked(house, "【店】請上 shop.tw", policy=policy)
    assert not [note for note in allowed["notes"] if note.startswith("A send would be refused")]


@pytest.mark.parametrize(
    ("text", "more", "said"),
    [
        ("{姓名}您好", {}, "no list"),
        ("{生日}快樂", {"list": "a.csv"}, "names no column"),
        ("%field1%您好", {"list": "a.csv"}, "placeholder of the vendor"),
        ("{姓名您好", {"list": "a.csv"}, "brace without its partner"),
        ("您好", {"list": "none.csv"}, "no plain file"),
        ("{姓名}您好", {"file": "a.csv"}, "there are: text, list, sheet"),
    ],
)
async def test_a_placeholder_that_nothing_fills_is_refused(
    house: House, text: str, more: dict[str, str], said: str
) -> None:
    put_list(house, "a.csv", LIST.encode())
    async with fronted(house) as session:
        problem = await session.problem("check_message", {"text": text, **more})
    assert said in problem["message"]


@settings(max_examples=30)
@given(st.text("字 a😀!…\n", max_size=160))
def test_a_cheaper_wording_costs_less_and_says_nothing_new(text: str) -> None:
    cheaper = cheaper_wording(text)
    assert not cheaper or sms_parts(cheaper, domestic=True) < sms_parts(text, domestic=True)
    assert set(cheaper) <= set(text) | {" ", "\n"}


_UNFILLED, _STAND_IN = "The text names a column", "The text holds what looks like a stand-in"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("【店】$姓名您好", _UNFILLED),
        ("【店】＄姓名 您好", _UNFILLED),
        ("【店】「姓名」您好", _UNFILLED),
        ("【店】『金額』元", _UNFILLED),
        ("【店】親愛的OOO您好", _STAND_IN),
        ("【店】親愛的○○○您好", _STAND_IN),
        ("【店】XXX先生您好", _STAND_IN),
    ],
)
async def test_what_stands_in_for_a_value_is_pointed_out(house: House, text: str, said: str) -> None:
    facts = await _checked(house, text, list="a.csv")
    assert [each for each in facts["notes"] if each.startswith(said)]


async def test_a_usual_fields_name_is_pointed_out_where_there_is_no_list(house: House) -> None:
    facts = await _checked(house, "【店】「姓名」您好")
    assert any(each.startswith(_UNFILLED) for each in facts["notes"])


@pytest.mark.parametrize(
    "text",
    [
        "【店】新品「秋日」上市，售價$100元",
        "【店】尺寸到XXXL，客服02-XXX-XXXX",
        "【店】自二○○○年起，得獎人王○○",
        "【店】參加請回覆「姓名」",
        "【店】BOOOM COOOL 開幕",
    ],
)
async def test_a_quotation_a_price_a_size_and_a_year_are_no_placeholders(house: House, text: str) -> None:
    facts = await _checked(house, text, list="a.csv")
    assert not [each for each in facts["notes"] if each.startswith((_UNFILLED, _STAND_IN))]
