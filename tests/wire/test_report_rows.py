"""Reports as servers in Taiwan really write them."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.wire.errors import UnreadableReply
from tools.wire.report_rows import read_report_rows, report_encoding

HEADING = "手機,品名\r\n"
MANY = HEADING + "0912345678,螢幕\r\n" * 1_000


def test_a_lone_quotation_mark_in_a_cell_opens_no_quotation() -> None:
    assert read_report_rows(MANY.replace("螢幕", '5" 螢幕').encode(), 3).count == 1_001


@pytest.mark.parametrize("mark", ["\u2028", "\u2029", "\x85", "\x0b", "\x0c", "\x1c"])
def test_only_line_ends_of_csv_end_a_row(mark: str) -> None:
    assert read_report_rows(MANY.replace("螢幕", f"螢{mark}幕").encode(), 3).count == 1_001


def test_a_line_break_inside_quotation_marks_opens_no_row() -> None:
    assert read_report_rows(MANY.replace("螢幕", '"螢\n幕"').encode(), 3).count == 1_001


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp950", "utf-16", "utf-16-le", "utf-16-be"])
def test_the_encoding_is_told_from_the_bytes(encoding: str) -> None:
    found = read_report_rows(MANY.encode(encoding), 2)
    assert (found.count, found.preview) == (1_001, [["手機", "品名"], ["0912345678", "螢幕"]])


def test_chinese_after_the_first_mebibyte_still_decides() -> None:
    body = ("a,b\r\n" * 300_000 + "螢,幕\r\n").encode("cp950")
    assert report_encoding(body) == ("cp950", 0)
    assert read_report_rows(body, 1).count == 300_001


@pytest.mark.parametrize(
    ("text", "preview"),
    [
        ("a;b\n1,5;2\n", [["a", "b"], ["1,5", "2"]]),
        ("a\tb,c\n1\t2\n", [["a", "b,c"], ["1", "2"]]),
        ("sep=;\r\na;b\r\n1;2\r\n", [["a", "b"], ["1", "2"]]),
        ("SEP=|\na|b\n1|2\n", [["a", "b"], ["1", "2"]]),
        ('"x;y;z",b\n1,2\n', [["x;y;z", "b"], ["1", "2"]]),
        ("Email\na@example.tw\n", [["Email"], ["a@example.tw"]]),
    ],
)
def test_the_separator_is_that_of_the_heading_or_of_its_own_line(text: str, preview: list[list[str]]) -> None:
    found = read_report_rows(text.encode(), 9)
    assert (found.preview, found.count) == (preview, len(preview))


def test_a_table_whose_end_is_broken_has_a_preview_and_no_count() -> None:
    body = (MANY + '"never closed').encode()
    found = read_report_rows(body, 3)
    assert (len(found.preview), found.count) == (3, None)


@pytest.mark.parametrize("body", [b"\x80\x81\xff", b"\x00\x01\xff\xfe", b'"never closed', b"a\x00b"])
def test_what_is_no_table_is_unreadable(body: bytes) -> None:
    with pytest.raises(UnreadableReply):
        read_report_rows(body, 3)


@given(
    rows=st.lists(
        st.lists(
            st.text(
                st.characters(codec="utf-8", exclude_characters="\0\ufffe\uffff"), min_size=1, max_size=8
            ),
            min_size=2,
            max_size=4,
        ),
        min_size=1,
        max_size=20,
    )
)
def test_what_a_csv_writer_wrote_has_as_many_rows_as_were_written(rows: list[list[str]]) -> None:
    written = io.StringIO(newline="")
    csv.writer(written, quoting=csv.QUOTE_ALL).writerows([["first", "second"], *rows])
    assert read_report_rows(written.getvalue().encode(), 3).count == len(rows) + 1
