"""Lists as shops, clinics and tills of Taiwan have them, with what else stands in their sheets."""

import pytest

from tests.campaigns.books import book, number, row, sheet, text
from tests.campaigns.playing import planned
from tests.campaigns.read import read
from tests.e2e.good_cases_lists import put_list
from tests.e2e.house import House
from tests.gate.servers import fronted


@pytest.mark.parametrize("word", ["範例：王大明", "（範例）", "例：王小明", "ex. 王", "Example"])
async def test_the_example_of_a_form_is_pointed_out(house: House, word: str) -> None:
    """Forms for members have a row of what must be filled in, and one that shows how."""
    rows = (
        row(1, "姓名*", "手機號碼*", "到期日"),
        row(2, "必填", "必填，10碼", "選填 YYYY/MM/DD"),
        row(3, word, "0900000000", "2026/01/01"),
        row(4, "陳小美", "0912345678", "115/12/31"),
        row(9, "例如此人", "0912345679", "115/12/31"),
    )
    put_list(house, "form.xlsx", book(sheet(*rows)))
    async with fronted(house) as session:
        facts = await session.facts("read_list", {"file": "form.xlsx"})
    assert facts["recipients"] == 3
    assert facts["notes"] == ["Texted like any other, an example by its words: row 3."]


async def test_a_second_table_beside_the_first_is_told(house: House) -> None:
    put_list(house, "two.csv", "姓名,手機,,姓名,手機\n王,0912345678,,陳,0912345679\n".encode())
    async with fronted(house) as session:
        facts = await session.facts("read_list", {"file": "two.csv"})
    assert facts["recipients"] == 1
    assert facts["notes"] == [
        "A second column is headed like that of the numbers, as of a table beside it: it was not read."
    ]


STRIKES = (
    b'<styleSheet><fonts><font/><font><strike/></font><font><strike val="0"/></font></fonts>'
    b'<cellXfs><xf/><xf fontId="1"/><xf fontId="2"/></cellXfs><dxfs><dxf><font><strike/></font></dxf></dxfs>'
    b"</styleSheet>"
)


@pytest.mark.parametrize("more", ["", "<!-- -->"])
async def test_who_is_struck_through_in_the_sheet_is_pointed_out(house: House, more: str) -> None:
    """How people cross somebody out; a struck price crosses nobody out."""
    cell = '<c r="{}" s="{}" t="str"><v>{}</v></c>'
    rows = (
        row(1, "姓名", "手機", "原價"),
        row(2, "王", "0912345678", cell.format("C2", 1, "1200") + more),
        row(3, cell.format("A3", 1, "李"), cell.format("B3", 1, "0912345679") + more),
        row(4, cell.format("A4", 2, "陳"), cell.format("B4", 2, "0912345680") + more),
        row(5, cell.format("A5", 1, "林"), cell.format("B5", 1, "0912345678") + more, more=' hidden="1"'),
    )
    put_list(house, "due.xlsx", book(sheet(*rows), parts={"xl/styles.xml": STRIKES}))
    async with fronted(house) as session:
        facts = await session.facts("read_list", {"file": "due.xlsx"})
        plan = await planned(session, list="due.xlsx", hidden="leave_out")
    told = "Texted like any other, struck through in the sheet: row 3."
    assert [each for each in facts["notes"] if "struck" in each] == [told]
    assert told in plan["warnings"]
    assert facts["recipients"] == 3


async def test_a_row_that_a_comma_may_have_parted_is_pointed_out(house: House) -> None:
    rows = "王,0912345678,台北市重慶南路一段122號,2樓\n李,0912345679,高雄\n陳,0912345680,台南,,\n"
    put_list(house, "a.csv", f"姓名,手機,地址\n{rows}".encode())
    async with fronted(house) as session:
        facts = await session.facts("read_list", {"file": "a.csv"})
    assert facts["recipients"] == 3
    assert facts["notes"] == ["More cells than the heading has, as if a comma parted one: row 2."]


def test_a_second_table_below_whose_columns_stand_otherwise_texts_nobody_wrongly() -> None:
    rows = (
        row(1, "A班名單"),
        row(2, "姓名", "手機"),
        row(3, "王", "0912345678"),
        row(5, "B班名單"),
        row(6, "手機", "姓名"),
        row(7, "0912345679", "陳"),
    )
    found = read(book(sheet(*rows)), fields=["姓名"])
    assert [(each.row, each.fields) for each in found.recipients] == [(3, ("王",))]
    assert found.rejected == {5: "missing", 6: "not_a_number", 7: "not_a_number"}


def test_what_a_till_prints_around_its_report_is_no_recipient() -> None:
    """Titles above, a page's heading again, sums below; in Big5, as tills in Taiwan export."""
    content = (
        "門市：台北一店,,\n列印日期：115/11/28 下午 03:05:22,,\n,,\n會員姓名,行動電話,累積點數\n"
        '王小明,0912345678,"1,200"\n客戶名單  頁次：2,,\n會員姓名,行動電話,累積點數\n李,0912-345-679,80\n'
        '合計：2 人,,"1,280"\n'
    )
    found = read(content.encode("cp950"), fields=["會員姓名", "累積點數"])
    assert [each.fields for each in found.recipients] == [("王小明", "1,200"), ("李", "80")]
    assert found.rejected == {6: "missing", 7: "not_a_number", 9: "missing"}


def test_a_cell_that_is_merged_over_two_rows_is_that_of_the_first() -> None:
    rows = (
        row(1, "戶號", "姓名", "手機", "費用"),
        row(2, "A棟", "王爸", "0912345678", number("D2", "1200", 1)),
        row(3, text("B3", "王媽"), text("C3", "0912345679")),
    )
    merged = "<mergeCells><mergeCell ref='A2:A3'/><mergeCell ref='D2:D3'/></mergeCells>"
    found = read(book(sheet(*rows, after=merged), formats=['"$"#,##0']), fields=["姓名", "費用"])
    assert [each.fields for each in found.recipients] == [("王爸", "$1,200"), ("王媽", "")]


def test_dates_and_times_that_are_texts_stay_as_they_are_typed() -> None:
    values = ["115/11/28", "1151128", "民國115年11月28日", "上午 09:30", "2026/11/28 下午 3:05", "１，２００"]
    rows = "".join(f'王,091234567{at},"{value}"\n' for at, value in enumerate(values))
    found = read(f"姓名,手機,值\n{rows}".encode(), fields=["值"])
    assert [each.fields for each in found.recipients] == [(each,) for each in values]
