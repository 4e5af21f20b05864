"""Tables in CSV."""

import contextlib
import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.wire.examples import thorough
from tools.wire.csv_table import MAX_CELL, MAX_COLUMNS, MAX_ROWS, first_rows, read_table
from tools.wire.errors import UnreadableReply

NAMES = ("LAUNCHID", "STATUS", "ERRORMSG")
CELLS = st.text('a好,"\r\n\t 0', max_size=8)
ROWS = st.lists(st.tuples(CELLS, CELLS, CELLS), max_size=5)


def written(rows: list[tuple[str, ...]], delimiter: str = ",") -> str:
    table = io.StringIO(newline="")
    csv.writer(table, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows(rows)
    return table.getvalue()


@thorough
@given(ROWS, st.sampled_from(["", "\r\n", "\ufeff"]))
def test_a_table_comes_back(rows: list[tuple[str, ...]], after: str) -> None:
    expected = tuple(dict(zip(NAMES, row, strict=True)) for row in rows)
    assert read_table(written([NAMES, *rows]) + after) == expected


@thorough
@given(ROWS, st.data())
def test_a_cut_table_is_unreadable_or_has_the_first_rows(
    rows: list[tuple[str, ...]], data: st.DataObject
) -> None:
    text = written([NAMES, *rows])
    try:
        table = read_table(text[: data.draw(st.integers(0, len(text)))])
    except UnreadableReply:
        return
    assert [tuple(row.values()) for row in table] == rows[: len(table)]


@thorough
@given(st.text(max_size=60) | st.text('a,"\r\n\t', max_size=60))
def test_any_text_is_a_table_or_unreadable(text: str) -> None:
    with contextlib.suppress(UnreadableReply):
        assert all(len(row) > 0 for row in read_table(text))
    with contextlib.suppress(UnreadableReply):
        assert len(first_rows(text, 3)) <= 3


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "A,B",
        "A,B\r\n1,2",
        "A,B\n1\n",
        "A,B\n1,2,3\n",
        "A,B\n1,2\n\n3,4\n",
        "A,a\n1,2\n",
        "A,\n1,2\n",
        'A,B\n1,"2\n',
        'A,B\n1,"2"x\n',
        "<OMIS></OMIS>\n",
        " <html>\n",
        ",".join(f"A{n}" for n in range(MAX_COLUMNS + 1)) + "\n",
        "A\n" + "x" * (MAX_CELL + 1) + "\n",
        "A\n" + "x" * 200_000 + "\n",
        "A\n" + "1\n" * (MAX_ROWS + 1),
    ],
    ids=range(17),
)
def test_what_is_no_whole_table_is_unreadable(text: str) -> None:
    with pytest.raises(UnreadableReply):
        read_table(text)


def test_a_table_at_the_limit_of_rows_is_read() -> None:
    assert len(read_table("A\n" + "1\n" * MAX_ROWS)) == MAX_ROWS


@pytest.mark.parametrize("delimiter", [",", "\t"])
def test_the_first_rows_of_a_report_are_previewed(delimiter: str) -> None:
    text = "\ufeff" + written(
        [("Mobile", "Time, local"), ("0912345678", "a"), ("0912345679", "b")], delimiter
    )
    assert first_rows(text, 2) == [["Mobile", "Time, local"], ["0912345678", "a"]]
    assert len(first_rows(text, 9)) == 3


def test_a_preview_skips_empty_lines_and_reads_no_further_than_it_shows() -> None:
    assert first_rows('a\n\nb,c\n"never closed', 2) == [["a"], ["b", "c"]]
    with pytest.raises(UnreadableReply):
        first_rows('a\n\nb,c\n"never closed', 3)
