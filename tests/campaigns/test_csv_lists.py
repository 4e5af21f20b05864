"""Lists as text: any encoding and delimiter that spreadsheets write, and what refuses the file."""

import codecs
import gc
import io
import sys

import pytest

from server.campaigns.reading import ListReading, ListWanted
from server.settings.settings import ListsSettings
from tests.campaigns.read import opened, read
from tools.lists.columns import Wanted
from tools.problems import InvalidArgumentError, RefusedError

PLAIN = "姓名,手機,金額\r\n王小明,0912345678,100\r\n李大華,0987654321,200\r\n"
BOTH = [[2, "+886912345678"], [3, "+886987654321"]]


@pytest.mark.parametrize(
    ("content", "read_as"),
    [
        (PLAIN.encode(), "CSV, UTF-8, comma"),
        (codecs.BOM_UTF8 + PLAIN.encode(), "CSV, UTF-8 with BOM, comma"),
        (PLAIN.encode("cp950"), "CSV, Big5 (cp950), comma"),
        (codecs.BOM_UTF16_LE + PLAIN.replace(",", "\t").encode("utf-16-le"), "CSV, UTF-16 with BOM, TAB"),
        (
            codecs.BOM_UTF16_BE + PLAIN.replace(",", ";").encode("utf-16-be"),
            "CSV, UTF-16 with BOM, semicolon",
        ),
        (PLAIN.replace(",", "|").encode(), "CSV, UTF-8, vertical bar"),
        (
            "".join(f'"{line}"\n' for line in PLAIN.replace(",", '"\t"').splitlines()).encode(),
            "CSV, UTF-8, TAB",
        ),
        (PLAIN.replace("\r\n", "\r").encode(), "CSV, UTF-8, comma"),
        (PLAIN.rstrip().encode(), "CSV, UTF-8, comma"),
    ],
)
def test_each_encoding_and_delimiter_gives_the_same_rows(content: bytes, read_as: str) -> None:
    found = read(content, fields=("姓名",))
    assert found.accepted == BOTH
    assert [each.fields for each in found.recipients] == [("王小明",), ("李大華",)]
    assert found.reading.read_as.form == read_as


@pytest.mark.parametrize(
    "content",
    [
        "手機,備註\n0912345678,a|b\n0987654321,c|d|e\n",
        "手機\n0912345678|0922333444\n0912345678|0922333445\n",
    ],
)
def test_a_bar_within_cells_parts_no_table(content: str) -> None:
    assert read(content.encode()).reading.read_as.form == "CSV, UTF-8, comma"


def test_stray_bytes_damage_their_own_cells_and_no_others() -> None:
    content = PLAIN.encode("cp950").replace("李大華".encode("cp950"), b"\xff" + "大華".encode("cp950"))
    found = read(content, fields=("姓名",))
    assert found.reading.read_as.damaged
    assert found.accepted == BOTH[:1]
    assert found.rejected == {3: "unreadable_field"}
    assert read(content).accepted == BOTH


def test_a_damaged_utf_8_file_is_not_taken_for_big5() -> None:
    with pytest.raises(RefusedError, match="not text in UTF-8"):
        read(PLAIN.encode() + b"\xff\r\n")


@pytest.mark.parametrize(
    "content", [b"\xff\xfe\x41", b"a\0b,c\n", PLAIN.encode("utf-16-le"), b"\xff\xfe\0\0a\0\0\0"]
)
def test_what_is_no_text_is_refused(content: bytes) -> None:
    with pytest.raises(RefusedError, match="not text"):
        read(content)


@pytest.mark.parametrize(
    "content",
    [PLAIN + '"王,0911222333\r\n', PLAIN + '王,"0911222333\r\n', PLAIN + '"王"小,0911222333\r\n'],
)
def test_a_quotation_mark_that_is_never_closed_refuses_the_file_and_names_the_row(content: str) -> None:
    with pytest.raises(RefusedError, match="in row 4 a quotation mark"):
        read(content.encode())


def test_the_file_is_refused_however_far_down_the_mark_stands() -> None:
    rows = "".join(f"王,09{n:08d},1\r\n" for n in range(20_000))
    with pytest.raises(RefusedError, match="in row 20002 a quotation mark"):
        read(("姓名,手機,金額\r\n" + rows + '"' + rows).encode())


def test_titles_above_the_heading_and_sums_below_are_no_recipients() -> None:
    content = f"十一月客戶聯絡電話,,\r\n製表：2026/11/26,,\r\n,,\r\n{PLAIN}合計,2 筆,300\r\n,,300\r\n"
    found = read(content.encode(), fields=("金額",))
    assert found.reading.heading.row == 4
    assert found.accepted == [[5, "+886912345678"], [6, "+886987654321"]]
    assert found.rejected == {7: "not_a_number", 8: "missing"}


def test_a_list_without_a_heading_has_its_columns_by_letter() -> None:
    found = read("王小明,0912345678\r\n李大華,0987654321\r\n".encode(), fields=("A",))
    assert found.reading.heading.row == 0
    assert [each.fields for each in found.recipients] == [("王小明",), ("李大華",)]
    assert found.accepted == [[1, "+886912345678"], [2, "+886987654321"]]


@pytest.mark.parametrize("between", [";", ",", " ; ", "\t"])
def test_two_numbers_in_the_only_column_are_not_taken_for_two_columns(between: str) -> None:
    content = f"手機\n0912345678{between}0987654321\n0911222333\n"
    found = read(content.encode())
    assert found.reading.heading.row == 1
    assert (found.accepted, found.rejected) == ([[3, "+886911222333"]], {2: "several_numbers"})


def test_numbers_beside_a_heading_that_ends_before_them_are_a_column_without_a_name() -> None:
    content = "姓名,地址\n王,台北,0912345678,0911111111\n李,台中,0922345678\n陳,高雄,0933345678\n"
    found = read(content.encode(), fields=("姓名",))
    assert found.reading.heading.names == ("姓名", "地址", "C")
    assert (found.accepted, found.rejected) == (
        [[3, "+886922345678"], [4, "+886933345678"]],
        # A number beside the table may be the rest of a cell that a comma parted.
        {2: "several_numbers"},
    )


def test_where_the_heading_names_numbers_none_beside_it_is_taken() -> None:
    found = read("姓名,手機\n王,小明,0912345678\n李,大華,0922345678\n".encode())
    assert (found.accepted, found.rejected) == ([], {2: "several_numbers", 3: "several_numbers"})


def test_the_fullest_column_is_not_taken_where_it_stands_beside_the_table() -> None:
    found = read("姓名,地址\n0912345678,x,0987654321\n王,y,0922345678\n".encode())
    assert found.reading.columns.mobile == (0,)
    assert found.rejected == {2: "several_numbers", 3: "several_numbers"}


def test_a_heading_over_one_of_several_columns_is_one() -> None:
    found = read(",手機\n王,0912345678\n".encode())
    assert (found.reading.heading.names, found.accepted) == (("A", "手機"), [[2, "+886912345678"]])


@pytest.mark.parametrize(
    ("heading", "chosen"),
    [
        ("商務電話,行動電話,住家電話", "行動電話"),
        ("Business Phone,Home Phone,Mobile Phone", "Mobile Phone"),
        ("緊急聯絡人手機,手機,電話", "手機"),
        ("手機品牌,手機號碼,電話", "手機號碼"),
        ("電話,Email,地址", "電話"),
        ("商務電話,行 動 電 話,住家電話", "行動電話"),
        ("電話,手　機,地址", "手機"),
    ],
)
def test_a_mobile_heading_goes_before_any_other_telephone(heading: str, chosen: str) -> None:
    reading = opened(f"{heading}\r\nx,y,z\r\n".encode())
    assert [reading.heading.names[place] for place in reading.columns.mobile] == [chosen]


@pytest.mark.parametrize("named", ["到期日", "到　期　日", "到 期 日"])
def test_a_heading_that_is_spread_over_its_column_is_found_by_its_word(named: str) -> None:
    found = read("姓　名,手　機,到　期　日\r\n王,0912345678,12/1\r\n".encode(), fields=("姓名", named))
    assert [each.fields for each in found.recipients] == [("王", "12/1")]


def test_a_heading_over_two_rows_gives_the_upper_name_where_the_lower_cell_is_empty() -> None:
    content = "客戶名單,,\r\n姓名,聯絡方式,\r\n,手機,Email\r\n王,0912345678,a@example.tw\r\n".encode()
    found = read(content, fields=("姓名",))
    assert found.reading.heading.names == ("姓名", "手機", "Email")
    assert [each.fields for each in found.recipients] == [("王",)]


def test_a_column_that_is_not_there_is_refused_without_its_name() -> None:
    with pytest.raises(InvalidArgumentError, match="no column of this name") as caught:
        read(PLAIN.encode(), fields=("ignore all rules",))
    assert "ignore" not in str(caught.value)


def test_a_list_whose_columns_cannot_be_used_lets_go_of_its_file(monkeypatch: pytest.MonkeyPatch) -> None:
    late: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", late.append)
    file = io.BytesIO((PLAIN * 10_000).encode())
    with pytest.raises(InvalidArgumentError) as caught:
        ListReading(file, ListWanted(columns=Wanted(fields=("none",))), ListsSettings())
    file.close()
    # What raised it is kept as long as the error is.
    del caught
    gc.collect()
    assert not late


def test_who_did_not_agree_gets_no_text_where_the_consent_is_required() -> None:
    content = "手機,同意行銷\r\n0912345678,是\r\n0987654321,否\r\n0911222333,\r\n".encode()
    assert len(read(content).recipients) == 3
    found = read(content, consent="同意行銷")
    assert found.accepted == [[2, "+886912345678"]]
    assert found.rejected == {3: "opted_out", 4: "consent_unclear"}


def test_whoever_stands_in_a_column_of_objections_gets_no_text() -> None:
    content = "手機,退訂\r\n0912345678,\r\n0987654321,Y\r\n".encode()
    found = read(content, consent="退訂")
    assert (found.accepted, found.rejected) == ([[2, "+886912345678"]], {3: "opted_out"})


@pytest.mark.parametrize(
    ("limits", "setting"),
    [(ListsSettings(max_bytes=40), "max_bytes"), (ListsSettings(max_rows=1), "max_rows")],
)
def test_a_list_beyond_a_limit_is_refused_with_the_name_of_the_setting(
    limits: ListsSettings, setting: str
) -> None:
    with pytest.raises(RefusedError) as caught:
        read(PLAIN.encode(), limits=limits)
    assert caught.value.problem.code == "list_too_large"
    assert setting in caught.value.problem.next


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (bytes.fromhex("D0CF11E0A1B11AE1") + bytes(600), "old .xls"),
        (bytes.fromhex("D0CF11E0A1B11AE1") + bytes(600) + "EncryptedPackage".encode("utf-16-le"), "password"),
        (b"<html><table>", "web page"),
        (b"%PDF-1.7", "PDF"),
        (b"", "empty"),
        (b"PK\3\4 and no more", "damaged"),
    ],
)
def test_another_kind_of_file_is_told_plainly(content: bytes, said: str) -> None:
    with pytest.raises(RefusedError, match=said):
        read(content)
