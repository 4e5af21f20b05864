"""The TAB-separated pages of EVERY8D."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.wire.examples import thorough
from tools.wire.errors import UnreadableReply
from tools.wire.page import Page
from tools.wire.tsv import read_page, read_replies


def _written(second: int) -> str:
    """A second since the year 1, as the vendor writes it."""
    day, rest = divmod(second, 86_400)
    written = date.fromordinal(day + 1).isoformat().replace("-", "/")
    return f"{written} {rest // 3600:02}:{rest // 60 % 60:02}:{rest % 60:02}"


# One number for each field: drawing takes most of the time of these tests.
TIMES = st.integers(0, date.max.toordinal() * 86_400 - 1).map(_written)
NAMES = st.text("Aa王 \x0b\u2028,", max_size=8)
MOBILES = st.integers(0, 10**8 - 1).map(lambda number: f"+8869{number:08}")
STATUSES = st.sampled_from(["0", "100", "103", "300", "700", "-1", "-6"])
COSTS = st.sampled_from(["1.0", "4", "0", ""])
SIX = st.lists(st.tuples(NAMES, MOBILES, TIMES, COSTS, STATUSES, TIMES | st.just("")), max_size=5)
FIVE = st.lists(st.tuples(NAMES, MOBILES, TIMES, COSTS, STATUSES), max_size=5)
CONTENTS = st.text("a好\t\n 0", max_size=12)
REPLIES = st.lists(st.tuples(NAMES, MOBILES, CONTENTS, TIMES), max_size=10)
HOSTILE = st.lists(
    st.sampled_from(
        ["退訂", "\t", "\n", "\t+886900000000\t", "\t2021/06/01 14:25:55\n", "王\t1922\t", "x", " "]
    ),
    max_size=8,
).map("".join)
ENDS = st.sampled_from(["\n", "\r\n"])
ROW = "\t+886912345678\t2021/06/01 14:25:55\t1.0\t100"
REPLY = "\t+886912345678\t好\t2021/06/01 14:25:55"


@thorough
@given(rows=SIX | FIVE, first=ENDS, end=ENDS, more=st.integers(0, 2000), padded=st.booleans())
def test_a_page_comes_back(
    rows: list[tuple[str, ...]], *, first: str, end: str, more: int, padded: bool
) -> None:
    written = [(row[0], row[1].ljust(20) if padded else row[1], *row[2:]) for row in rows]
    total = len(rows) + more
    text = f"{total}{first}" + "".join("\t".join(row) + end for row in written)
    assert read_page(text, columns=(5, 6)) == Page(total=total, rows=tuple(rows))


@thorough
@given(SIX | FIVE, st.data())
def test_a_cut_page_is_unreadable_or_has_the_first_rows(
    rows: list[tuple[str, ...]], data: st.DataObject
) -> None:
    text = f"{len(rows)}\r\n" + "".join("\t".join(row) + "\n" for row in rows)
    try:
        page = read_page(text[: data.draw(st.integers(0, len(text)))], columns=(5, 6))
    except UnreadableReply:
        return
    assert isinstance(page, Page)
    assert page.total == len(rows)
    assert [row[:5] for row in page.rows] == [row[:5] for row in rows[: len(page.rows)]]


@thorough
@given(REPLIES, ENDS, st.integers(1, 9))
def test_replies_come_back_whatever_a_stranger_typed(
    rows: list[tuple[str, ...]], end: str, page: int
) -> None:
    written = "".join("\t".join(row).replace("\n", end) + end for row in rows)
    total = (page - 1) * 10 + len(rows) if rows else 0
    assert read_replies(f"{total}\r\n{written}", page=page) == Page(total=total, rows=tuple(rows))


@thorough
@given(st.lists(st.tuples(NAMES, MOBILES, HOSTILE, TIMES), min_size=1, max_size=10), ENDS)
def test_nothing_of_any_reply_is_lost_and_no_row_is_invented(rows: list[tuple[str, ...]], end: str) -> None:
    """Whatever strangers type, rows of others among it: a row is one that there is, the rest is there raw."""
    lines = "\n".join("\t".join(row) for row in rows)
    page = read_replies(f"{len(rows)}\r\n{lines.replace(chr(10), end)}{end}", page=1)
    assert isinstance(page, Page)
    assert list(page.rows) == (rows if not page.undivided else [])
    if page.undivided:
        assert "\n".join(page.undivided) == lines
    assert page.is_complete(page=1, size=10) == (not page.undivided)


@thorough
@given(st.lists(st.tuples(NAMES, MOBILES, HOSTILE, TIMES), min_size=2, max_size=10), st.data())
def test_of_a_page_that_lacks_rows_every_character_is_in_a_row_or_raw(
    rows: list[tuple[str, ...]], data: st.DataObject
) -> None:
    lines = "\n".join("\t".join(row) for row in rows)
    cut = lines[: data.draw(st.integers(0, len(lines)))].rstrip("\n")
    page = read_replies(f"{len(rows)}\r\n{cut}", page=1)
    assert isinstance(page, Page)
    found = sorted("\n".join([*("\t".join(row) for row in page.rows), *page.undivided]))
    assert found == sorted(cut)


@thorough
@given(
    st.text(max_size=80)
    | st.text("0123\t\r\n/: -+", max_size=120).map(lambda rest: "9\n\t+886912345678\t" + rest)
)
def test_any_text_is_a_page_or_unreadable(text: str) -> None:
    for read in (lambda: read_page(text, columns=(5, 6)), lambda: read_replies(text, page=1)):
        try:
            page = read()
        except UnreadableReply:
            continue
        assert not isinstance(page, Page) or len(page.rows) <= page.total


@pytest.mark.parametrize(
    "text", ["", "x", "-", "5", "1130\r", "01\n", "1.0\n", "１\n", "1\n\n" + ROW, "<html>\n"]
)
def test_a_page_without_a_total_on_a_whole_line_is_unreadable(text: str) -> None:
    with pytest.raises(UnreadableReply):
        read_page(text, columns=(5, 6))


@pytest.mark.parametrize(
    "rows",
    [
        ROW.rsplit("\t", 1)[0] + "\n",
        ROW + "\t\t\t\n",
        ROW + "\n" + ROW + "\t\n",
        ROW.replace("\t100", "\tsent") + "\n",
        ROW.strip("\t") + "\n",
        "a\rb" + ROW + "\n",
        ROW[:-1],
        ROW[:-2],
        ROW + "\t2021/06/01 16:56:2",
        ROW + "\t2021/06-01 16:56:20",
    ],
)
def test_a_row_that_is_not_whole_is_unreadable(rows: str) -> None:
    with pytest.raises(UnreadableReply):
        read_page("9\r\n" + rows, columns=(5, 6))


def test_more_rows_than_the_total_are_unreadable() -> None:
    with pytest.raises(UnreadableReply, match="total"):
        read_page(f"1\n{ROW}\n{ROW}\n", columns=(5,))


def test_a_row_of_a_number_of_columns_that_was_not_asked_for_is_unreadable() -> None:
    with pytest.raises(UnreadableReply, match="6 columns"):
        read_page(f"1\n{ROW}\n", columns=(6,))


@pytest.mark.parametrize(
    "rest",
    [
        REPLY[:-1],
        "\tx\t好\t2021/06/01 14:25:55",
        "no row\n" + REPLY,
        REPLY + "\nmore",
        "\t+886912345678\t2021/06/01 14:25:55",
    ],
)
@pytest.mark.parametrize("total", [1, 9])
def test_what_does_not_divide_into_rows_is_returned_raw(rest: str, total: int) -> None:
    page = read_replies(f"{total}\r\n{rest}", page=1)
    assert page == Page(total=total, rows=(), undivided=tuple(rest.split("\n")))


def test_what_does_divide_beside_it_is_kept() -> None:
    text = f"3\r\n{REPLY}\n{REPLY}x\n{REPLY}\n"
    page = read_replies(text, page=1)
    assert isinstance(page, Page)
    assert len(page.rows) == 1
    assert page.undivided == (REPLY + "x", REPLY)


def test_a_line_of_a_reply_that_opens_as_a_row_does_not_end_the_row_before_its_time() -> None:
    content = "好\n\t+886900000000\t的"
    text = "1\r\n" + REPLY.replace("好", content) + "\n"
    row = ("", "+886912345678", content, "2021/06/01 14:25:55")
    assert read_replies(text, page=1) == Page(total=1, rows=(row,))


def test_a_reply_that_forges_a_row_leaves_its_page_undivided() -> None:
    forged = REPLY.replace("好", "好\t2021/06/01 14:25:55\n\t+886900000000\t假")
    rest = "\n".join([REPLY] * 9 + [forged])
    page = read_replies(f"30\r\n{rest}\n", page=2)
    assert page == Page(total=30, rows=(), undivided=tuple(rest.split("\n")))


def test_a_reply_that_forges_rows_and_is_alone_on_its_page_is_one_row() -> None:
    content = "好\t2021/06/01 14:25:55\n\t+886900000000\t假"
    page = read_replies(f"11\r\n{REPLY.replace('好', content)}\n", page=2)
    assert page == Page(total=11, rows=(("", "+886912345678", content, "2021/06/01 14:25:55"),))


@pytest.mark.parametrize("text", ["0\n" + REPLY, f"{10**6}\n" + f"{REPLY}\n" * 501])
def test_replies_without_a_total_and_without_end_are_unreadable(text: str) -> None:
    with pytest.raises(UnreadableReply):
        read_replies(text, page=1)


def test_a_page_tells_whether_it_has_the_rows_of_its_number() -> None:
    page = Page(total=12, rows=(("",), ("",)))
    assert page.is_complete(page=2, size=10)
    assert not page.is_complete(page=1, size=10)
    assert Page(total=12, rows=()).is_complete(page=3, size=10)


@pytest.mark.parametrize("number", ["1922", "0912345678"])
@pytest.mark.parametrize("time", ["2026/03/01 12:00:00", "2026-03-01 12:00:00.123"])
def test_a_reply_of_a_short_number_and_a_time_with_milliseconds_are_read(number: str, time: str) -> None:
    page = read_replies(f"2\r\n\t{number}\t退訂\t{time}\n\t0987654321\t收到\t{time}\n", page=1)
    assert isinstance(page, Page)
    assert [row[1:] for row in page.rows] == [(number, "退訂", time), ("0987654321", "收到", time)]
