"""The file of blocked numbers, as people keep it: what it holds is blocked, or it says why it is not read."""

import csv
import io
import os
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from server.gate.rules.blocked_file import BlockedFile, read_blocked_file
from tests.gate.intents import MOBILE, OTHER

BOTH = frozenset({MOBILE, OTHER})
TABLES = {
    "header, name beside": "姓名,手機\r\n王小明,0912345678\r\n陳,0987654321\r\n",
    "BOM": "\ufeff姓名,手機\n王小明,0912345678\n陳,0987654321\n",
    "quotes": '"Name","Mobile"\n"Wang, Ming","0912-345-678"\n"Chen ""A""","0987654321"\n',
    "semicolons and sep": "sep=;\n姓名;電話;備註\n王;0912345678;\n;;\n陳; 0987654321 ;a,b\n",
    "TAB": "Name\tPhone\nWang\t0912345678\nChen\t0987654321\n",
    "no header": "王小明,0912345678,2025/01/01\n陳,0987654321,2025/01/02\n",
    "a second number in another place": "王小明,0912345678,\n陳,0912345678,0987654321\n",
    "two columns without a header": "0912345678,0987654321\n",
    "one column with a header": "手機\n0912345678\n0987654321\n",
    "only the mobile's column": "電話,手機\n02-2345-6789,0912345678\n,0987654321\n",
    "numbers of something else": "Order number,Phone\n1182,0912345678\n9001,0987654321\n",
    "a spreadsheet's text": '姓名,手機\n王,"=""0912345678"""\n陳,\'0987654321\n',
    "lost zeros": "name,phone\na,912345678\nb,987654321.0\n",
    "line break in a cell": '姓名,地址,手機\n王,"某路1號\n2樓",0912345678\n陳,a\u2028b,0987654321\n',
    "comments": "# asked in 2025, by phone\n姓名,手機\n王,0912345678\n# 陳, twice\n陳,0987654321\n",
    "address book": "姓名,手機\n王,\u202d0912 345 678\u202c\n陳,tel:+886(0)987-654-321\n",
    "a list with the word in a comment": "0912345678 # by phone, twice\n0987654321\n",
    "a plain list": '\ufeff0912345678 # Mr, Wang "A"\n\n00886987654321\n',
}
BROKEN = {
    "姓名,手機\n王,0912345678\n陳,\n": "row 3 has no mobile number",
    "姓名,手機\n王,0912345678\n陳\n": "row 3 has no mobile number",
    "姓名,手機\n王,0912345678 ext 5\n": "row 2 is not a mobile number",
    "姓名,手機\n王,0912345678/0987654321\n": "row 2 is not a mobile number",
    "姓名,手機\n王,02-2345-6789\n": "row 2 is not a mobile number",
    "王,0912345678\n陳,2025\n": "row 2 is not a mobile number",
    "姓名,聯絡\n王,0912345678\n": "no column of mobile numbers can be found: name it mobile, phone or 手機",
    '姓名,手機\n"王,0912345678\n陳,0987654321\n': "a quotation mark in it is never closed",
    "0912345678\n王小明\n": "line 2 is not a mobile number",
    "手機0912345678\n0987654321\n": "line 1 is not a mobile number",
    "王小明\n0912345678\n": "line 1 is not a mobile number",
}


def read(folder: Path, content: bytes) -> BlockedFile:
    file = folder / "blocked.csv"
    file.unlink(missing_ok=True)
    file.write_bytes(content)
    return read_blocked_file(file)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no such system has pipes in folders")
def test_a_pipe_that_nobody_writes_into_stops_every_send_and_holds_up_nothing(tmp_path: Path) -> None:
    pipe = tmp_path / "blocked.csv"
    os.mkfifo(pipe)
    assert read_blocked_file(pipe).problem == "the file cannot be read"


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize("encoding", ["utf-8", "cp950", "utf-16"])
def test_a_table_is_read_by_its_column_of_numbers(tmp_path: Path, name: str, encoding: str) -> None:
    text = TABLES[name]
    if encoding != "utf-8":
        text = text.replace("\ufeff", "")
    if encoding == "cp950":
        text = text.replace("\u2028", "x").replace("\u202d", "").replace("\u202c", "")
    assert read(tmp_path, text.encode(encoding)) == BlockedFile(numbers=BOTH)


@pytest.mark.parametrize(("text", "problem"), BROKEN.items())
def test_a_row_that_cannot_be_read_makes_the_file_unusable_and_is_named(
    tmp_path: Path, text: str, problem: str
) -> None:
    assert read(tmp_path, text.encode()) == BlockedFile(problem=problem)


def test_an_empty_file_blocks_nobody(tmp_path: Path) -> None:
    assert read(tmp_path, b"") == read(tmp_path, b"\xef\xbb\xbf\n# nobody yet\n") == BlockedFile()


NAMES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\ufffe\uffff"), max_size=8)


@given(st.lists(st.tuples(NAMES, st.integers(0, 10**7 - 1)), min_size=1), st.sampled_from(",;\t"))
@example([("#", 0)], ",")
@example([("# 王", 1), ("phone", 2)], ";")
def test_no_name_beside_a_number_hides_it(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, int]], delimiter: str
) -> None:
    """Every number of a table is blocked, or the file says that it cannot be used."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, quoting=csv.QUOTE_ALL)
    writer.writerow(["姓名", "手機"])
    writer.writerows([name, f"091{number:07}"] for name, number in rows)
    found = read(tmp_path_factory.mktemp("blocked"), out.getvalue().encode())
    assert found.problem or found.numbers == {f"+88691{number:07}" for _, number in rows}
