"""What a person reads in a sheet is what is texted: the formats of its numbers.

Formats are those that Excel, LibreOffice, Google Sheets and Numbers write; what they show is told by ECMA-376
(18.8.30, 18.8.31), and was held against SheetJS's SSF 0.11.2 and Excel's documented rounding of 15 digits.
"""

import io
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from xlsxwriter import Workbook  # pyright: ignore[reportMissingTypeStubs] - typed within, not marked so

from tests.campaigns.books import book, number, row, sheet
from tests.campaigns.playing import carried_out, planned, texts_at_the_vendor
from tests.campaigns.read import read
from tests.e2e.good_cases_lists import put_list
from tests.e2e.house import House
from tests.e2e.person import Person
from tests.gate.servers import fronted
from tools.campaigns.wording import read_wording
from tools.lists.cells import formatted_number, text_of
from tools.lists.general_numbers import general
from tools.lists.number_formats import number_format
from tools.lists.number_sections import sections_of

GENERAL = {
    "0.15": "0.15",
    "0.30000000000000004": "0.3",
    "33.3333333333333": "33.33333333",
    "0.333333333333333": "0.333333333",
    "123456.789012": "123456.789",
    "-0.5": "-0.5",
    "0.00001": "0.00001",
    "0.0000123456": "1.23456E-05",
    "20261128000123": "20261128000123",
    "123456789012": "123456789012",
    "1234567890123456": "1234567890123460",
    "9.00000272E8": "900000272",
    "1.10": "1.1",
    "0": "0",
}
FORMATTED = [
    ("0%", "0.15", "15%"),
    ("0.0%", "0.155", "15.5%"),
    ("0%", "0.285", "29%"),
    ("0.00", "1.005", "1.01"),
    ("0.00", "500", "500.00"),
    ("0", "33.3333333333333", "33"),
    ("0", "33", "33"),
    ("#,##0", "500", "500"),
    ("#,##0", "1200", "1,200"),
    ("#,##0", "-1200", "-1,200"),
    ("#,##0.00", "1234567.891", "1,234,567.89"),
    ("00000", "87", "00087"),
    ("0.0##", "1.5", "1.5"),
    ("0000-000-000", "912345678", "0912-345-678"),
    ('"NT$"#,##0', "1200", "NT$1,200"),
    ('"NT$"#,##0.00', "1200", "NT$1,200.00"),
    ('"NT$"#,##0;-"NT$"#,##0', "-1200", "-NT$1,200"),
    ("[$NT$-404]#,##0.00;[RED]-[$NT$-404]#,##0.00", "1200", "NT$1,200.00"),
    ("[$NT$-404]#,##0.00;[RED]-[$NT$-404]#,##0.00", "-1200", "-NT$1,200.00"),
    ("[$NT$-zh-TW]#,##0", "1200", "NT$1,200"),
    ("[$NT$]#,##0.00", "1200", "NT$1,200.00"),
    ('_-"$"* #,##0_-;-"$"* #,##0_-;_-"$"* "-"??_-;_-@_-', "1200", "$1,200"),
    ('_("$"* #,##0.00_);_("$"* \\(#,##0.00\\);_("$"* "-"??_);_(@_)', "-1200", "$(1,200.00)"),
    ('_-* #,##0_-;-* #,##0_-;_-* "-"_-;_-@_-', "0", "-"),
    ("#,##0_);[Red](#,##0)", "-1200", "(1,200)"),
    ('#,##0"元"', "1200", "1,200元"),
    ("#,##0 元", "1200", "1,200 元"),
    ('General"元"', "1200", "1200元"),
    ('G/通用格式"元"', "-0.5", "-0.5元"),
    ("[Red]General", "1200", "1200"),
    ('"第"0"號"', "7", "第7號"),
    ('0\\.0,"萬"', "12345", "1.2萬"),
    ('#,##0.0,"K"', "1234567", "1,234.6K"),
    ('[>=100]"滿";[>=60]"及格";"加油"', "75", "及格"),
    ('[=1]"是";"否"', "1", "是"),
    ("0;-0;;@", "0", ""),
    ("+0%;-0%", "0.05", "+5%"),
    ("@", "87", "87"),
    ("General", "33", "33"),
    ("yyyy/m/d", "46000", "2025/12/9"),
    ("[$-404]e/m/d", "46354", "115/11/28"),
]
NOT_RENDERED = ["# ?/?", "0.00E+00", "[DBNum2][$-404]General", "[$-1E000404]#,##0", "US$#,##0"]


def amounts(*given: tuple[str, str]) -> bytes:
    """A workbook whose row n + 2 has the n-th number in the n-th format."""
    rows = [
        row(at, f"0912345{at:03}", number(f"B{at}", value, at - 1)) for at, (_, value) in enumerate(given, 2)
    ]
    return book(sheet(row(1, "手機", "值"), *rows), formats=[code for code, _ in given])


async def test_what_a_person_reads_in_the_sheet_is_what_everybody_gets(house: House) -> None:
    given = [*FORMATTED, *(("General", value, shown) for value, shown in GENERAL.items())]
    put_list(house, "sale.xlsx", amounts(*((code, value) for code, value, _ in given)))
    async with fronted(house, Person()) as session:
        assert session.parts
        plan = await planned(session, list="sale.xlsx", text="【測試】優惠{值}。")
        assert not any("format" in each for each in plan["warnings"])
        await session.facts("start_campaign", {"campaign_id": plan["campaign_id"]})
        await carried_out(session.parts, plan["campaign_id"])
        got = await texts_at_the_vendor(house)
    texts = [f"【測試】優惠{shown}。" for _, _, shown in given]
    assert got == Counter({(f"+886912345{at:03}", text): 1 for at, text in enumerate(texts, 2)})


async def test_previews_are_of_the_texts_that_the_campaign_has(house: House) -> None:
    put_list(house, "sale.xlsx", amounts(("0%", "0.15"), ('"NT$"#,##0', "1200")))
    async with fronted(house) as session:
        plan = await planned(session, list="sale.xlsx", text="【測試】優惠{值}。")
        checked = await session.facts("check_message", {"text": "優惠{值}。", "list": "sale.xlsx"})
        seen = await session.facts("read_list", {"file": "sale.xlsx", "fields": ["值"]})
    assert checked["previews"] == ["優惠15%。", "優惠NT$1,200。"]
    assert [each["fields"] for each in seen["sample"]] == [["15%"], ["NT$1,200"]]
    assert plan["longest"] == ["【測試】優惠N*******。", "【測試】優惠1**。"]


def test_formats_without_a_text_of_their_own_in_the_file_are_those_of_taiwan() -> None:
    """As xlsxwriter, openpyxl and Java's POI write them: by a number alone."""
    content = io.BytesIO()
    made: Any = Workbook(content)
    page = made.add_worksheet()
    page.write_row(0, 0, ["手機", "值"])
    shown = {1: "-1200", 2: "-1200.00", 3: "-1,200", 4: "-1,200.00", 9: "-120000%", 10: "-120000.00%"}
    shown |= {5: "-$1,200", 8: "-$1,200.00", 37: "-1,200", 40: "-1,200.00", 41: "-1,200", 44: "-$1,200.00"}
    for at, each in enumerate(shown, 1):
        page.write_string(at, 0, f"09123450{at:02}")
        page.write_number(at, 1, -1200, made.add_format({"num_format": each}))
    made.close()
    found = read(content.getvalue(), fields=["值"])
    assert [each.fields for each in found.recipients] == [(each,) for each in shown.values()]


@pytest.mark.parametrize("more", ["", "<!-- -->"])
@pytest.mark.parametrize("code", NOT_RENDERED)
async def test_numbers_in_a_format_that_is_not_rendered_are_told_with_what_is_texted(
    house: House, code: str, more: str
) -> None:
    rows = (
        row(1, "手機", "折扣", "序號"),
        row(2, "0912345678", number("B2", "1200", 2), number("C2", "0.5", 1)),
        row(3, "0912345679", number("B3", "1200.5", 1) + more, number("C3", "0.5", 1)),
        row(4, "02-2345-6789", number("B4", "7", 1), number("C4", "0.5", 1)),
    )
    put_list(house, "sale.xlsx", book(sheet(*rows), formats=[code, "#,##0"]))
    async with fronted(house) as session:
        plan = await planned(session, list="sale.xlsx", text="【測試】折扣 {折扣}")
        checked = await session.facts("check_message", {"text": "折扣 {折扣}", "list": "sale.xlsx"})
        seen = await session.facts("read_list", {"file": "sale.xlsx", "fields": ["折扣"]})
    told = "Numbers in a format of the sheet that is not rendered are texted plainly: {折扣} row 3 as 1200.5."
    for notes in (plan["warnings"], checked["notes"], seen["notes"]):
        assert [each for each in notes if "format" in each] == [told]


async def test_a_unit_that_stands_in_the_text_and_in_the_format_is_told(house: House) -> None:
    put_list(house, "sale.xlsx", amounts(("0%", "0.15"), ('"NT$"#,##0"元"', "1200")))
    told = "{值}: the values bring the unit that the text has beside it: 15%%."
    async with fronted(house) as session:
        for text, times in (("{值}%", 1), ("NT$ {值}", 1), ("{值} 元", 1), ("{值}。", 0), ("$1,{值}", 0)):
            plan = await planned(session, list="sale.xlsx", text=f"【測試】{text}")
            checked = await session.facts("check_message", {"text": text, "list": "sale.xlsx"})
            assert (plan["warnings"].count(told), checked["notes"].count(told)) == (times, times), text


@pytest.mark.parametrize("code", ["General", "0000000000", "#,##0", "0%", "0.00E+00", "# ?/?", ";;;"])
def test_a_number_that_is_texted_is_the_same_one_in_any_format(code: str) -> None:
    rows = (
        row(1, "手機", "值"),
        row(2, number("A2", "912345678", 1)),
        row(3, number("A3", "886912345679", 1)),
        row(4, number("A4", "912345678.5", 1)),
        row(5, number("A5", "-912345678", 1)),
        row(6, '<c r="A6" s="1" t="str"><v>9E+08</v></c>'),
        row(7, number("A7", "223456789", 1)),
    )
    found = read(book(sheet(*rows), formats=[code]))
    assert found.accepted == [[2, "+886912345678"], [3, "+886912345679"]]
    assert [each.restored for each in found.recipients] == [True, False]
    assert found.rejected == {
        4: "not_a_number",
        5: "not_a_number",
        6: "scientific_notation",
        7: "landline",
    }


def test_a_text_has_the_words_that_its_format_puts_around_it_and_a_number_of_a_phone_does_not() -> None:
    styled = '<c r="{}" s="{}" t="str"><v>{}</v></c>'
    rows = (
        row(1, "手機", "稱呼", "名"),
        row(
            2,
            styled.format("A2", 1, "0912345678"),
            styled.format("B2", 1, "王"),
            styled.format("C2", 2, "李"),
        ),
    )
    found = read(book(sheet(*rows), formats=['@" 先生"', "_(@_)"]), fields=["稱呼", "名"])
    assert [(each.mobile, each.fields) for each in found.recipients] == [("+886912345678", ("王 先生", "李"))]


def test_a_consent_is_what_its_cell_shows() -> None:
    rows = [row(at, f"091234567{at}", number(f"B{at}", at % 2, 1)) for at in (2, 3)]
    found = read(book(sheet(row(1, "手機", "同意"), *rows), formats=['[=1]"同意";"不同意"']), consent="同意")
    assert (found.accepted, found.rejected) == ([[3, "+886912345673"]], {2: "opted_out"})


CODES = st.text(alphabet='0#?,.%"\\_*[]<>=1@;-元 GEe/!$', max_size=12) | st.sampled_from(
    [code for code, _, _ in FORMATTED]
)


@given(CODES, st.floats())
def test_any_format_shows_a_number_or_says_that_it_cannot(code: str, value: float) -> None:
    show = number_format(0, code)
    shown = general(value) if show is None else text_of(formatted_number(value, show))
    assert isinstance(shown, str)
    assert len(shown) < 500


@given(st.sampled_from(['"a{"#,##0"}"', "000", '0.00" x"', "#,##0", "[<5]0"]), st.integers(1, 10**15))
def test_whole_numbers_are_written_quickly_as_they_are_slowly(code: str, value: int) -> None:
    (section,) = sections_of(code)
    assert section.quickly is not None
    assert section.quickly(value) == replace(section, quickly=None).shown(value)


@given(st.integers(-(10**14), 10**14) | st.decimals(-(10**6), 10**6, places=2).map(float))
def test_what_was_typed_stays_as_it_was_typed(value: float) -> None:
    assert float(general(float(value))) == float(value)


@given(st.floats(-1e9, 1e9), st.sampled_from(["0%", "#,##0.00", '"NT$"#,##0', '0"元"', "General"]))
def test_a_value_beside_a_text_without_a_unit_is_never_doubled(value: float, code: str) -> None:
    show = number_format(0, code)
    shown = general(value) if show is None else text_of(formatted_number(value, show))
    assert read_wording("優惠{值}，謝謝").doubled([shown]) == []
