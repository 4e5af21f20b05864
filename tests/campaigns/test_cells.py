"""What a cell means: as a number, as a field of a text, as a consent."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tools.lists.cells import Cell, Special
from tools.lists.columns import Heading, consent_columns, objects
from tools.lists.consent import read_consent
from tools.lists.excel_dates import date_reader
from tools.lists.fields import read_field
from tools.lists.mobiles import read_mobile
from tools.lists.reasons import Reason

ONE = "+886912345678"


@pytest.mark.parametrize(
    "cell",
    [
        "０９１２３４５６７８",
        "\u00a00912\u00a0345\u00a0678",
        "\u202a0912345678\u202c",
        "'0912345678",
        '="0912345678"',
        "+886(0)912345678",
        "886-0912-345-678",
        "00886912345678",
        "TEL:0912345678",
        "886912345678.0",
        "0912345678.0",
        "+886912345678.00",
        912345678,
        912345678.0,
        886912345678.0,
        "0912345678/0912-345-678",
    ],
)
def test_one_number_in_any_spelling(cell: Cell) -> None:
    assert read_mobile(cell).mobile == ONE


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("", "missing"),
        ("\u200b ", "missing"),
        ("無", "not_a_number"),
        ("0912***678", "not_a_number"),
        ("٠٩١٢٣٤٥٦٧٨", "not_a_number"),
        (True, "not_a_number"),
        (-912345678.0, "not_a_number"),
        (float("nan"), "not_a_number"),
        (float("inf"), "not_a_number"),
        ("9E+08", "scientific_notation"),
        ("9.12345678E+08", "scientific_notation"),
        ("#N/A", "error_value"),
        (Special.ERROR, "error_value"),
        (Special.UNCALCULATED, "formula_without_value"),
        ("0912345678#123", "extension"),
        ("0912345678 分機 12", "extension"),
        ("0912345678 ext. 5", "extension"),
        ("0912345678x5", "extension"),
        ("02-2345-6789 轉 88", "extension"),
        ("0912345678 王先生", "extra_text"),
        ("手機：0912345678", "extra_text"),
        ("0912345678（公司）", "extra_text"),
        ("公司 02-2345-6789", "landline"),
        (223456789, "landline"),
        ("02-2345-6789/02-2345-6789", "landline"),
        ("0912345678 0987654321", "several_numbers"),
        ("0912345678+0987654321", "several_numbers"),
        ("0912345678 或 02-2345-6789", "several_numbers"),
        ("0912345678 王 0987654321", "several_numbers"),
        ("1922", "not_a_mobile"),
        ("0800-000-000", "not_a_mobile"),
        ("091234567", "no_such_number"),
        ("09123456789", "no_such_number"),
        ("13800138000", "no_such_number"),
    ],
)
def test_what_is_no_number_has_its_reason(cell: Cell, reason: str) -> None:
    found = read_mobile(cell)
    assert (found.mobile, found.reason) == ("", Reason(reason))


@pytest.mark.parametrize("cell", ["912345678", "912-345-678", "912345678.0", 912345678, "'912345678"])
def test_nine_digits_that_begin_with_9_had_lost_their_zero(cell: Cell) -> None:
    assert read_mobile(cell).restored


@pytest.mark.parametrize(
    "cell", ["0912345678", "+886912345678", "886912345678", 886912345678, "(0)912345678"]
)
def test_no_other_number_is_counted_as_restored(cell: Cell) -> None:
    found = read_mobile(cell)
    assert (found.mobile, found.restored) == (ONE, False)


@settings(max_examples=60)
@given(
    st.lists(
        st.sampled_from(["0912345678", "0987654321", "02-2345-6789"]), min_size=2, max_size=3, unique=True
    ),
    st.sampled_from(["/", "、", " ", "\n", ";", " ::: ", "或", "，", "\u2028", " & "]),
)
def test_several_numbers_are_never_joined_nor_halved(numbers: list[str], between: str) -> None:
    assert read_mobile(between.join(numbers)).reason is Reason.SEVERAL_NUMBERS


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (" 王小明 ", "王小明"),
        ("一\n二\u2028三", "一 二 三"),
        ("a\u200bb", "ab"),
        (1500.0, "1500"),
        (0.1 + 0.2, "0.3"),
        (True, "TRUE"),
        ("+886 912-345-678", "+886 912-345-678"),
        ("-5", "-5"),
        ("", ""),
    ],
)
def test_a_field_goes_out_as_a_person_reads_it(cell: Cell, text: str) -> None:
    assert read_field(cell)[:2] == (text, None)


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("=1+1|x", "formula_text"),
        ("@SUM(1)", "formula_text"),
        ("-2+3", "formula_text"),
        ("+cmd", "formula_text"),
        ("a|b", "pipe_in_field"),
        ("%FIELD2%", "placeholder_in_field"),
        ("王\ufffd", "unreadable_field"),
        ("#REF!", "error_value"),
        (Special.UNCALCULATED, "formula_without_value"),
    ],
)
def test_what_cannot_go_out_in_a_field_has_its_reason(cell: Cell, reason: str) -> None:
    assert read_field(cell).reason is Reason(reason)


SAID: dict[str, list[Cell]] = {
    "yes": ["是", " Y ", True, 1.0, "V", "✓", "✔️", "☑️", "✅", "我同意", "已訂閱"],
    "no": ["否", "N", False, "不同意", "❌", "我不同意", "取消訂閱"],
    "unclear": ["", "下次再問", 2.0],
}


@pytest.mark.parametrize(("said", "cell"), [(said, cell) for said, cells in SAID.items() for cell in cells])
def test_only_a_plain_yes_is_a_consent(said: str, cell: Cell) -> None:
    assert read_consent(cell) == said


def test_under_a_heading_that_asks_who_wants_nothing_yes_means_no() -> None:
    said = {"Y": "no", "N": "yes", "": "yes", "?": "unclear", "退訂": "no", "已拒收": "no", "不同意": "no"}
    assert {cell: read_consent(cell, opts_out=True) for cell in said} == said


@pytest.mark.parametrize("name", ["接受優惠宣傳", "是否接收簡訊", "願意收到活動通知", "不接收簡訊", "同意"])
def test_a_heading_of_a_shops_export_that_asks_who_agrees_is_pointed_out(name: str) -> None:
    assert consent_columns(Heading(row=1, names=("手機", name, "接收時間", "通知"))) == (1,)
    assert objects(name) is name.startswith("不")


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("yyyy/mm/dd", "2027/01/01"),
        ("yyyy/m/d h:mm", "2027/1/1 18:00"),
        ("[$-404]e/m/d", "116/1/1"),
        ('yyyy"年"m"月"d"日"', "2027年1月1日"),
        ("h:mm AM/PM", "6:00 PM"),
        ('上午/下午h"時"mm"分"', "下午6時00分"),
        ("[$-zh-TW]e/m/d;@", "116/1/1"),
        ('[$-404]m"月"d"日"(aaa);@', "1月1日(週五)"),
        ("[$-409]h:mm AM/PM;@", "6:00 PM"),
    ],
)
def test_a_date_is_shown_as_its_format_shows_it(code: str, shown: str) -> None:
    show = date_reader(code, from_1904=False)
    assert show is not None
    assert show(46388.75) == shown


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("[h]:mm", "25:30"),
        ("[hh]:mm:ss", "25:30:15"),
        ('[h]"小時"', "25小時"),
        ('[mm]"分"', "1530分"),
        ("[m]:ss", "1530:15"),
        ("[s]", "91815"),
        ("h:mm", "1:30"),
    ],
)
def test_hours_are_counted_beyond_a_day_where_the_format_says_so(code: str, shown: str) -> None:
    show = date_reader(code, from_1904=False)
    assert show is not None
    assert show(91815 / 86400) == shown


@pytest.mark.parametrize("code", ["General", "0.00E+00", "#,##0", "[Red]0", "@", '"名"0', 'General"元"'])
def test_a_format_of_numbers_shows_no_date(code: str) -> None:
    assert date_reader(code, from_1904=False) is None


def test_days_count_from_1904_where_the_workbook_says_so() -> None:
    show = date_reader("yyyy/m/d", from_1904=True)
    assert show is not None
    assert (show(0), show(44926)) == ("1904/1/1", "2027/1/1")
